"""A second process that compiles one pass and shared parts, while this one compiles the others.

It begins when a kernel is derived that is not in the cache, so that Numba is ready when there is
something to compile. Both processes claim what they compile (`claims`) and hand it over by the
cache on disk; what the other one does not deliver is compiled here. It ends with this process, or
when it has had nothing to do for a while (`compiling`).
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from deltarule.kernels.cache import claims
from deltarule.kernels.cache.loading import claim_of, kind, signature

#: Set to 1, this variable keeps kernels from being compiled in two processes.
SETTING = "DELTARULE_PROCESSES"
#: Passes over more bytes of arrays are not run in the second process, only compiled.
MOST_BYTES = 1 << 26
#: Modules come from where they come from here, and not from the folder in which somebody works.
_CODE = (
    "import sys; sys.path[:] = sys.argv[1].splitlines(); "
    "from deltarule.kernels.cache.compiling import serve; serve(sys.argv[2])"
)


class SecondProcess:
    """The process, with the folder in which both claim what they compile."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="deltarule-"))
        self._owner = os.getpid()
        self.process = subprocess.Popen(
            [sys.executable, "-c", _CODE, "\n".join(sys.path), str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._asked: set[str] = set()

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def ask(self, name: str, **task) -> bool:
        """Have something compiled, after what was asked for earlier; False if it was already."""
        if name in self._asked:
            return False
        self._asked.add(name)
        with contextlib.suppress(OSError, ValueError):
            line = json.dumps({"name": name, **task}) + "\n"
            self.process.stdin.write(line.encode())  # pyright: ignore
            self.process.stdin.flush()  # pyright: ignore
        return True

    def end(self) -> None:
        """End it; a child that was forked leaves it to its parent."""
        if os.getpid() != self._owner:
            return
        with contextlib.suppress(OSError):
            self.process.stdin.close()  # pyright: ignore
        self.process.kill()  # files are written whole or not at all
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


_second: SecondProcess | None = None


def begin() -> None:
    """Start the process, where there is a processor for it and none runs yet."""
    global _second
    if running() is not None or not _wanted():
        return
    with contextlib.suppress(OSError):
        _second = SecondProcess()
        claims.shared = claims.Claims(_second.folder, _second.alive)
        atexit.register(_second.end)


def running() -> SecondProcess | None:
    """The process, if there is one."""
    return _second if _second is not None and _second.alive() else None


def _wanted() -> bool:
    several = hasattr(os, "sched_getaffinity")
    processors = len(os.sched_getaffinity(0)) if several else os.cpu_count() or 1
    one = os.environ.get(SETTING) == "1" or os.environ.get("NUMBA_DISABLE_JIT", "0") != "0"
    return bool(sys.executable) and processors > 1 and not one


def ask(
    function: Callable,
    arguments: Sequence,
    progress: Callable | None = None,
    listed: Sequence | None = None,
) -> None:
    """Have a kernel's function compiled for arguments like these, if there is a process for it.

    It is run there as well, with zeros: so what it calls is compiled too, and nothing else. If it
    takes the address of a table, `listed` are the arrays and numbers that stand there.
    """
    second = running()
    if second is None or hasattr(function, "with_numba"):  # it is loaded
        return
    # Of a pass in stages the parts that say what they are called with.
    for part in getattr(function, "parts", ()):
        if hasattr(part, "kinds") and hasattr(part, "overloads"):
            _ask(second, part, part.kinds, progress)
    kinds = [kind(a) for a in arguments] if hasattr(function, "overloads") else None
    said = {"rehearsed": _said(arguments)} if listed is None else {"listed": _said(listed)}
    _ask(second, function, kinds, progress, **said)


def _ask(
    second: SecondProcess,
    function: Any,
    kinds: Sequence | None,
    progress: Callable | None,
    **more: Sequence | None,
) -> None:
    compiled = kinds is not None
    if compiled and signature(kinds) in function.overloads:
        return
    module = function.py_func.__globals__ if compiled else function.__globals__
    task = {"file": module["__file__"], "needs": module["__needs__"], "function": function.__name__}
    asked = second.ask(claim_of(function), kinds=kinds, **task, **more)
    if asked and compiled and progress:
        progress(f"compiling {function.__name__} in a second process")


def _said(arguments: Sequence) -> list | None:
    """Types and shapes of arrays, and numbers; None where arrays are too large to have twice."""
    arrays = [a for a in arguments if isinstance(a, np.ndarray)]
    if sum(a.nbytes for a in arrays) > MOST_BYTES:
        return None
    return [[a.dtype.str, a.shape] if isinstance(a, np.ndarray) else a for a in arguments]


def _forget() -> None:
    """A child that was forked has no such process."""
    global _second
    _second = claims.shared = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
