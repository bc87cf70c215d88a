"""Processes that mark side by side. One that dies or takes too long takes down nothing else."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any

from deltarule.blocked_signals import sigint_blocked
from deltarule.classes.class_worker import ClassWorker, Outcome, Task
from deltarule.exams.exam import Exam

#: What a process does: it hears tasks on a connection, and answers with outcomes.
Work = Callable[[Connection, Exam], None]
#: So often a submission is tried whose process ended.
MOST_TRIES = 3
#: What a process says when it can begin, and the seconds in which it has to.
READY, STARTING = "ready", 300.0
#: Seconds more for the first submission of a process, which opens the exam.
OPENING = 120.0
#: A process is replaced after so many submissions, so that what it keeps stays small.
MOST_TASKS = 2000
_PRELOADED = ["deltarule.classes.class_worker", "deltarule.marking.explain"]


def serve(connection: Connection, exam: Exam) -> None:
    """Mark what comes, until nobody sends any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us says when it ends
    worker = ClassWorker(exam)
    try:
        connection.send(READY)
        while True:
            connection.send(worker.marked(connection.recv()))
    except (EOFError, OSError):
        worker.close()


class WorkerPool:
    """`jobs` processes for one exam, each with `seconds` for a submission; `work` is what each of
    them does with what comes.
    """

    def __init__(self, exam: Exam, jobs: int, seconds: float, work: Work = serve):
        self._exam, self._jobs, self._seconds, self._work = exam, jobs, seconds, work
        self._context = process_context(_PRELOADED)
        self._workers: list[_Worker] = []

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_error: object) -> None:
        for worker in self._workers:
            worker.connection.close()  # they end side by side
        for worker in self._workers:
            worker.end()

    def outcomes(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Outcome]]:
        """The outcome of each task, in the order in which they come."""
        again: deque[Task] = deque()
        tries: dict[str, int] = {}

        def following() -> Task | None:
            return again.popleft() if again else next(tasks, None)

        while len(self._workers) < self._jobs and (task := following()) is not None:
            self._workers.append(self._started(task))
        while busy := [w for w in self._workers if w.task is not None]:
            for worker in _ready(busy):
                task, outcome = worker.task, worker.outcome()
                if task is None or isinstance(outcome, str):
                    continue
                if outcome is None:
                    tries[task.who] = tries.get(task.who, 0) + 1
                    if worker.lost and tries[task.who] < MOST_TRIES:
                        again.append(task)
                    else:
                        outcome = Outcome(failed=worker.why(self._seconds))
                self._go_on(worker, following())
                if outcome is not None:
                    yield task, outcome

    def _go_on(self, worker: _Worker, task: Task | None) -> None:
        """The next task for a worker; a new process where it has ended, or had many."""
        if worker.alive and worker.count < MOST_TASKS:
            worker.take(task)
            return
        worker.end()
        self._workers.remove(worker)
        if task is not None:
            self._workers.append(self._started(task))

    def _started(self, task: Task) -> _Worker:
        process, connection = self._process()
        worker = _Worker(process, connection, self._seconds)
        worker.take(task)
        return worker

    def _process(self) -> tuple[Any, Connection]:
        """A new process, and what is said to it."""
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=self._work, args=(theirs, self._exam))
        started(process, self._context)
        theirs.close()
        return process, ours


class _Worker:
    """One process, and the task that it is at."""

    def __init__(self, process: Any, connection: Connection, seconds: float):
        self.process, self.connection = process, connection
        self.task: Task | None = None
        self.count, self._seconds = 0, seconds
        self.alive, self.lost = True, False
        self.deadline = 0.0

    def take(self, task: Task | None) -> None:
        """Begin with a task; None for no more."""
        self.task = task
        if task is None:
            return
        self.count += 1
        if self.count == 1:
            self.deadline = time.monotonic() + STARTING
        else:
            self._begin(OPENING if task.exam is not None else 0.0)
        with suppress(OSError):  # it has ended: its connection says so when it is looked at
            self.connection.send(task)

    def _begin(self, more: float) -> None:
        self.deadline = time.monotonic() + self._seconds + more

    def outcome(self) -> Outcome | str | None:
        """What has come: an outcome, or READY before all of them; None where the process has
        ended, or is ended, without.
        """
        try:
            if self.connection.poll():
                found = self.connection.recv()
                if found == READY:
                    self._begin(OPENING)
                return found
        except (EOFError, OSError):
            self.alive, self.lost = False, True
            return None
        self.alive, self.lost = False, self.process.exitcode is not None
        return None

    def why(self, seconds: float) -> str:
        """Why there is no outcome."""
        if not self.lost:
            return f"it took longer than {seconds:g} s"
        self.process.join(5)
        return (
            f"the process that marked it ended {MOST_TRIES} times ({_ended(self.process.exitcode)})"
        )

    def end(self) -> None:
        """End the process."""
        self.connection.close()
        if self.alive:
            # Nobody sends any more: what has nothing to do ends its sandbox, and itself.
            self.process.join(5.0 if self.task is None else 0.2)
        if self.process.is_alive():
            self.process.kill()
        self.process.join()


def _ready(busy: list[_Worker]) -> list[_Worker]:
    """Those with something to say, those that ended, and those whose time is up; waits for one."""
    first = min(worker.deadline for worker in busy)
    channels: dict[object, _Worker] = {}
    for worker in busy:
        channels[worker.connection] = channels[worker.process.sentinel] = worker
    found = wait(list(channels), max(0.0, first - time.monotonic()))  # type: ignore[arg-type]
    said = {id(channels[one]): channels[one] for one in found}
    now = time.monotonic()
    late = [w for w in busy if id(w) not in said and w.deadline <= now]
    return [*said.values(), *late]


def process_context(preloaded: list[str]) -> Any:
    """Processes from one that has imported `preloaded` modules, where that is possible."""
    # One thread each: matrices are small, and there are as many processes as processors.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(preloaded)
    return context


def started(process: Any, context: Any) -> None:
    """Start a process of such a context, for which Ctrl-C is not."""
    # Begun with the first process, this one would let SIGINT through again.
    resource_tracker.ensure_running()
    if context.get_start_method() != "forkserver":
        with sigint_blocked():
            process.start()
        return
    with sigint_blocked():
        forkserver.ensure_running()
    process.start()  # waits until modules are imported: here SIGINT ends that


def _ended(code: int | None) -> str:
    if code is None or code >= 0:
        return f"exit status {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
