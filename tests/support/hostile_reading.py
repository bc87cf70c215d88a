"""Files that look for right answers, or for a way out. Each defines `attack(x, path, port, pid)`.

`path` is a file with the secret, `port` one that the parent listens on, `pid` the parent.
What is expected is the verdict, and what its detail says.
"""

from deltarule.sandbox import Verdict as V

NOT_THERE = (V.RAISED, V.REFUSED)

READING = {
    "reads a file outside": ("return open(path).read()", NOT_THERE, "secret"),
    "reads the passwords": ("return open('/etc/shadow').read()", NOT_THERE, "/etc/shadow"),
    "climbs out of the root": (
        """
        found = []
        for root in ('/proc/1/root', '/proc/self/root', '../../../..', '/proc/1/cwd', '/old'):
            try:
                found.append(open(root + path).read())
            except OSError as error:
                found.append(str(error))
        return found""",
        (V.RETURNED,),
        "",
    ),
    "makes a link to it": (
        "import os; os.symlink(path, 'link'); return open('link').read()",
        NOT_THERE,
        "",
    ),
    "makes a hard link to it": ("import os; os.link(path, 'link')", NOT_THERE, "secret"),
    "has the environment": (
        "import os; return dict(os.environ), os.getenv('DELTARULE_SECRET')",
        (V.RETURNED,),
        "",
    ),
    "reads everybody's environment": (
        """
        import glob
        return [open(f, 'rb').read() for f in glob.glob('/proc/*/environ')][0]""",
        NOT_THERE,
        "",
    ),
    "reads the parent's environment": (
        "return open(f'/proc/{pid}/environ').read()",
        NOT_THERE,
        "environ",
    ),
    "reads the parent's memory": ("return open(f'/proc/{pid}/mem', 'rb')", NOT_THERE, "mem"),
    "reads memory by a call": (
        """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        found = libc.process_vm_readv(pid, None, 0, None, 0, 0)
        raise OSError(ctypes.get_errno(), 'no reading')""",
        (V.REFUSED,),
        "no reading",
    ),
    "traces the parent": (
        """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        found = [libc.ptrace(16, p, 0, 0) for p in (1, pid)]
        raise OSError(ctypes.get_errno(), str(found))""",
        (V.REFUSED,),
        "[-1, -1]",
    ),
    "looks through its own memory": (
        """
        import gc, sys
        frame, found = sys._getframe(), []
        while frame:
            found += [repr(v)[:500] for v in frame.f_locals.values()]
            frame = frame.f_back
        return [repr(o)[:200] for o in gc.get_objects() if type(o) is dict][:500], found""",
        (V.RETURNED, V.OTHER),
        "",
    ),
    "imports the engine": ("import deltarule; return deltarule.derive('dense')", NOT_THERE, ""),
    "connects to the parent": (
        "import socket; socket.create_connection(('127.0.0.1', port)); return 'in'",
        (V.REFUSED,),
        "",
    ),
    "opens a raw socket": (
        "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
        (V.REFUSED,),
        "",
    ),
    "opens an abstract socket": (
        "import socket; socket.socket(socket.AF_UNIX).connect('\\0x')",
        (V.REFUSED,),
        "",
    ),
    "looks up a host": (
        "import socket; return socket.getaddrinfo('example.org', 80)",
        NOT_THERE,
        "",
    ),
    "leaves its namespaces": (
        """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        calls = [libc.unshare(0x10000000), libc.setns(0, 0), libc.chroot(b'/'),
                 libc.mount(b'none', b'/', b'tmpfs', 0, None), libc.umount2(b'/', 2)]
        raise OSError(ctypes.get_errno(), str(calls))""",
        (V.REFUSED,),
        "[-1, -1, -1, -1, -1]",
    ),
    "writes over the library": (
        "import os; open(os.__file__, 'a').write('#')",
        (V.REFUSED,),
        "os.py",
    ),
    "writes beside its folder": ("open('/x', 'w').write('#')", (V.REFUSED,), "/x"),
}  # fmt: skip
