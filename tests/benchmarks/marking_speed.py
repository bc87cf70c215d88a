"""How long marking takes, in CPU seconds: `python tests/benchmarks/marking_speed.py [sheet …]`.

Printed are the whole command `check example X`; one process that marks a sheet on which every
answer is wrong, with how long the marking alone took; and papers marked on an open sheet. CPU
seconds hardly depend on what else the machine does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from deltarule.cli.main import short_lived
from deltarule.marking import OpenSheet, load_sheet
from deltarule.marking.answers import Answers
from deltarule.marking.arrays import Numbers
from deltarule.marking.printed import Printed
from deltarule.marking.sheets import sheet_names

#: Papers that are marked on an open sheet before the best is taken.
ROUNDS = 7


def main() -> None:
    names = sys.argv[1:] or sheet_names()
    if names[0] == "--wrong":
        short_lived()  # as the command does
        _mark_wrong(names[1])
        return
    print("| sheet | check example | everything wrong: process | marking | verdicts |")
    print("| --- " * 5 + "|")
    for name in names:
        check, _ = _process("-m", "deltarule", "check", "example", name, "--no-pager")
        process, told = _process(__file__, "--wrong", name)
        print(f"| {name} | {check:.2f} | {process:.2f} | {told} |", flush=True)
    if "batch" in names:
        right, wrong = _on_open_sheet("batch")
        print(f"\nbatch, open: a right paper {right:.0f} ms, one mistake {wrong:.0f} ms")


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


def _altered(numbers: Numbers, numbering: Iterator[int]) -> Numbers:
    """Numbers with as many digits, each changed by a factor of its own."""
    if isinstance(numbers, tuple):
        return tuple(_altered(n, numbering) for n in numbers)
    if numbers is None:
        return None
    decimals = 4 if numbers.decimals is None else max(numbers.decimals, 0)
    value = float(numbers.value) * (1.37 + 0.113 * (next(numbering) % 7))
    return Printed(f"{value + 0.3 * 10 ** -(decimals // 2):.{decimals}f}")


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
