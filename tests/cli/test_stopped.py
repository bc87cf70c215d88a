"""Ctrl-C: every command ends at once, says so, and leaves nothing behind, whenever it comes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deltarule.cli.stopped import LINE
from deltarule.cli.table import COMMANDS
from deltarule.kernels.cache.second_process import SETTING

pytestmark = pytest.mark.usefixtures("interruptible")

#: Seconds that ending takes at most, on a machine that has more to do.
MOST = 5
#: Commands that have to compile, and the pieces of Python before whose first call it comes.
CHECK = ("check", "gradient", "dense")
#: A program that has itself interrupted when a function is called for the first time.
INTERRUPTED = """
import importlib, os, signal, sys, time
sys.argv = ["deltarule", *{words!r}]
def press():
    os.killpg(0, signal.SIGINT)
{before}
from deltarule.cli.main import deltarule_main
deltarule_main()
"""
WHEN = {
    "while the commands are imported": """
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "click.parser": press()
sys.meta_path.insert(0, Finder())
""",
    "while the command line is read": """
import click
click.Context.__init__ = lambda *_, **__: press()
""",
    "while the network is derived": """
import deltarule.calculus.reverse as module
for name, one in list(vars(module).items()):
    if callable(one) and getattr(one, "__module__", "") == module.__name__:
        if not isinstance(one, type): setattr(module, name, lambda *_, **__: press())
""",
    "while others compile": """
from deltarule.kernels.cache import second_process
class Second(second_process.SecondProcess):
    def __init__(self, *given):
        super().__init__(*given)
        time.sleep(1); press()
second_process.SecondProcess = Second
""",
    "in machine code that goes on": """
import ctypes, threading
import deltarule.kernels.compiled_kernel as module
def sleeping(self, *_):
    threading.Timer(0.2, press).start()
    mutex, lock = ctypes.create_string_buffer(64), ctypes.CDLL(None).pthread_mutex_lock
    lock(mutex), lock(mutex)  # no signal ends that
module.Kernel._run = sleeping
""",
    "after all is done": """
import atexit
atexit.register(press)
""",
}


def ended(code: str, folder: Path):
    """How a program ends that interrupts its group; and what it leaves running."""
    own = {"DELTARULE_CACHE": str(folder / "cache"), "TMPDIR": str(folder), SETTING: "2"}
    settings = {**os.environ, **own}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    done = subprocess.Popen(
        [sys.executable, "-c", code], env=settings, cwd=folder, start_new_session=True, **pipes
    )
    out, err = done.communicate(timeout=60)
    return done, out, err


def group_of(number: int) -> list[str]:
    """The processes of a group, as the system lists them."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == number and fields[0] != "Z":
            found.append(stat.parent.name)
    return found


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("when", WHEN)
def test_it_ends_at_once_whenever_it_comes(when, tmp_path):
    code = INTERRUPTED.format(words=CHECK, before=WHEN[when])
    done, out, err = ended(code, tmp_path)
    assert (done.returncode, err) == (130, LINE + "\n")
    assert not out or when == "after all is done"
    until = time.monotonic() + MOST
    while group_of(done.pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not group_of(done.pid)
    left = [path for path in tmp_path.rglob("*") if path.suffix in (".part", ".tmp")]
    assert not left and not list(tmp_path.glob("deltarule-*"))


@pytest.mark.slow
def test_every_command_says_that_it_was_stopped(tmp_path):
    """One after the other in children of one process: what a command does is the interrupt."""
    code = f"""
import os, signal, sys
from deltarule.cli import programs
from deltarule.cli.main import deltarule_main
from deltarule.cli.table import COMMANDS
def stops(*_): os.kill(os.getpid(), signal.SIGINT)
programs.function = lambda does: stops
for name in {list(COMMANDS)!r}:
    words = [word for word in COMMANDS[name].examples[0][0].split()]
    words = words[words[0] == "deltarule":]
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        sys.argv = ["deltarule", *words]
        deltarule_main()
        os._exit(99)
    _, status = os.waitpid(child, 0)
    print(name, os.waitstatus_to_exitcode(status), flush=True)
"""
    done, out, err = ended(code, tmp_path)
    assert out.splitlines() == [f"{name} 130" for name in COMMANDS]
    assert err == f"{LINE}\n" * len(COMMANDS)


@pytest.mark.slow
def test_a_program_of_ones_own_has_the_usual_error_once(tmp_path):
    code = INTERRUPTED.format(words=(), before=WHEN["while others compile"]).replace(
        "from deltarule.cli.main import deltarule_main\ndeltarule_main()",
        "import deltarule\ndeltarule.kernel('dense')",
    )
    done, out, err = ended(code, tmp_path)
    assert done.returncode == -signal.SIGINT and not out
    assert err.count("Traceback") == 1 and err.splitlines()[-1] == "KeyboardInterrupt"
