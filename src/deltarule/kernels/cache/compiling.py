"""What the second process does that compiles (`second_process`): what it is asked for, in order."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import sys
import threading
from pathlib import Path

import numpy as np

#: After so many seconds with nothing to do the process ends.
PATIENCE = 60


def serve(folder: str) -> None:
    """Compile what lines of standard input ask for, each an object of JSON.

    Ends when the input does, and after a while without any. Claims lie in `folder`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for the process that asks
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines, folder), daemon=True).start()
    from deltarule.kernels.cache import claims

    claims.shared = claims.Claims(Path(folder), lambda: True)
    _warm()
    with contextlib.suppress(queue.Empty):
        while True:
            with contextlib.suppress(Exception):  # who asked will find out
                _compile(json.loads(lines.get(timeout=PATIENCE)))
    _end(folder)


def _read(lines: queue.SimpleQueue[bytes], folder: str) -> None:
    """Hand on the lines; at the end nobody waits for this process."""
    for line in sys.stdin.buffer:
        lines.put(line)
    _end(folder)


def _end(folder: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _warm() -> None:
    """Have Numba read what it needs for any function."""
    from numba import float64, njit

    from deltarule.kernels.cache.lean_compiling import lean

    with lean():
        njit(nogil=True, error_model="numpy", no_cfunc_wrapper=True)(_last).compile((float64[::1],))


def _last(x):
    total = 0.0
    for i in range(x.size):
        total += x[i]
    return total


def _compile(task: dict) -> None:
    """One function of a kernel's file, and by a run of it what that calls."""
    from deltarule.kernels.bound_kernel import table_of
    from deltarule.kernels.build import imported
    from deltarule.kernels.cache import claims
    from deltarule.kernels.cache.loading import signature

    rehearsed, listed = task.get("rehearsed"), task.get("listed")
    run = rehearsed is not None or listed is not None
    if not run and claims.shared is not None and claims.shared.taken(task["name"]):
        return
    function = getattr(imported(Path(task["file"]), None, task["needs"]), task["function"])
    if task["kinds"] is not None:
        function.compile(signature(task["kinds"]))
    if rehearsed is not None:
        function(*map(_given, rehearsed))
    if listed is not None:
        table, _arrays = table_of([*map(_given, listed)])
        function(table.ctypes.data)


def _given(said: list | int):
    """An argument of a pass: numbers are what they are, arrays hold zeros."""
    return np.zeros(said[1], said[0]) if isinstance(said, list) else said
