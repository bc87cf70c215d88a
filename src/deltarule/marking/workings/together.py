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
from deltarule.errors import DeltaruleError
from deltarule.marking.workings.carried_rows import CarriedRows
from deltarule.marking.workings.filled_rows import InRows, evaluated
from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.no_value import NO_VALUE
from deltarule.marking.workings.wrong_rows import WrongRows
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Recurrence


class Tangled(Exception):
    """Hypotheses that cannot be evaluated in one order, or a line that takes more than one."""


class Together:
    """What each line comes to if some lines are evaluated wrongly, once for each row of `rows`.

    `ways` tell how all else is carried, in one order of lines: each has all the rows, one block
    after the other. Rows that have no value are NaN.
    """

    def __init__(self, evaluator: Evaluator, ways: Sequence[Hypothesis], rows: WrongRows):
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
        self._inputs: dict[str, np.ndarray] = {}
        self._busy: set[str] = set()
        self._blocks = len(rows) * np.arange(len(ways))[:, None]
        self.moving = frozenset(rows.by_line).union(
            *(self.lines.depending(line, self.as_printed) for line in rows.by_line)
        )

    def _in_ways(self, where: np.ndarray) -> np.ndarray:
        """Rows of one way of carrying on, in all of them."""
        return where if len(self.ways) == 1 else (self._blocks + where).ravel()

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
        if len(self.ways) > 1:
            parts = [([way], self.rows) for way in self.ways]
        else:
            parts = [(self.ways, half) for half in self.rows.halves()]
        return np.concatenate([Together(self.evaluator, w, r).value(name) for w, r in parts])

    def _one(self, name: str, row: int, shape: tuple[int, ...]) -> np.ndarray:
        """A row that is evaluated by itself."""
        way, changed = self.ways[row // len(self.rows)], self.rows.row(row % len(self.rows))
        hypothesis = replace(way, variants={**way.variants, **changed})
        try:
            return np.asarray(self.evaluator.quick(name, hypothesis), dtype=float)
        except NO_VALUE:
            return np.full(shape, np.nan)

    def _input(self, name: str) -> np.ndarray:
        """A line as it goes into a later one."""
        if name in self.as_printed or name not in self.moving:
            return self.carried.provided(name)
        if name not in self._inputs:
            found = self._computed(name)
            if name not in self.evaluator.groups:
                shape = np.shape(self.evaluator.computation.floats.arrays[name])
                found = self.carried.settled(found, lambda: (self.count, *shape))
            self._inputs[name] = found
        return self._inputs[name]

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
        own = right.name in right.read_names() and right.name not in self.as_printed
        if right.subscripts != right.indices or own:
            raise Tangled(right.name)
        changed = self.rows.by_line.get(right.name)
        if not changed:
            return self._evaluated(right, None)
        shape = np.shape(self.evaluator.computation.floats.arrays[right.name])
        found = np.full((self.count, *shape), np.nan)
        groups, others = self.rows.grouped(self._possible(right.name, changed), self.lines, {})
        for group in groups:
            arrays = {name: self._input(name) for name in group.names}
            value = evaluated(group, self.lines, arrays, self._in_ways, len(self.ways))
            found[self._in_ways(group.rows)] = value
        for wrong, where in others:
            rows = self._in_ways(where)
            found[rows] = self._evaluated(wrong, rows)
        rest = self._in_ways(self.rows.rest(right.name))
        if len(rest):
            found[rest] = self._evaluated(right, rest)
        return found

    def _possible(self, name: str, changed: Sequence[InRows]) -> list[InRows]:
        """The wrong versions of a line that do not read what depends on it, unless something is
        printed of it; rows with others are lost."""
        if name in self.as_printed:
            return list(changed)
        behind = (self.lines.depending(name, self.as_printed) - self.as_printed) | {name}
        possible = []
        for wrong, where in changed:
            if wrong.read_names().isdisjoint(behind):
                possible.append((wrong, where))
            else:
                self.lost[self._in_ways(where)] = True
        return possible

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
        scans = self.evaluator.scans
        inside = [name for name in self.rows.by_line if name in block.names]
        block = scans.put_off(block, inside[0]) if len(inside) == 1 else block
        changed = {e.name: self._in_time(block, e) for e in block.equations}
        floats = self.evaluator.computation.floats
        equations = [*block.equations, *(w for found in changed.values() for w, _ in found)]
        outer = frozenset().union(*(e.read_names() for e in equations)) - block.names
        arrays = {name: self._input(name) for name in outer}
        for name in block.names:
            arrays[name] = np.zeros((self.count, *np.shape(floats.arrays[name])))
        try:
            steps = scans.steps(block, floats)
        except DeltaruleError:
            raise Tangled(block.equations[0].name) from None
        for equation, at in steps:
            self._step(equation, at, arrays, changed[equation.name])
        return {name: arrays[name] for name in block.names}

    def _step(self, equation: Equation, at: Mapping, arrays: dict, changed: list) -> None:
        """One line at one time."""
        found = self.lines.at_time(equation, at)
        if found is None:
            raise Tangled(equation.name)
        formula, where = found
        self._put(arrays[equation.name], None, where, formula(arrays))
        own = [(w, base) for w, base in changed if w.subscripts == equation.subscripts]
        if not own:
            return
        groups, others = self.rows.grouped(own, self.lines, at)
        for group in groups:
            value = evaluated(group, self.lines, arrays, self._in_ways, len(self.ways))
            rows = self._in_ways(group.rows)
            self._put(arrays[equation.name], rows, group.line.where, value)
        for wrong, base in others:
            found, rows = self.lines.at_time(wrong, at), self._in_ways(base)
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

        def shape() -> tuple[int, ...]:
            return (len(array) if rows is None else len(rows), *np.shape(array[0][where]))

        array[at] = self.carried.settled(values, shape)

    def _in_time(self, block: Recurrence, right: Equation) -> list:
        """The wrong equations of a line that can be evaluated in the recurrence's own order."""
        found: list[InRows] = []
        changed = self.rows.by_line.get(right.name)
        if not changed:
            return found
        beyond = self.lines.depending(right.name, self.as_printed) - block.names - self.as_printed
        there = self.rows.in_time(block, right)
        for (wrong, where), is_there in zip(changed, there, strict=True):
            if not is_there or not wrong.read_names().isdisjoint(beyond):
                alone = is_there is None and wrong.read_names().isdisjoint(beyond)
                (self.alone if alone else self.lost)[self._in_ways(where)] = True
            else:
                found.append((wrong, where))
        return found


def quickly(evaluator: Evaluator, way: Hypothesis) -> Hypothesis:
    """The way of carrying of quick values: these are rounded on the way through time alone."""
    rounding = way.rounding if evaluator.groups else None
    return replace(way, rounding=rounding, rounded={})
