"""Marking on a Dask cluster: the same work by workers elsewhere, the results in the one journal.

A worker that is lost loses no submission: the scheduler hands what it was at to another one. What
ends several workers is given up, and said. Needs `pip install 'deltarule[cluster]'`.
"""

from __future__ import annotations

import ctypes
import re
import threading
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from deltarule.classes.class_worker import ClassWorker, Outcome, Task
from deltarule.classes.exam_parts import own_version
from deltarule.errors import DeltaruleError, in_one_line
from deltarule.exams.exam import Exam
from deltarule.processors import processes
from deltarule.sandbox import Sandbox

#: Submissions that are on their way to each worker, so that none has to wait.
_AHEAD = 2
#: Seconds within which a cluster has to have a worker.
_PATIENCE = 60
#: Seconds more for the first submission of a worker, which opens the exam.
OPENING = 120.0
_LOCAL = re.compile(r"local(?::([1-9][0-9]{0,3}))?")


class DaskCluster:
    """A cluster at an `address`, or one that is started here: `local:4`."""

    def __init__(self, exam: Exam, address: str, seconds: float):
        if find_spec("distributed") is None:
            raise DeltaruleError(
                "a cluster needs Dask", "--cluster", "pip install 'deltarule[cluster]'"
            )
        self._local = _LOCAL.fullmatch(address)
        if not self._local and "://" not in address:
            raise DeltaruleError(
                f"{address!r} is no address of a cluster",
                "--cluster",
                "write tcp://HOST:8786, or local:4 for four processes here",
            )
        if self._local and self._local[1]:
            processes(int(self._local[1]), "--cluster")
        self._exam, self._address, self._seconds = exam, address, seconds
        self._cluster: Any = None
        self._client: Any = None

    def __enter__(self) -> DaskCluster:
        try:
            self._connect()
        except DeltaruleError:
            self._close()
            raise
        except Exception as error:
            self._close()
            raise self._gone(error) from None
        return self

    def __exit__(self, *_error: object) -> None:
        self._close()

    def _connect(self) -> None:
        dask = import_module("distributed")
        address = self._address
        if self._local:
            address = self._cluster = dask.LocalCluster(
                n_workers=int(self._local[1]) if self._local[1] else None,
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                memory_limit=None,
                silence_logs=50,
            )
        self._client = dask.Client(address, timeout=_PATIENCE, set_as_default=False)
        self._client.wait_for_workers(1, timeout=_PATIENCE)
        others = {where for where, v in self._client.run(own_version).items() if v != own_version()}
        if others:
            raise DeltaruleError(
                "workers of the cluster have another deltarule",
                ", ".join(sorted(others)[:5]),
                "install the same one there",
            )
        if any(q.code is not None for q in self._exam.questions):
            failed = {w: why for w, why in self._client.run(lacks_sandbox).items() if why}
            for worker, why in failed.items():
                raise DeltaruleError(f"a worker of the cluster has no sandbox: {why}", worker)

    def _close(self) -> None:
        for one in (self._client, self._cluster):
            if one is not None:
                one.close()
        self._client = self._cluster = None

    def outcomes(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Outcome]]:
        """The outcome of each task, in the order in which they come.

        Raises DeltaruleError where the cluster itself is lost: what was marked is kept.
        """
        doing: dict[str, Task] = {}
        coming = import_module("distributed").as_completed(
            loop=self._client.loop, raise_errors=False
        )
        try:
            while True:
                while len(doing) < self._room() and (task := next(tasks, None)) is not None:
                    future = self._client.submit(
                        marked_there, self._exam, own_version(), task, self._seconds, pure=False
                    )
                    doing[future.key] = task
                    coming.add(future)
                if not doing:
                    return
                future = next(coming)
                yield doing.pop(future.key), _outcome(future)
        except (OSError, RuntimeError, StopIteration) as error:
            raise self._gone(error) from None

    def _room(self) -> int:
        """How many submissions are under way at once."""
        return max(1, _AHEAD * sum(self._client.nthreads().values()))

    def _gone(self, error: BaseException) -> DeltaruleError:
        said = str(error).partition("\n")[0] or type(error).__name__
        return DeltaruleError(
            f"the cluster does not answer: {said[:200]}",
            self._address,
            "see that its scheduler and a worker run; what was marked is kept",
        )


def _outcome(future: Any) -> Outcome:
    """What a future holds; a worker's end, and whatever else went wrong, as the outcome."""
    if future.status == "finished":
        return future.result()
    error: Any = future.exception() if future.status == "error" else None
    if type(error).__name__ == "KilledWorker":
        return Outcome(failed=f"{error.allowed_failures + 1} workers ended while they marked it")
    return Outcome(failed=f"the cluster gave it up: {str(error or future.status)[:300]}")


class _TooLong(BaseException):
    """Raised in the thread that marks, when its time is up."""


class _TimeLimit:
    """`with _TimeLimit(60):` raises _TooLong in this thread after so many seconds."""

    def __init__(self, seconds: float):
        self._thread = threading.get_ident()
        self._lock, self._over = threading.Lock(), False
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self._over = True
        self._timer.cancel()

    def _end(self) -> None:
        with self._lock:
            if not self._over:
                raised = ctypes.py_object(_TooLong)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), raised)


def lacks_sandbox() -> str:
    """Why code cannot be run in a process of the cluster; empty where it can."""
    try:
        Sandbox().close()
    except DeltaruleError as error:
        return in_one_line(error)
    return ""


#: What marks in a process of the cluster, beside its exam; and whose turn it is there.
_open: list[tuple[Exam, ClassWorker]] = []
_turn = threading.Lock()


def marked_there(exam: Exam, version: str, task: Task, seconds: float) -> Outcome:
    """The outcome of a task in a process of the cluster; one at a time, in whatever thread."""
    if version != own_version():
        return Outcome(failed="a worker of the cluster has another deltarule")
    with _turn:
        known = [worker for same, worker in _open if same == exam]
        try:
            with _TimeLimit(seconds if known and task.exam is None else seconds + OPENING):
                worker = known[0] if known else ClassWorker(exam)
                outcome = worker.marked(task)
        except _TooLong:
            _open.clear()  # it was ended in the midst of something
            return Outcome(failed=f"it took longer than {seconds:g} s")
        _open[:] = [(exam, worker)]
        return outcome
