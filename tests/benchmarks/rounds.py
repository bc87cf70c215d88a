"""Rounds: all competitors, one after another, in processes that are started anew each round."""

from __future__ import annotations

import time
from contextlib import contextmanager

from agreement import Agreement, Disagreement
from machine import header
from processes import LIBRARIES, Process, say
from samples import judged
from workloads import USUAL, WORKLOADS

#: A way so many times slower than its library's best in the first round is left out after it.
HOPELESS = 1.5


class Rounds:
    """Several rounds of some workloads, for one type and number of threads.

    `records` holds one entry for each workload: what it is, and all samples by library and way.
    """

    def __init__(self, asked, dtype: str, threads: int):
        self.keys = asked.names or list(USUAL)
        self.dtype, self.threads = dtype, threads
        self.seconds, self.beside, self._wanted = asked.seconds, asked.beside, asked.rounds
        self._end = time.monotonic() + 60 * asked.minutes
        self._agreement = Agreement()
        self._ways: dict[str, dict[str, list[str]]] = {}
        self._peaks: list[float] = []
        self._versions: dict[str, str] = {}
        self.records = {key: self._record(key) for key in self.keys}

    def run(self) -> list[dict]:
        """All rounds, or as many as the time allows; the records of what was measured."""
        rounds = self._wanted
        for number in range(rounds):
            begin = time.monotonic()
            say(f"{self.dtype}, {self.threads} threads, round {number + 1} of {rounds}")
            with _processes(self.threads, number) as processes:
                self._hello(processes)
                done = self._round(processes, number)
            if not done or time.monotonic() + 0.9 * (time.monotonic() - begin) > self._end:
                if number + 1 < rounds:
                    say(f"    no time for more: {number + 1} rounds")
                break
        found = [r for r in self.records.values() if r["samples"]]
        for record in found:
            record["versions"], record["header"] = self._versions, header()
            record["peak"] = max(self._peaks, default=None)
        return found

    def _record(self, key: str) -> dict:
        return {
            "key": key,
            "title": WORKLOADS[key].title,
            "dtype": self.dtype,
            "threads": self.threads,
            "multiply_adds": WORKLOADS[key].multiply_adds(),
            "beside": self.beside,
            "gaps": {},
            "samples": {},
        }

    def _hello(self, processes: dict[str, Process]) -> None:
        for library, process in processes.items():
            told = process.ask(do="hello", keys=self.keys)
            if told is not None:
                self._versions |= told["versions"]
                self._ways.setdefault(library, told["ways"])
        told = processes["deltarule"].ask(do="peak", dtype=self.dtype)
        if told is not None:
            self._peaks.append(told["peak"])

    def _round(self, processes: dict[str, Process], number: int) -> bool:
        for key in self.keys:
            if time.monotonic() > self._end:
                say("    the time is over: the last workloads of this round are left out")
                return False
            for library, process in processes.items():
                for way in list(self._ways.get(library, {}).get(key, ())):
                    self._measure(
                        process, processes[WORKLOADS[key].reference], key, library, way, number
                    )
            if number == 0:
                self._leave_out(key)
            say(f"    {key}: {self._so_far(key)}")
        return True

    def _measure(self, process, reference, key, library, way, number) -> None:
        request = {"key": key, "way": way, "dtype": self.dtype}
        record = self.records[key]
        if number == 0:
            gap = self._gap(process, reference, request)
            if gap is None:
                self._ways[library][key].remove(way)
                return
            record["gaps"].setdefault(library, {})[way] = gap
        for _ in range(2):
            told = process.ask(do="time", seconds=self.seconds, **request)
            if told is None:
                return
            told = judged(told, self.beside)
            if told["calm"]:
                break
        record["samples"].setdefault(library, {}).setdefault(way, []).append(told)

    def _gap(self, process, reference, request: dict) -> float | None:
        """How near a way comes to the reference; one that is too far is left out, and told.

        Raises Disagreement if the way is ours, or the last of its library.
        """
        try:
            return self._agreement.gap(process, reference=reference, **request)
        except Disagreement as error:
            if (
                process.competitor == "deltarule"
                or len(self._ways[process.competitor][request["key"]]) < 2
            ):
                raise
            say(f"    left out: {error}")
            return None

    def _leave_out(self, key: str) -> None:
        """Measure hopeless ways no more: those whose library kept to itself in the first round."""
        for library, ways in self.records[key]["samples"].items():
            first = {way: samples[0] for way, samples in ways.items()}
            if library == "deltarule" or not all(s["calm"] for s in first.values()):
                continue
            least = HOPELESS * min(s["best"] for s in first.values())
            self._ways[library][key] = [w for w in first if first[w]["best"] <= least]

    def _so_far(self, key: str) -> str:
        told = []
        for library, ways in self.records[key]["samples"].items():
            way, last = min(((w, s[-1]) for w, s in ways.items()), key=lambda p: p[1]["best"])
            mark = "" if last["calm"] else " (disturbed)"
            told.append(f"{library} {way} {last['best'] * 1e3:.4g} ms{mark}")
        return "; ".join(told)


@contextmanager
def _processes(threads: int, number: int):
    """One process for each library; whose turn is first changes from round to round."""
    turn = number % len(LIBRARIES)
    order = (*LIBRARIES[turn:], *LIBRARIES[:turn])
    processes = {library: Process(library, threads) for library in order}
    try:
        yield processes
    finally:
        for process in processes.values():
            process.end()
