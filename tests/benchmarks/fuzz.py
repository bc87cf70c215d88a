"""Mutated input in numbers that no test run has time for.

    python tests/benchmarks/fuzz.py formulas 1000000 SEED [SECONDS]
    python tests/benchmarks/fuzz.py networks|sheets|answers 10000 SEED [SECONDS]

An input that needs more than SECONDS (2) of processor time hangs. Printed are every fault as soon
as it is found, how far the run is, and at the end what was seen: how many inputs, how many were
refused, faults, hangs, files opened that nobody named, the slowest input, and the most memory.
The same seed gives the same inputs.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import process_time

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS / "support"))

import fuzz_files  # noqa: E402
import fuzz_inputs  # noqa: E402
import fuzzing  # noqa: E402

#: After so many inputs a line is printed, and so many of the slowest are shown.
STEP, SLOWEST = 10_000, 5


class Watched:
    """An examination that remembers how many inputs were refused, and the slowest ones."""

    def __init__(self, examine: Callable) -> None:
        self.examine = examine
        self.refused = 0
        self.slowest: list[tuple[float, str]] = []

    def __call__(self, given: object) -> None:
        begun = process_time()
        try:
            self.examine(given)
        except fuzz_inputs.REFUSED:
            self.refused += 1
            raise
        finally:
            taken = process_time() - begun
            if len(self.slowest) < SLOWEST or taken > self.slowest[-1][0]:
                self.slowest = sorted([*self.slowest, (taken, repr(given))], reverse=True)
                del self.slowest[SLOWEST:]


def inputs(what: str, number: int, seed: int, folder: Path) -> tuple[Iterable, Callable]:
    """The inputs of a kind, and what is done with each."""
    if what == "formulas":
        seeds = fuzz_inputs.all_seeds()
        return fuzz_inputs.formulas(seeds, number, seed), fuzz_inputs.judge_one()
    if what == "networks":
        return fuzz_inputs.networks(number, seed), fuzz_inputs.examine_network
    if what in ("sheets", "answers"):
        of_sheets = what == "sheets"
        seeds = fuzz_files.SHEETS if of_sheets else fuzz_files.HANDED_IN
        examine = fuzz_files.mark if of_sheets else fuzz_files.mark_answers
        for text in seeds:  # their networks are derived before the clock runs
            (folder / "in.toml").write_text(text, encoding="utf-8")
            examine(folder / "in.toml")
        return fuzz_files.files(folder, seeds, number, seed), examine
    raise SystemExit(__doc__)


def main() -> None:
    what, number, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    fuzzing.SECONDS = float(sys.argv[4]) if len(sys.argv) > 4 else 2.0
    with tempfile.TemporaryDirectory() as folder:
        given, examine = inputs(what, number, seed, Path(folder))
        before, begun = getrusage(RUSAGE_SELF).ru_maxrss, process_time()
        watched = Watched(examine)
        found: list[str] = []
        rest: Iterator = iter(given)
        for done in range(0, number, STEP):
            own = (fuzz_inputs.ROOT, folder)
            new = fuzzing.faults(islice(rest, STEP), watched, fuzz_inputs.REFUSED, own, most=STEP)
            print(*new, sep="\n", end="\n" if new else "", flush=True)
            found += new
            rate = (done + STEP) / max(process_time() - begun, 1e-9)
            print(f"{min(done + STEP, number)} done, {rate:.0f} a second", flush=True)
        peak = getrusage(RUSAGE_SELF).ru_maxrss
    hangs = sum(f.startswith("TooLong") for f in found)
    print(
        f"{number} {what}, seed {seed}: {watched.refused} refused; {len(found) - hangs} faults, "
        f"{hangs} over {fuzzing.SECONDS:g} s of processor time; {process_time() - begun:.0f} s; "
        f"{(peak - before) // 1024} MB more memory (peak {peak // 1024} MB)"
    )
    for taken, shown in watched.slowest:
        print(f"  {taken:.2f} s: {shown[:300]}")


if __name__ == "__main__":
    main()
