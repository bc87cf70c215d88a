"""Further processes that compile what a kernel needs, while this one derives it.

They begin when a kernel is derived that is not in the cache, so that Numba is ready when there is
something to compile. Where this process has not imported Numba there are two, and it does without:
it asks for what it needs, and loads it (`without_numba`). Else there is one, for one of two passes.
All claim what they compile (`claims`) and hand it over by the cache on disk; what the others do
not deliver is compiled here. They end with this process, or when they have had nothing to do for a
while (`compiling`).
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
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from deltarule.blocked_signals import sigint_blocked
from deltarule.kernels.cache import claims, without_numba
from deltarule.kernels.cache.kept_machine_code import type_of_kind
from deltarule.kernels.cache.loading import claim_of, kind, signature
from deltarule.processors import processors

#: Set to 1, this variable keeps kernels from being compiled in other processes.
SETTING = "DELTARULE_PROCESSES"
#: Passes over more bytes of arrays are not run in the other processes, only compiled.
MOST_BYTES = 1 << 26
#: Seconds between two looks whether something is done.
_PAUSE = 0.002
#: Seconds that it has to end by itself.
_GRACE = 0.2
#: Modules come from where they come from here, and not from the folder in which somebody works.
_CODE = (
    "import sys; sys.path[:] = sys.argv[1].splitlines(); "
    "from deltarule.kernels.cache.compiling import serve; "
    "serve(*sys.argv[2:4], *map(int, sys.argv[4:]))"
)


class SecondProcess:
    """The process, or `many` of them, with the folder in which all claim what they compile.

    Each takes tasks, lines of JSON, from a pipe of its own.
    """

    def __init__(self, dtype: str, many: int = 1):
        self.folder = Path(tempfile.mkdtemp(prefix="deltarule-"))
        self._owner = os.getpid()
        pipes = [os.pipe() for _ in range(many)]
        theirs = [read for read, _ in pipes]
        try:
            with sigint_blocked():
                self.process = subprocess.Popen(
                    [sys.executable, "-c", _CODE, "\n".join(sys.path), str(self.folder), dtype]
                    + list(map(str, theirs)),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=theirs,
                )
        finally:
            for read in theirs:
                os.close(read)
        #: By pipe the tasks that are not known to be done.
        self._open: dict[IO[bytes], set[int]] = {os.fdopen(w, "wb"): set() for _, w in pipes}
        self._asked: dict[str, int] = {}
        #: Several threads may ask: each task has a number of its own.
        self._asking = threading.Lock()

    @property
    def alone(self) -> bool:
        """Whether it is one, and this process compiles, too."""
        return len(self._open) == 1

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def ask(self, **task) -> tuple[int, bool]:
        """Have something compiled, after what was asked for earlier.

        Returns its number, and whether it was not asked for already.
        """
        with self._asking:
            return self._handed_on(task)

    def _handed_on(self, task: dict) -> tuple[int, bool]:
        key = json.dumps([task[part] for part in ("file", "name", "kinds")])
        if key in self._asked:
            return self._asked[key], False
        number = self._asked[key] = len(self._asked)
        for tasks in self._open.values():
            tasks -= {task for task in tasks if self._is_done(task)}
        line = json.dumps({"number": number, **task}) + "\n"
        for pipe in sorted(self._open, key=lambda pipe: len(self._open[pipe])):
            with contextlib.suppress(OSError, ValueError):
                pipe.write(line.encode())
                pipe.flush()
                self._open[pipe].add(number)
                break
        return number, True

    def wait(self, number: int, there: Callable[[], bool]) -> None:
        """Until it has done what it was asked for, or that is there, or it has ended."""
        while not there() and not self._is_done(number) and self.alive():
            time.sleep(_PAUSE)

    def _is_done(self, number: int) -> bool:
        return (self.folder / f"done {number}").exists()

    def end(self) -> None:
        """End it; a child that was forked leaves it to its parent."""
        if os.getpid() != self._owner:
            return
        for pipe in self._open:
            with contextlib.suppress(OSError):
                pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(_GRACE)  # it ends when its pipe does, with the other one
        self.process.kill()  # files are written whole or not at all
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


_second: SecondProcess | None = None


def begin(dtype: str = "float64") -> None:
    """Start the process, where there is a processor for it and none runs yet.

    It gets ready for numbers of a type.
    """
    global _second
    if running() is not None or not _wanted():
        return
    with contextlib.suppress(OSError):
        several = without_numba.possible() and hasattr(os, "fork")
        _second = SecondProcess(dtype, 2 if several else 1)
        claims.shared = claims.Claims(_second.folder, _second.alive)
        without_numba.deliver = deliver
        atexit.register(_second.end)


def running() -> SecondProcess | None:
    """The process, if there is one."""
    return _second if _second is not None and _second.alive() else None


def _wanted() -> bool:
    one = os.environ.get(SETTING) == "1" or os.environ.get("NUMBA_DISABLE_JIT", "0") != "0"
    return bool(sys.executable) and processors() > 1 and not one


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
    if second is None:
        return
    # Of a pass in stages the parts that say what they are called with.
    for part in getattr(function, "parts", ()):
        if hasattr(part, "kinds") and hasattr(part, "overloads"):
            _ask(second, part, part.kinds, progress)
    kinds = [kind(a) for a in arguments] if hasattr(function, "overloads") else None
    said = {"rehearsed": _said(arguments)} if listed is None else {"listed": _said(listed)}
    _ask(second, function, kinds, progress, **said)


def ask_instead(
    function: Callable,
    arguments: Sequence,
    progress: Callable | None = None,
    listed: Sequence | None = None,
) -> None:
    """Have a function compiled that is needed now, where this process does without Numba."""
    second = running()
    if second is not None and not second.alone:
        ask(function, arguments, progress, listed)


def _ask(
    second: SecondProcess,
    function: Any,
    kinds: Sequence | None,
    progress: Callable | None,
    **more: Sequence | None,
) -> None:
    compiled = kinds is not None
    if compiled and _is_there(function, kinds):
        return
    module = function.py_func.__globals__ if compiled else function.__globals__
    task = {"file": module["__file__"], "needs": module["__needs__"], "function": function.__name__}
    _, new = second.ask(name=claim_of(function), kinds=kinds, **task, **more)
    if new and compiled and progress:
        progress(f"compiling {function.__name__} in a second process")


def _is_there(function: Any, kinds: Sequence) -> bool:
    """Whether a function is compiled."""
    if hasattr(function, "with_numba"):
        return function.is_kept(tuple(map(type_of_kind, kinds)))
    return signature(kinds) in function.overloads


def _said(arguments: Sequence) -> list | None:
    """Types and shapes of arrays, and numbers; None where arrays are too large to have twice."""
    arrays = [a for a in arguments if isinstance(a, np.ndarray)]
    if sum(a.nbytes for a in arrays) > MOST_BYTES:
        return None
    return [[a.dtype.str, a.shape] if isinstance(a, np.ndarray) else a for a in arguments]


def deliver(
    module: Mapping, function: str, there: Callable[[], bool], kinds: Sequence | None = None
) -> bool:
    """Have a function of a kernel's file compiled and wait for it; False where that cannot be.

    `there` tells whether it is compiled. It takes arguments of these `kinds`; one without is called
    by a name of C's.
    """
    second = running()
    if second is None or second.alone:
        return False
    name = function if kinds is None else f"{module['__name__']}.{function}"
    named = {"file": module["__file__"], "needs": module["__needs__"], "function": function}
    task = {**named, "kinds": kinds, "by_name": kinds is None}
    number, _ = second.ask(name=name, **task, awaited=True)
    second.wait(number, there)
    return there()


def _forget() -> None:
    """A child that was forked has no such process."""
    global _second
    _second = claims.shared = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
