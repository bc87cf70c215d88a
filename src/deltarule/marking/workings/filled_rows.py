"""Wrong versions of one line that read something else in it, all of them in one evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from deltarule.arithmetic.open_reads import OpenLine
from deltarule.arithmetic.prepared_sums import Prepared
from deltarule.marking.mistakes.reread import Reread
from deltarule.marking.workings.quick_lines import QuickLines
from deltarule.networks.equations import Equation

#: A wrong equation of a line, and the rows in which the line is evaluated by it.
InRows = tuple[Equation, np.ndarray]


@dataclass
class Filled:
    """Versions of a line with the same openings: what each reads in them, and in which rows.

    Rows are those of one way of carrying on; all ways have the same ones.
    """

    line: OpenLine
    wrong: list[Reread] = field(default_factory=list)
    fillings: list[list[Prepared]] = field(default_factory=list)
    where: list[np.ndarray] = field(default_factory=list)

    @cached_property
    def names(self) -> frozenset[str]:
        """All that they read."""
        return self.wrong[0].kept_names.union(*(w.filling_names for w in self.wrong))

    @cached_property
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


def evaluated(
    group: Filled,
    lines: QuickLines,
    arrays: Mapping,
    in_ways: Callable[[np.ndarray], np.ndarray],
    ways: int,
) -> np.ndarray:
    """The line in all rows of a group, in one way of carrying on after the other.

    Arrays may have all rows of a search in front; `in_ways` makes the rows of one way those of all.
    """
    moving = {n for n, a in arrays.items() if np.ndim(a) > lines.rank(n)}
    total = len(group.rows)
    filled = [np.empty((ways, total, *o.shape)) for o in group.line.openings]
    begin = 0
    for wrong, fillings, where in zip(group.wrong, group.fillings, group.where, strict=True):
        end = begin + len(where)
        moves = not moving.isdisjoint(wrong.filling_names)
        own = _rows(wrong.filling_names, arrays, moving, in_ways(where)) if moves else arrays
        for array, filling in zip(filled, fillings, strict=True):
            value = np.asarray(filling(own))
            if value.ndim > array.ndim - 2:
                value = value.reshape((ways, len(where), *value.shape[1:]))
            array[:, begin:end] = value
        begin = end
    rest = _rows(group.wrong[0].kept_names, arrays, moving, in_ways(group.rows))
    rest.update((n, a.reshape((ways * total, *a.shape[2:]))) for n, a in enumerate(filled))
    return np.asarray(group.line.formula(rest))


def _rows(names: Iterable[str], arrays: Mapping, moving: set[str], where: np.ndarray) -> dict:
    return {n: arrays[n][where] if n in moving else arrays[n] for n in names}
