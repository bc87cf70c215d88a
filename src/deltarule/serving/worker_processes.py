"""Processes beside the server: each does one job at a time, and is ended when its time is up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from deltarule.classes.class_worker import fault_words
from deltarule.classes.worker_pool import process_context, started
from deltarule.errors import DeltaruleError
from deltarule.serving.worker_loop import one_job, serve_jobs

#: Imported once, in a process from which all others come.
_PRELOADED = ["deltarule.serving.served_work", "deltarule.serving.derived_equations"]
#: So many wait for a process at most; whoever comes then is asked to come again.
MOST_WAITING = 200
#: Seconds for one job of each kind; the first job of a process opens the exam.
JOB_SECONDS = {"preview": 4.0, "remarks": 20.0, "mark": 20.0, "help": 20.0, "layout": 30.0}
OPENING_SECONDS = 40.0
#: Seconds more for code, which the sandbox limits call by call.
CODE_SECONDS = 100.0
#: Seconds for what is done in a process of its own.
ASIDE_SECONDS = {"derive": 15, "identifiability": 180, "pasted": 60}
#: A process is replaced after so many jobs, so that what it keeps stays small.
MOST_JOBS = 5000

Answer = dict[str, Any]


class Busy(Exception):
    """More wait than can be served."""


class Superseded(Exception):
    """The same person has asked for something newer."""


class Workers(Protocol):
    """Whatever does the jobs of a server."""

    async def ask(self, job: Mapping[str, Any]) -> Answer: ...
    async def aside(self, job: Mapping[str, Any], who: str) -> Answer: ...
    def close(self) -> None: ...


class WorkerProcesses:
    """`jobs` processes that keep opened exams, and one more for each request that may take long."""

    def __init__(self, shelf: list[tuple[str, str]], jobs: int, sandbox: bool = False):
        self._shelf, self._start = shelf, partial(_Process, serve_jobs, shelf, sandbox)
        self._idle: list[_Process | None] = [None] * jobs
        self._free = asyncio.Semaphore(jobs)
        self._aside = asyncio.Semaphore(max(1, jobs))
        self._waiting = 0
        self._asked_last: dict[str, Mapping[str, Any]] = {}
        self._beside: dict[str, _Process] = {}
        self._all: set[_Process] = set()

    async def ask(self, job: Mapping[str, Any]) -> Answer:
        """What comes of a job. Raises Busy where too many wait."""
        return await self._when_free(self._free, lambda: self._asked(job))

    async def aside(self, job: Mapping[str, Any], who: str) -> Answer:
        """Do a job in a process of its own; what the same person asked before is given up.

        Raises Busy where too many wait, and Superseded for what is given up.
        """
        self._asked_last[who] = job
        older = self._beside.get(who)
        if older is not None:
            older.superseded = True
            await asyncio.to_thread(older.end)
        return await self._when_free(self._aside, lambda: self._in_one(job, who))

    async def _when_free(
        self, free: asyncio.Semaphore, does: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        if self._waiting >= MOST_WAITING:
            raise Busy
        self._waiting += 1
        try:
            await free.acquire()
        finally:
            self._waiting -= 1
        try:
            return await does()
        finally:
            free.release()

    async def _asked(self, job: Mapping[str, Any]) -> Answer:
        process = self._idle.pop()
        try:
            if process is None or not process.alive:
                process = await asyncio.to_thread(self._start)
                self._all.add(process)
            seconds = JOB_SECONDS[job["do"]] + (0.0 if process.count else OPENING_SECONDS)
            seconds += CODE_SECONDS if job.get("code") else 0.0
            answer = await asyncio.to_thread(process.ask, job, seconds)
            if process.count >= MOST_JOBS:
                process.end()
            return answer
        finally:
            if process is not None and not process.alive:
                self._all.discard(process)
                process = None
            self._idle.append(process)

    async def _in_one(self, job: Mapping[str, Any], who: str) -> Answer:
        if self._asked_last.get(who) is not job:
            raise Superseded
        seconds = ASIDE_SECONDS[job["do"]]
        process = await asyncio.to_thread(_Process, one_job, self._shelf, seconds)
        self._all.add(process)
        self._beside[who] = process
        try:
            answer = await asyncio.to_thread(process.ask, job, float(seconds))
        finally:
            process.end()
            self._all.discard(process)
            if self._beside.get(who) is process:
                del self._beside[who]
            if self._asked_last.get(who) is job:
                del self._asked_last[who]
        if process.superseded:
            raise Superseded
        return answer

    def close(self) -> None:
        """End all processes."""
        for process in list(self._all):
            process.end()


class _Process:
    """One process, and the connection to it."""

    def __init__(self, work: Callable[..., None], *given: Any):
        context = process_context(_PRELOADED)
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=work, args=(theirs, *given), daemon=True)
        started(self._process, context)
        theirs.close()
        self.alive, self.count, self.superseded = True, 0, False

    def ask(self, job: Mapping[str, Any], seconds: float) -> Answer:
        """What comes of a job; a refusal where the time is up or the process ended."""
        self.count += 1
        try:
            self._connection.send_bytes(json.dumps(job).encode())
            if self._connection.poll(seconds):
                return json.loads(self._connection.recv_bytes())
            said = f"it takes longer than {seconds:g} seconds"
        except (EOFError, OSError):
            said = "it takes more time or memory than there is for it"
        except ValueError as error:
            return {"fault": fault_words(error)}
        self.end()
        remedy = "write less at once, or something simpler"
        return {"refused": {"fact": said, "place": "", "remedy": remedy}}

    def end(self) -> None:
        """End the process, whatever it does."""
        self.alive = False
        with suppress(OSError):
            self._process.kill()
        self._process.join(5)
        with suppress(OSError):
            self._connection.close()


class InThisProcess:
    """All jobs done here, one after the other: for tests, which start no processes."""

    def __init__(self, shelf: list[tuple[str, str]], sandbox: bool = False):
        from deltarule.serving.served_work import ServedWork

        self._work = ServedWork(shelf, sandbox)

    async def ask(self, job: Mapping[str, Any]) -> Answer:
        """What comes of a job."""
        return json.loads(json.dumps(self._work.done(json.loads(json.dumps(job)))))

    async def aside(self, job: Mapping[str, Any], who: str) -> Answer:
        """What comes of a job that may take long."""
        from deltarule.serving.derived_equations import derived_answer

        return derived_answer(job) if job["do"] == "derive" else await self.ask(job)

    def close(self) -> None:
        """End what was started."""
        self._work.close()


def refused(answer: Mapping[str, Any]) -> DeltaruleError | None:
    """The refusal or the fault that an answer is; None for an answer."""
    if "refused" in answer:
        said = answer["refused"]
        return DeltaruleError(said["fact"], said["place"] or None, said["remedy"] or None)
    if "fault" in answer:
        return DeltaruleError(answer["fault"], None, "please report it")
    return None
