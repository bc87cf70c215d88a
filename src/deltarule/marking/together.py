"""Many wrong workings at once, in float64: an axis of hypotheses goes in front of every line.

What comes before a wrong line is evaluated once for all of them; the wrong line itself once for
each; and what comes behind it all together. A recurrence is gone through once, at each time line
by line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import timetable
from deltarule.errors import DeltaruleError
from deltarule.marking.carried_rows import CarriedRows
from deltarule.marking.filled_rows import evaluated, grouped
from deltarule.marking.hypotheses import NO_VALUE, Evaluator
from deltarule.marking.hypothesis import Hypothesis
from deltarule.marking.same_time import in_time, put_off
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Recurrence, equations_of

#: Lines with the equations by which they are evaluated wrongly.
Rewritten = Mapping[str, Equation]


class Tangled(Exception):
    """Hypotheses that cannot be evaluated in one order, or a line that takes more than one."""


class Together:
    """What each line comes to if some lines are evaluated wrongly, once for each of `rows`.

    `ways` tell how all else is carried, in one order of lines: each has all the rows, one block
    after the other. Rows that have no value are NaN.
    """

    def __init__(self, evaluator: Evaluator, ways: Sequence[Hypothesis], rows: Sequence[Rewritten]):
        self.evaluator, self.lines, self.rows = evaluator, evaluator.quick_lines, rows
        self.ways = [quickly(evaluator, way) for way in ways]
        self.as_printed, self.carried = (
            self.ways[0].as_printed,
            CarriedRows(evaluator, self.ways, len(rows)),
        )
        self.count = len(rows) * len(ways)
        self.lost = np.zeros(self.count, bool)
        self.alone = np.zeros(self.count, bool)
        self._values: dict[str, np.ndarray] = {}
        self._busy: set[str] = set()
        self.changed: dict[str, list[tuple[Equation, np.ndarray]]] = {}
        for line, found in _by_line(rows).items():
            blocks = len(rows) * np.arange(len(ways))[:, None]
            self.changed[line] = [(e, (blocks + where).ravel()) for e, where in found.values()]
        self.moving = frozenset(self.changed).union(
            *(self.lines.depending(line, self.as_printed) for line in self.changed)
        )

    def value(self, name: str) -> np.ndarray:
        """A line evaluated under every row: an array with the rows in front."""
        rank = self.lines.rank(name)
        try:
            with self.carried.context():
                moves = name in self.moving
                found = self._computed(name) if moves else self.carried.computed(name)
                found = np.asarray(found, dtype=float)
        except Tangled:
            return self._in_halves(name)
        found = found if found.ndim > rank else found[None]
        found = np.array(np.broadcast_to(found, (self.count, *found.shape[1:])))
        found[self.lost] = np.nan
        for row in np.flatnonzero(self.alone & ~self.lost):
            found[row] = self._one(name, row, found.shape[1:])
        return found

    def _in_halves(self, name: str) -> np.ndarray:
        if self.count == 1:
            shape = np.shape(self.evaluator.computation.floats.arrays[name])
            return self._one(name, 0, shape)[None]
        half = len(self.rows) // 2
        if len(self.ways) > 1:
            parts = [([way], self.rows) for way in self.ways]
        else:
            parts = [(self.ways, self.rows[:half]), (self.ways, self.rows[half:])]
        return np.concatenate([Together(self.evaluator, w, r).value(name) for w, r in parts])

    def _one(self, name: str, row: int, shape: tuple[int, ...]) -> np.ndarray:
        """A row that is evaluated by itself."""
        way, changed = self.ways[row // len(self.rows)], self.rows[row % len(self.rows)]
        hypothesis = replace(way, variants={**way.variants, **changed})
        try:
            return np.asarray(self.evaluator.quick(name, hypothesis), dtype=float)
        except NO_VALUE:
            return np.full(shape, np.nan)

    def _input(self, name: str) -> np.ndarray:
        """A line as it goes into a later one."""
        if name in self.as_printed or name not in self.moving:
            return self.carried.provided(name)
        found = self._computed(name)
        if name in self.evaluator.groups:
            return found
        shape = np.shape(self.evaluator.computation.floats.arrays[name])
        return self.carried.settled(found, None, (self.count, *shape))

    def _computed(self, name: str) -> np.ndarray:
        if name not in self._values:
            if name in self._busy:
                raise Tangled(name)
            self._busy.add(name)
            block = self.carried.block(name)
            if isinstance(block, Recurrence):
                self._values.update(self._scanned(block))
            elif isinstance(block, Equation):
                self._values[name] = self._line(block)
            else:
                raise Tangled(name)
            self._busy.discard(name)
        return self._values[name]

    def _line(self, right: Equation) -> np.ndarray:
        """A line by its right equation, and by each wrong one."""
        if right.subscripts != right.indices or right.name in right.read_names():
            raise Tangled(right.name)
        changed = self.changed.get(right.name, [])
        if not changed:
            return self._evaluated(right, None)
        shape = np.shape(self.evaluator.computation.floats.arrays[right.name])
        found = np.full((self.count, *shape), np.nan)
        left = np.ones(self.count, bool)
        possible = []
        for wrong, where in changed:
            left[where] = False
            if self._circular(wrong, right.name):
                self.lost[where] = True
            else:
                possible.append((wrong, where))
        groups, others = grouped(possible, self.lines, {})
        for group in groups:
            names = group.wrong[0].kept_names.union(*(w.filling_names for w in group.wrong))
            arrays = {name: self._input(name) for name in names}
            found[group.rows] = evaluated(group, self.lines, arrays)
        for wrong, where in others:
            found[where] = self._evaluated(wrong, where)
        if left.any():
            rest = np.flatnonzero(left)
            found[rest] = self._evaluated(right, rest)
        return found

    def _circular(self, wrong: Equation, name: str) -> bool:
        """Whether a wrong line reads what depends on it."""
        behind = self.lines.depending(name, self.as_printed) - self.as_printed
        return bool(wrong.read_names() & (behind | ({name} - self.as_printed)))

    def _evaluated(self, equation: Equation, where: np.ndarray | None) -> np.ndarray:
        """An equation over some rows, or all of them."""
        arrays = {}
        moving = False
        for name in equation.read_names():
            array = self._input(name)
            if np.ndim(array) > self.lines.rank(name):
                moving = True
                array = array if where is None else array[where]
            arrays[name] = array
        prepared = self.lines.whole(equation)
        if prepared is not None:
            return prepared(arrays)
        if not moving:
            return self._evaluated_plainly(equation, arrays)
        count = self.count if where is None else len(where)
        return np.stack(
            [
                self._evaluated_plainly(
                    equation,
                    {n: a[k] if np.ndim(a) > self.lines.rank(n) else a for n, a in arrays.items()},
                )
                for k in range(count)
            ]
        )

    def _evaluated_plainly(self, equation: Equation, arrays: dict) -> np.ndarray:
        floats = self.evaluator.computation.floats
        values = Values(arrays, floats.sizes, floats.scalars, floats.tensors)
        try:
            return evaluate(equation.rhs, equation.ranges, values, Float64())
        except NO_VALUE:
            return np.full(np.shape(floats.arrays[equation.name]), np.nan)

    # ---- recurrences ----------------------------------------------------------------------
    def _scanned(self, block: Recurrence) -> dict[str, np.ndarray]:
        """All lines of a recurrence, time by time, each time line by line."""
        if any(isinstance(part, Recurrence) for part in block.parts):
            raise Tangled(block.equations[0].name)
        inside = [name for name in self.changed if name in block.names]
        block = put_off(block, inside[0]) if len(inside) == 1 else block
        changed = {e.name: self._in_time(block, e) for e in block.equations}
        floats = self.evaluator.computation.floats
        equations = [*block.equations, *(w for found in changed.values() for w, _ in found)]
        outer = frozenset().union(*(e.read_names() for e in equations)) - block.names
        arrays = {name: self._input(name) for name in outer}
        for name in block.names:
            arrays[name] = np.zeros((self.count, *np.shape(floats.arrays[name])))
        try:
            steps = list(timetable(block, floats, {}))
        except DeltaruleError:
            raise Tangled(block.equations[0].name) from None
        for part, now in steps:
            (equation,) = equations_of(part)
            self._step(equation, now[id(part)], arrays, changed[equation.name])
        return {name: arrays[name] for name in block.names}

    def _step(self, equation: Equation, at: Mapping, arrays: dict, changed: list) -> None:
        """One line at one time."""
        found = self.lines.at_time(equation, at)
        if found is None:
            raise Tangled(equation.name)
        formula, where = found
        self._put(arrays[equation.name], None, where, formula(arrays))
        own = [(w, rows) for w, rows in changed if w.subscripts == equation.subscripts]
        groups, others = grouped(own, self.lines, at)
        for group in groups:
            value = evaluated(group, self.lines, arrays)
            self._put(arrays[equation.name], group.rows, group.line.where, value)
        for wrong, rows in others:
            found = self.lines.at_time(wrong, at)
            if found is None:
                self.alone[rows] = True
                continue
            formula, where = found
            mine = {
                n: arrays[n][rows] if np.ndim(arrays[n]) > self.lines.rank(n) else arrays[n]
                for n in wrong.read_names()
            }
            self._put(arrays[equation.name], rows, where, formula(mine))

    def _put(self, array: np.ndarray, rows: np.ndarray | None, where: tuple, values) -> None:
        """Put values of some rows, or of all, where they belong in their line."""
        at = where if rows is None else (rows, *where[1:])
        array[at] = self.carried.settled(values, rows, np.shape(array[at]))

    def _in_time(self, block: Recurrence, right: Equation) -> list:
        """The wrong equations of a line that can be evaluated in the recurrence's own order."""
        found = []
        for wrong, rows in self.changed.get(right.name, []):
            beyond = self.lines.depending(right.name, self.as_printed) - block.names
            if wrong.read_names() & (beyond - self.as_printed):
                self.lost[rows] = True
                continue
            there = in_time(block, right, wrong)
            if there:
                found.append((wrong, rows))
            elif there is None:
                self.alone[rows] = True
            else:
                self.lost[rows] = True
        return found


def quickly(evaluator: Evaluator, way: Hypothesis) -> Hypothesis:
    """The way of carrying of quick values: these are rounded on the way through time alone."""
    rounding = way.rounding if evaluator.groups else None
    return replace(way, rounding=rounding, rounded={})


def _by_line(rows: Sequence[Rewritten]) -> dict[str, dict[int, tuple[Equation, list[int]]]]:
    """For each line its wrong equations, each with the rows that it is of."""
    found: dict[str, dict[int, tuple[Equation, list[int]]]] = {}
    for row, rewritten in enumerate(rows):
        for line, equation in rewritten.items():
            of = found.setdefault(line, {}).setdefault(id(equation), (equation, []))
            of[1].append(row)
    return found
