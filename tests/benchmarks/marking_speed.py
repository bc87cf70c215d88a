"""How long marking takes, in CPU seconds: `python tests/benchmarks/marking_speed.py [sheet …]`.

Printed are the whole command `check example X`; one process that marks a sheet on which every
answer is wrong, with how long the marking alone took; papers marked on an open sheet; and an LSTM
and a GRU of two steps (`recurrent` alone prints these): everything wrong, every last digit off, and
one mistake on a sheet that is open, in its first round and in the next. CPU seconds depend little
on what else the machine does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count, product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

import simulated  # noqa: E402
from simulated_lines import Slip  # noqa: E402

from deltarule.arithmetic.printed import Printed  # noqa: E402
from deltarule.cli.programs import short_lived  # noqa: E402
from deltarule.marking import OpenSheet, load_sheet  # noqa: E402
from deltarule.marking.sheet_files.answers import Answers  # noqa: E402
from deltarule.marking.sheet_files.arrays import Numbers, read_numbers  # noqa: E402
from deltarule.marking.sheet_files.sheets import sheet_names  # noqa: E402

#: Makes other numbers of those of a quantity, with a counter.
Alter = Callable[[Numbers, Iterator[int]], Numbers]

#: Papers that are marked on an open sheet before the best is taken.
ROUNDS = 7


def main() -> None:
    names = sys.argv[1:] or [*sheet_names(), "recurrent"]
    if names[0] == "ways":
        _ways(names[1:] or [*sheet_names(), "lstm", "gru"])
        return
    if names[0] == "--wrong":
        short_lived()  # as the command does
        _mark_wrong(names[1])
        return
    print("| sheet | check example | everything wrong: process | marking | verdicts |")
    print("| --- " * 5 + "|")
    for name in (n for n in names if n != "recurrent"):
        check, _ = _process("-m", "deltarule", "check", "example", name, "--no-pager")
        process, told = _process(__file__, "--wrong", name)
        print(f"| {name} | {check:.2f} | {process:.2f} | {told} |", flush=True)
    if "batch" in names:
        right, wrong = _on_open_sheet("batch")
        print(f"\nbatch, open: a right paper {right:.0f} ms, one mistake {wrong:.0f} ms")
    if "recurrent" in names:
        _recurrent("lstm")
        _recurrent("gru")


def _process(*arguments: str) -> tuple[float, str]:
    """The CPU seconds of a process of this Python, and the last line that it prints."""
    before = os.times()
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    after = os.times()
    if done.returncode not in (0, 1) or not done.stdout.strip():
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr.strip()}")
    seconds = sum(
        getattr(after, k) - getattr(before, k) for k in ("children_user", "children_system")
    )
    return seconds, done.stdout.strip().splitlines()[-1]


def _mark_wrong(name: str) -> None:
    """Mark each run of a sheet with other numbers than it publishes, all of them wrong."""
    sheet, numbers = load_sheet(name), count(1)
    opened, seconds, verdicts = OpenSheet(sheet), 0.0, 0
    for number, run in enumerate(sheet.runs, start=1):
        values = {n: _altered(v, numbers) for n, v in run.published.items()}
        if not values:
            continue
        begun = time.process_time()
        marking = opened.mark(Answers(None, "", values, "wrong.toml", run=number))
        seconds += time.process_time() - begun
        verdicts += len(marking.verdicts)
    print(f"{seconds:.2f} | {verdicts}")


def _changed(change: Callable[[float, int, int], float], digits: int = 0) -> Alter:
    """Another value for each number, of it, of a counter and of its decimals, to more digits."""

    def alter(numbers: Numbers, numbering: Iterator[int]) -> Numbers:
        def other(number: Printed, decimals: int) -> tuple[float, int]:
            value = change(float(number.value), next(numbering), decimals)
            return value, max(decimals + digits, 0)

        return _each(numbers, other)

    return alter


def _ways(names: list[str]) -> None:
    """Papers on which nearly everything is wrong in one way or another, the slowest first."""
    ways: dict[str, Alter] = {
        "changed": _altered,
        "last digits": _last_off,
        "negated": _changed(lambda v, n, d: -v),
        "halved": _changed(lambda v, n, d: v / 2),
        "tenfold": _changed(lambda v, n, d: 10 * v),
        "squared": _changed(lambda v, n, d: v * v),
        "ones": _changed(lambda v, n, d: 1.0),
        "zeros": _changed(lambda v, n, d: 0.0),
        "counted": _changed(lambda v, n, d: n / 100),
        "every other one moved": _changed(lambda v, n, d: v + 0.01 * (n % 2)),
        "a thousandth more": _changed(lambda v, n, d: 1.001 * v),
        "fewer digits": _changed(lambda v, n, d: 1.3 * v, -3),
    }
    found = []
    for name in names:
        if name in sheet_names():
            sheet = load_sheet(name)
            papers = [(k, run.published) for k, run in enumerate(sheet.runs, start=1)]
        else:
            paper = simulated.blank(name, 3)
            sheet, papers = simulated._sheet(paper), [(1, _written(paper))]
        for (run, right), (way, alter) in product([p for p in papers if p[1]], ways.items()):
            opened, numbers = OpenSheet(sheet), count(1)
            wrong = {n: alter(v, numbers) for n, v in right.items()}
            begun = time.process_time()
            opened.mark(Answers(None, "", wrong, "wrong.toml", run=run))
            found.append((time.process_time() - begun, f"{name}, run {run}: {way}"))
    for seconds, what in sorted(found, reverse=True)[:20]:
        print(f"{seconds:.2f} s  {what}")


def _recurrent(kind: str) -> None:
    """A simulated paper of a recurrent network."""
    paper = simulated.blank(kind, 3)
    right = _written(paper)

    def opened() -> OpenSheet:
        sheet = OpenSheet(simulated._sheet(paper))
        _seconds(sheet, right)
        return sheet

    for how, alter in (("everything wrong", _altered), ("every last digit off", _last_off)):
        numbers = count(1)
        wrong = {name: alter(value, numbers) for name, value in right.items()}
        print(f"{kind}, {how}: {_seconds(opened(), wrong):.2f} s")
    rounds = []
    for slip in simulated.KINDS[kind].slips:
        sheet, wrong = opened(), _written(paper, slip)
        rounds.append((_seconds(sheet, wrong), _seconds(sheet, wrong)))
    for which, seconds in zip(("first", "next"), zip(*rounds, strict=True), strict=True):
        mean = sum(seconds) / len(seconds)
        print(f"{kind}, one mistake, {which} round: mean {mean:.2f} s, at most {max(seconds):.2f}")


def _written(paper: simulated.Aligned, *slips: Slip) -> dict[str, Numbers]:
    written = paper.written_with(*slips)
    return {name: read_numbers(texts.tolist(), name) for name, texts in written.items()}


def _seconds(sheet: OpenSheet, values: dict[str, Numbers]) -> float:
    begun = time.process_time()
    sheet.mark(Answers(None, "", dict(values), "paper.toml"))
    return time.process_time() - begun


def _last_off(numbers: Numbers, numbering: Iterator[int]) -> Numbers:
    """Numbers with one to three units more or less in their last digit."""
    return _each(numbers, lambda n, d: (float(n.value) + (next(numbering) % 5 - 2 or 3) / 10**d, d))


def _altered(numbers: Numbers, numbering: Iterator[int]) -> Numbers:
    """Numbers with as many digits, each changed by a factor of its own."""

    def other(number: Printed, decimals: int) -> tuple[float, int]:
        decimals = 4 if number.decimals is None else decimals
        value = float(number.value) * (1.37 + 0.113 * (next(numbering) % 7))
        return value + 0.3 * 10 ** -(decimals // 2), decimals

    return _each(numbers, other)


def _each(numbers: Numbers, other: Callable[[Printed, int], tuple[float, int]]) -> Numbers:
    """Another value, with so many decimals, for each number."""
    if isinstance(numbers, tuple):
        return tuple(_each(n, other) for n in numbers)
    if numbers is None:
        return None
    value, decimals = other(numbers, max(numbers.decimals or 0, 0))
    return Printed(f"{value:.{decimals}f}")


def _on_open_sheet(name: str) -> tuple[float, float]:
    """Milliseconds for a right paper, and for one with one wrong value, the sheet being open."""
    sheet = load_sheet(name)
    opened, right = OpenSheet(sheet), sheet.runs[0].published
    first = next(n for n, v in right.items() if isinstance(v, Printed))
    wrong = {**right, first: _altered(right[first], count(1))}
    return _best(opened, right), _best(opened, wrong)


def _best(opened: OpenSheet, values: dict[str, Numbers]) -> float:
    paper, times = Answers(None, "", dict(values), "paper.toml"), []
    for _ in range(ROUNDS):
        begun = time.process_time()
        opened.mark(replace(paper))
        times.append(time.process_time() - begun)
    return 1000 * min(times)


if __name__ == "__main__":
    main()
