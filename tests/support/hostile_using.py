"""Files that take all of the machine, or outlive their check; as in hostile_reading.py."""

from deltarule.sandbox import Verdict as V

#: What runs for ever, which the clock ends.
ENDLESS = {
    "never ends in Python": ("while True: pass", V.SECONDS),
    "never ends in C": (
        "import collections, itertools; collections.deque(itertools.count(), maxlen=0)",
        V.SECONDS,
    ),
    "never ends, and catches everything": (
        """
        while True:
            try:
                while True: pass
            except BaseException: pass""",
        V.SECONDS,
    ),
    "sleeps, and ignores all signals": (
        """
        import signal, time
        for n in range(1, 65):
            try: signal.signal(n, signal.SIG_IGN)
            except (OSError, ValueError): pass
        time.sleep(1000)""",
        V.SECONDS,
    ),
    "waits for more questions": ("import os; os.read(3, 1)\n        while True: pass", None),
}
#: What works longer than its processor time, and takes no signal for an answer.
WORKING = """
import signal
def attack(x, path, port, pid):
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    while True: pass
"""

NOT = (V.RAISED, V.REFUSED)
USING = {
    "forks without end": ("import os\n        while True: os.fork()", (V.REFUSED,), ""),
    "starts threads without end": (
        "import threading\n        while True: threading.Thread(target=print).start()",
        (V.REFUSED,),
        "can't start new thread",
    ),
    "starts a program": ("import subprocess; subprocess.run(['id'])", (V.REFUSED,), ""),
    "starts a shell": ("import os; return os.system('id; true')", (V.RETURNED,), ""),
    "becomes a program": (
        "import os, sys; os.execv(sys.executable, ['python', '-c', '1'])",
        (V.REFUSED,),
        "",
    ),
    "leaves a daemon": (
        "import os, time\n        if os.fork() == 0: os.setsid(); time.sleep(1000)",
        (V.REFUSED,),
        "",
    ),
    "starts a pool": (
        "import multiprocessing as m; return m.Pool(4).map(abs, [1])",
        NOT,
        "",
    ),
    "signals everybody": (
        """
        import os, signal
        refused = 0
        for target in (-1, 0, 1, os.getppid(), pid):
            for n in (signal.SIGKILL, signal.SIGSTOP, signal.SIGINT):
                try: os.kill(target, n)
                except PermissionError: refused += 1
        raise PermissionError(1, f'{refused} refused')""",
        (V.REFUSED,),
        "15 refused",
    ),
    "stops itself": ("import signal; signal.raise_signal(signal.SIGSTOP)", (V.REFUSED,), ""),
    "allocates an array": ("return np.ones(10**11)", (V.MEMORY,), "Unable to allocate"),
    "allocates little by little": (
        "found = []\n        while True: found.append(bytearray(1 << 24))",
        (V.MEMORY,),
        "",
    ),
    "doubles a text without end": ("s = 'x'\n        while True: s += s", (V.MEMORY,), ""),
    "asks for memory outside": (
        "import os; return os.memfd_create('x')",
        (V.REFUSED,),
        "",
    ),
    "asks for shared memory": (
        "from multiprocessing.shared_memory import SharedMemory as S; S(create=True, size=99)",
        NOT,
        "",
    ),
    "lifts its limits": (
        "import resource as r; r.setrlimit(r.RLIMIT_AS, (-1, -1))",
        NOT,
        "",
    ),
    "changes the limits of others": (
        "import resource as r; r.prlimit(1, r.RLIMIT_NOFILE, (1, 1))",
        (V.REFUSED,),
        "",
    ),
    "fills the disk": (
        "file = open('x', 'wb')\n        while True: file.write(bytes(1 << 18))",
        (V.DISK, V.REFUSED),
        "",
    ),
    "fills the disk by many files": (
        """
        for n in range(10**6):
            with open(str(n), 'w') as file: pass""",
        (V.DISK, V.REFUSED),
        "",
    ),
    "fills the disk by a sparse file": (
        "import os; file = open('x', 'wb'); os.truncate('x', 1 << 40)",
        (V.DISK, V.REFUSED),
        "",
    ),
    "makes folders too deep to remove": (
        """
        import os
        for n in range(10**6): os.mkdir('d'); os.chdir('d')""",
        (V.DISK, V.REFUSED),
        "",
    ),
    "unpacks a bomb": (
        """
        import io, zipfile
        held = io.BytesIO()
        with zipfile.ZipFile(held, 'w', zipfile.ZIP_DEFLATED) as z:
            z.writestr('a', bytes(8 << 20))
        with zipfile.ZipFile(held) as z: z.extractall('.'); z.extractall('b')""",
        (V.DISK, V.REFUSED),
        "",
    ),
    "unpacks out of its folder": (
        """
        import io, zipfile
        held = io.BytesIO()
        with zipfile.ZipFile(held, 'w') as z: z.writestr('../../x', b'1')
        open('/../x', 'wb')""",
        NOT,
        "",
    ),
    "opens files without end": (
        "found = []\n        while True: found.append(open('/dev/null'))",
        (V.FILES,),
        "Too many open files",
    ),
    "prints without end": ("while True: print('x' * 1000)", (V.OUTPUT,), "100000 characters"),
    "prints without end, and hides it": (
        """
        while True:
            try: print('x' * 1000)
            except OSError: return x""",
        (V.OUTPUT,),
        "",
    ),
    "writes to standard output without end": (
        "import os\n        for n in range(1000): os.write(1, bytes(1 << 16)); os.write(2, b'!')",
        (V.RETURNED,),
        "",
    ),
}  # fmt: skip
