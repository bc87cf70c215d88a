"""Wrong versions of one line that read something else in it, all of them in one evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from deltarule.arithmetic.open_reads import OpenLine
from deltarule.arithmetic.prepared_sums import Prepared
from deltarule.marking.mistakes.reread import Reread
from deltarule.marking.quick_lines import QuickLines
from deltarule.networks.equations import Equation

#: A wrong equation of a line, and the rows in which the line is evaluated by it.
InRows = tuple[Equation, np.ndarray]


@dataclass
class Filled:
    """Versions of a line with the same openings: what each reads in them, and in which rows."""

    line: OpenLine
    wrong: list[Reread] = field(default_factory=list)
    fillings: list[list[Prepared]] = field(default_factory=list)
    where: list[np.ndarray] = field(default_factory=list)

    @property
    def rows(self) -> np.ndarray:
        """The rows of all of them, one after the other."""
        return np.concatenate(self.where)


def grouped(
    changed: Iterable[InRows], lines: QuickLines, at: Mapping
) -> tuple[list[Filled], list[InRows]]:
    """Wrong equations that differ in what they read, by their openings, and all others."""
    groups: dict[int, Filled] = {}
    others = []
    for wrong, where in changed:
        found = lines.filled(wrong, at) if isinstance(wrong, Reread) else None
        if found is None or not isinstance(wrong, Reread):
            others.append((wrong, where))
            continue
        line, fillings = found
        group = groups.setdefault(id(line), Filled(line))
        group.wrong.append(wrong)
        group.fillings.append(fillings)
        group.where.append(where)
    return list(groups.values()), others


def evaluated(group: Filled, lines: QuickLines, arrays: Mapping) -> np.ndarray:
    """The line in all rows of a group; arrays may have all rows of a search in front."""
    moving = {n for n, a in arrays.items() if np.ndim(a) > lines.rank(n)}
    counts = [len(where) for where in group.where]
    openings = group.line.openings
    filled = [np.empty((sum(counts), *o.shape)) for o in openings]
    begin = 0
    of_each = zip(group.wrong, group.fillings, group.where, counts, strict=True)
    for wrong, fillings, where, count in of_each:
        own = _rows(wrong.filling_names, arrays, moving, where)
        for array, filling in zip(filled, fillings, strict=True):
            array[begin : begin + count] = filling(own)
        begin += count
    rest = _rows(group.wrong[0].kept_names, arrays, moving, group.rows)
    rest.update(enumerate(filled))
    return np.asarray(group.line.formula(rest))


def _rows(
    names: Iterable[str], arrays: Mapping, moving: set[str], where: np.ndarray | Sequence[int]
) -> dict:
    return {n: arrays[n][where] if n in moving else arrays[n] for n in names}
