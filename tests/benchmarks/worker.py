"""The process that measures one library: it is asked on stdin, and answers on stdout, in JSON.

{"do": "hello"}                       the library's ways, and versions
{"do": "results", "key": …, "way": …, "dtype": …, "file": …}   values and gradients, saved
{"do": "time", "key": …, "way": …, "dtype": …, "seconds": …}   how long a pass takes
{"do": "peak", "dtype": …}            the practical peak, GF/s
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from load import Load, pin  # noqa: E402
from machine import versions  # noqa: E402
from workloads import WORKLOADS  # noqa: E402


class Worker:
    """One library with so many threads."""

    def __init__(self, library: str, threads: int):
        self.threads = threads
        self.competitor = library
        self.peer = importlib.import_module(f"{library}_peer")
        self._of, self._run, self._told = None, lambda: None, lambda given: given

    def answer(self, asked: dict) -> dict:
        """What is answered to one request."""
        do = asked.pop("do")
        return {"hello": self.hello, "results": self.results, "time": self.time, "peak": self.peak}[
            do
        ](**asked)

    def hello(self, keys: list[str]) -> dict:
        ways = {key: self.ways(WORKLOADS[key].peer) for key in keys}
        return {"ways": ways, "versions": versions(self.competitor)}

    def ways(self, peer: str) -> list[str]:
        """The ways in which the library computes a workload; none where it has no code for it."""
        try:
            return list(self.peer.WAYS[peer])
        except KeyError:
            return []

    def prepare(self, key: str, way: str, dtype: str) -> None:
        """Make the arrays and compile what is compiled; the last one made is kept."""
        if self._of == (key, way, dtype):
            return
        self._of, self._run, self._told = None, lambda: None, lambda given: given
        gc.collect()
        work = WORKLOADS[key]
        arrays = work.arrays(dtype)
        if self.competitor == "deltarule":
            made = self.peer.prepared_work(work, way, arrays, self.threads)
        else:
            made = self.peer.prepared(work.peer, way, arrays, work.settings, self.threads)
        self._run, self._told = made
        for _ in range(3):
            self._run()
        self._of = (key, way, dtype)

    def results(self, key: str, way: str, dtype: str, file: str) -> dict:
        import numpy as np

        self._of = None  # steps of training end where the number of steps before them says
        self.prepare(key, way, dtype)
        np.savez(file, **self._told(self._run()))
        return {}

    def time(self, key: str, way: str, dtype: str, seconds: float) -> dict:
        """The best and the median time of a pass, in seconds; the CPUs used, and by others."""
        self.prepare(key, way, dtype)
        run, clock = self._run, time.perf_counter
        begin = clock()
        run()
        once = max(1e-7, clock() - begin)
        inner = max(1, int(30e-6 / once))
        count = max(5, int(seconds / once / inner))
        times, load = [], Load()
        gc.disable()
        try:
            for _ in range(count):
                begin = clock()
                for _ in range(inner):
                    run()
                times.append((clock() - begin) / inner)
        finally:
            gc.enable()
        return {"best": min(times), "median": statistics.median(times), **load.end()}

    def peak(self, dtype: str) -> dict:
        from peak import peak

        load = Load()
        return {"peak": peak(dtype, self.threads), **load.end()}


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer
    library, threads = sys.argv[1], int(sys.argv[2])
    pin(threads)
    worker = Worker(library, threads)
    for line in sys.stdin:
        try:
            told = worker.answer(json.loads(line))
        except Exception as error:  # noqa: BLE001 - any failure is an answer
            told = {"failed": f"{type(error).__name__}: {error}".split("\n", 1)[0]}
        print(json.dumps(told), file=answers, flush=True)


if __name__ == "__main__":
    main()
