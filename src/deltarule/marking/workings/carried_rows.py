"""Several ways of carrying values on to the same wrong lines: a block of rows for each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis, digits


class CarriedRows:
    """What is the same in all rows of a way of carrying, and else differs from one to the next.

    Each way has `count` rows, one for each set of wrong lines. Values that are the same in all
    ways have no axis of rows.
    """

    def __init__(self, evaluator: Evaluator, ways: Sequence[Hypothesis], count: int):
        self.ways, self.count = ways, count
        self.works = [evaluator.quick_work(way) for way in ways]
        self.alike = len({digits(way.rounding) for way in ways}) == 1
        self.block, self.context = self.works[0].block, self.works[0].arithmetic.context
        self._provided: dict[str, np.ndarray] = {}

    def provided(self, name: str) -> np.ndarray:
        """A line as it goes into a later one."""
        if name not in self._provided:
            self._provided[name] = self._spread([w.provided(name) for w in self.works])
        return self._provided[name]

    def computed(self, name: str) -> np.ndarray:
        """A line evaluated although it may be printed."""
        return self._spread([np.asarray(w.compute(name), dtype=float) for w in self.works])

    def _spread(self, values: list[np.ndarray]) -> np.ndarray:
        if all(v is values[0] for v in values):
            return values[0]
        return np.repeat(np.stack(values), self.count, axis=0)

    def settled(self, values: np.ndarray, shape: Callable[[], tuple[int, ...]]) -> np.ndarray:
        """Values as each way keeps them, as many rows of one way as of the other; `shape` gives
        that of all of them, rows in front."""
        arithmetics = [work.arithmetic for work in self.works]
        if self.alike:
            return arithmetics[0].settle(values)
        found = np.array(np.broadcast_to(values, shape()))
        each = len(found) // len(arithmetics)
        for k, arithmetic in enumerate(arithmetics):
            of_way = slice(k * each, (k + 1) * each)
            found[of_way] = arithmetic.settle(found[of_way])
        return found


def one_order(evaluator: Evaluator, way: Hypothesis, changed: frozenset[str]) -> tuple:
    """What tells in which order lines are evaluated behind the wrong ones: ways of carrying that
    have it in common are evaluated together."""
    behind = []
    for name in sorted(changed):
        found = evaluator.quick_lines.depending(name, way.as_printed)
        behind.append((found, way.as_printed & (found | {name})))
    return *behind, frozenset(way.as_printed & evaluator.groups.keys()), way.key[3]
