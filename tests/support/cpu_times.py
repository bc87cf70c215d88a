"""CPU seconds of a run by test, by fixture and by group: a plugin that is off unless asked.

    DELTARULE_CPU_TIMES=FOLDER pytest -p cpu_times [...]

Each worker writes FOLDER/WORKER.tsv: phase, CPU seconds of the worker's own
process, CPU seconds of the programs that ended meanwhile, seconds by the clock, group, test or
fixture. CPU seconds change little with the load of the machine, seconds by the clock do. Then

    python tests/support/cpu_times.py FOLDER

adds them up: workers, groups, files, fixtures, and the dearest tests.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

#: So many rows of each table.
MOST = 40


class Times(NamedTuple):
    """CPU seconds of this process and of the programs that it waited for, seconds by the clock."""

    own: float
    programs: float
    clock: float

    @classmethod
    def now(cls) -> Times:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return cls(time.process_time(), children.ru_utime + children.ru_stime, time.monotonic())

    def since(self, start: Times) -> Times:
        return Times(*(now - then for now, then in zip(self, start)))


class Row(NamedTuple):
    """What one phase of a test took, or one fixture: its phase is `fixture`."""

    phase: str
    times: Times
    group: str
    name: str

    def line(self) -> str:
        times = "\t".join(f"{seconds:.4f}" for seconds in self.times)
        return f"{self.phase}\t{times}\t{self.group}\t{self.name}\n"

    @classmethod
    def read(cls, line: str) -> Row:
        phase, own, programs, clock, group, name = line.rstrip("\n").split("\t")
        return cls(phase, Times(float(own), float(programs), float(clock)), group, name)


class Recorder:
    """Writes the rows of one worker."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.file = (folder / f"{worker}.tsv").open("w", buffering=1)

    def _timed(self, phase: str, group: str, name: str) -> Iterator[None]:
        start = Times.now()
        try:
            return (yield)
        finally:
            self.file.write(Row(phase, Times.now().since(start), group, name).line())

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item):
        return (yield from self._timed("setup", _group(item), item.nodeid))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item):
        return (yield from self._timed("call", _group(item), item.nodeid))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item):
        return (yield from self._timed("teardown", _group(item), item.nodeid))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef, request):
        name = f"{fixturedef.baseid}::{fixturedef.argname}"
        return (yield from self._timed("fixture", _group(request.node), name))

    def pytest_collection_finish(self):
        self.file.write(Row("start", Times.now(), "", "imports and collection").line())

    def pytest_sessionfinish(self):
        self.file.close()


def pytest_configure(config):
    folder = os.environ.get("DELTARULE_CPU_TIMES")
    main = not hasattr(config, "workerinput")
    if not folder or (main and config.getoption("numprocesses", 0)):
        return  # the main process of several workers runs no test
    Path(folder).mkdir(parents=True, exist_ok=True)
    worker = "main" if main else config.workerinput["workerid"]
    config.pluginmanager.register(Recorder(Path(folder), worker))


def _group(item) -> str:
    marker = getattr(item, "get_closest_marker", lambda _: None)("xdist_group")
    return marker.args[0] if marker else ""


def _table(title: str, sums: Counter[str]) -> None:
    print(f"\n{title}: {sum(sums.values()):.1f} CPU-s")
    for name, seconds in sums.most_common(MOST):
        print(f"{seconds:8.2f}  {name}")


def report(folder: Path) -> None:
    """Print the sums of what the workers wrote. A fixture's time is in its test's set-up too."""
    tables: dict[str, Counter[str]] = {
        name: Counter() for name in ("workers", "groups", "files", "fixtures", "functions", "tests")
    }
    programs: Counter[str] = Counter()
    for path in sorted(folder.glob("*.tsv")):
        for row in map(Row.read, path.read_text().splitlines()):
            cost = row.times.own + row.times.programs
            if row.phase == "fixture":
                tables["fixtures"][row.name] += cost
                continue
            function = row.name.partition("[")[0]
            tables["workers"][path.stem] += cost
            tables["groups"][row.group] += cost
            tables["files"][function.partition("::")[0]] += cost
            tables["functions"][function] += cost
            tables["tests"][row.name] += cost
            programs[function] += row.times.programs
    for title, sums in tables.items():
        _table(title, sums)
    _table("programs that tests start", programs)


if __name__ == "__main__":
    report(Path(sys.argv[1]))
