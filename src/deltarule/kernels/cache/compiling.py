"""What a process does that compiles (`second_process`): what it is asked for, in order."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import queue
import select
import shutil
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from deltarule.kernels.garbage import seldom_collected

#: After so many seconds with nothing to do the process ends.
PATIENCE = 60


def serve(folder: str, dtype: str, *pipes: int) -> None:
    """Compile what lines ask for, each an object of JSON, in a process for each of the pipes.

    They end when their pipes do, and after a while without any line. Claims lie in `folder`; most
    kernels will have numbers of a type.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for the process that asks
    with seldom_collected():
        _get_ready(dtype, pipes)
    gc.freeze()
    if len(pipes) == 1:
        Server(pipes[0], folder).run()
    parent, child = os.getpid(), os.fork()
    mine, others = pipes if child else reversed(pipes)
    os.close(others)
    Server(mine, folder, _Child(child) if child else _Parent(parent)).run()


def _get_ready(dtype: str, pipes: Sequence[int]) -> None:
    """Have Numba read what it needs for any function, and more until there is something to do."""
    from deltarule.kernels.cache.linking import made_in_one_go
    from deltarule.kernels.cache.typical import steps

    with made_in_one_go():
        for step in steps(dtype):
            step()
            if select.select(pipes, (), (), 0)[0]:
                return


class Server:
    """Takes tasks from a pipe; another process may do the same for another pipe."""

    def __init__(self, pipe: int, folder: str, other: _Child | _Parent | None = None):
        self.pipe, self.folder, self.other = pipe, Path(folder), other
        self.lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def run(self) -> None:
        """Do what is asked for, and end."""
        from deltarule.kernels.cache import claims

        alive = (lambda: True) if self.other is None else self.other.alive
        self.claims = claims.shared = claims.Claims(self.folder, alive)
        threading.Thread(target=self._read, daemon=True).start()
        while True:
            try:
                task = json.loads(self.lines.get(timeout=PATIENCE))
            except queue.Empty:
                if not isinstance(self.other, _Child) or not self.other.alive():
                    self._end()  # the child first
                continue
            with contextlib.suppress(Exception):  # who asked will find out
                self._compile(task)
            with contextlib.suppress(OSError):
                (self.folder / f"done {task['number']}").touch()

    def _read(self) -> None:
        """Hand on the lines; at the end nobody waits for this process."""
        with os.fdopen(self.pipe, "rb") as lines:
            for line in lines:
                self.lines.put(line)
        self._end()

    def _end(self) -> None:
        if not isinstance(self.other, _Parent):
            shutil.rmtree(self.folder, ignore_errors=True)
        if self.other is not None:
            self.other.end()
        os._exit(0)

    def _compile(self, task: dict) -> None:
        """One function of a kernel's file, and by a run of it what that calls."""
        from deltarule.kernels.bound_kernel import table_of
        from deltarule.kernels.build import imported
        from deltarule.kernels.cache.loading import signature

        rehearsed, listed = task.get("rehearsed"), task.get("listed")
        run = rehearsed is not None or listed is not None
        if not run and not task.get("awaited") and self.claims.taken(task["name"]):
            return
        module = imported(Path(task["file"]), None, task["needs"])
        if task.get("by_name"):
            module.OUTSIDE[task["name"]]()
            return
        function = getattr(module, task["function"])
        if task["kinds"] is not None:
            function.compile(signature(task["kinds"]))
        if rehearsed is not None:
            function(*map(_given, rehearsed))
        if listed is not None:
            table, _arrays = table_of([*map(_given, listed)])
            function(table.ctypes.data)


class _Child:
    """The other process, where it is forked from this one."""

    def __init__(self, number: int):
        self.number, self.ended, self.ending = number, False, False
        self.watch = threading.Thread(target=self._wait, daemon=True)
        self.watch.start()

    def _wait(self) -> None:
        _, status = os.waitpid(self.number, 0)
        self.ended = True
        if status != 0 and not self.ending:
            os._exit(1)  # who asked it for something waits for neither then

    def alive(self) -> bool:
        """Whether it still runs."""
        return not self.ended

    def end(self) -> None:
        """End it, so that its time counts as that of this process."""
        self.ending = True
        with contextlib.suppress(OSError):
            os.kill(self.number, signal.SIGKILL)
        self.watch.join(0.1)


class _Parent:
    """The other process, where this one is forked from it."""

    def __init__(self, number: int):
        self.number = number

    def alive(self) -> bool:
        """Whether it still runs."""
        return os.getppid() == self.number

    def end(self) -> None:
        """It ends by itself."""


def _given(said: list | int):
    """An argument of a pass: numbers are what they are, arrays hold zeros."""
    return np.zeros(said[1], said[0]) if isinstance(said, list) else said
