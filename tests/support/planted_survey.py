"""All planted mistakes marked, over the whole catalogue: which are caught, and which are named.

    python tests/support/planted_survey.py             # the whole catalogue: a table, and gaps
    python tests/support/planted_survey.py gru conv1d

A value is printed with eight figures, alone on a sheet. It is caught if it does not pass for right,
and named if the first that is said of it is a kind that stands for its row.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from by_hand import printed
from planted_in_numpy import ROWS, Case, planted
from variants import FULL, names

from deltarule.marking.aligned_answers import lay_out
from deltarule.marking.open_sheet import judged
from deltarule.marking.session import Session
from deltarule.marking.sheet_files.sheets import Run
from deltarule.marking.verdicts import COUNT_AS_RIGHT, Verdict

#: So many values of a row are marked in one derivation; all of them with DELTARULE_FULL=1.
MOST = 2

#: So many figures has the largest entry of what is printed; more where what changes is small.
FIGURES, FINE = 8, 10

NAMED, OTHERWISE, UNEXPLAINED, PASSED = "named", "named otherwise", "unexplained", "passed"


class Marked(NamedTuple):
    """What marking makes of a planted value."""

    case: Case
    how: str
    verdicts: list[Verdict]


class Marker:
    """Marks the planted values of one derivation; what its lines have in common is kept."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Case, dict]] = {}

    def __call__(self, case: Case) -> Marked:
        """The verdicts on the value, alone on a sheet."""
        here = case.computation
        figures = FINE if case.row.small else FIGURES
        decimals = figures - 1 - int(np.floor(np.log10(np.abs(case.value).max())))
        numbers = {case.line: printed(case.value, max(decimals, 1), case.line)}
        run = Run("planted", case.derivation, published=numbers)
        session = Session(run, 1, here, lay_out(numbers, here, run.rounding))
        session.kept = self._kept.setdefault(id(here), (case, session.kept))[1]
        verdicts = judged(session, doubt=False)
        return Marked(case, _how(case, verdicts), verdicts)


def _how(case: Case, verdicts: Iterable[Verdict]) -> str:
    wrong = [v for v in verdicts if v.verdict not in COUNT_AS_RIGHT]
    if not wrong:
        return PASSED
    kinds = {kind for v in wrong for kind in v.mistakes[:1]}
    if kinds and kinds <= set(case.row.kinds):
        return NAMED
    return OTHERWISE if kinds else UNEXPLAINED


def survey(derivations: Iterable[str]) -> Counter:
    """How many values of which row in which derivation are named, printed as they come."""
    found: Counter = Counter()
    for name in derivations:
        marker = Marker()
        for case in planted(name, ROWS, None if FULL else MOST):
            marked = marker(case)
            found[case.row.name, name, marked.how] += 1
            if marked.how != NAMED:
                said = marked.verdicts[0]
                print(f"{name}: {case.row.name} in {case.line} is {marked.how}: {said.finding}")
        print(f"{name}: done", flush=True)
    return found


def table(found: Counter) -> str:
    """A line for each row: in how many derivations it applies, and what became of its values."""
    rows = ["| row | derivations | values | named | otherwise | unexplained | passed |"]
    rows.append("| --- | --- | --- | --- | --- | --- | --- |")
    for row in ROWS:
        own = {key: n for key, n in found.items() if key[0] == row.name}
        how = Counter()
        for (_, _, what), n in own.items():
            how[what] += n
        counts = [how[w] for w in (NAMED, OTHERWISE, UNEXPLAINED, PASSED)]
        cells = [row.name, len({key[1] for key in own}), sum(counts), *counts]
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table(survey(sys.argv[1:] or names())))
