"""Recurrences evaluated over and over, one line of them wrong each time.

Arranging a recurrence and reading its formulas cost far more than its few numbers: both are done
once for every line, right or wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.pocket import SurelyRounded, Unsure
from deltarule.arithmetic.prepared_program import at_time
from deltarule.arithmetic.run import make_room, run_block, timetable, write
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import tensor_name
from deltarule.marking.bounded_dict import Bounded
from deltarule.marking.workings.same_time import put_off
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Block, Recurrence, blocks, blocks_or_none


class Scans:
    """The blocks of a computation's lines under all hypotheses, and their prepared lines."""

    def __init__(self) -> None:
        # Keys are identities: what they are of is kept beside, so that it lives as long.
        self._arranged: dict[tuple, tuple] = Bounded()
        self._prepared: dict[tuple, tuple] = Bounded()
        self._inner: dict[tuple, tuple] = Bounded()
        self._steps: dict[int, tuple] = Bounded()
        self._late: dict[tuple, tuple] = Bounded()

    def arranged(
        self, right: tuple[Equation, ...], taken: tuple[Equation, ...]
    ) -> tuple[Block, ...]:
        """The blocks of the equations that are `taken` in the place of the right ones.

        Raises DeltaruleError where they cannot be put in order.
        """
        key = tuple(map(id, taken))
        if key not in self._arranged:
            self._arranged[key] = (taken, self._arrange(right, taken))
        _, found = self._arranged[key]
        if found is None:
            names = ", ".join(dict.fromkeys(t.name for t in taken))
            fact = f"with a wrong line, the equations go round in a circle: {names}"
            raise DeltaruleError(fact, taken[0].place, "take the right lines")
        return found

    def _arrange(self, right, taken) -> tuple[Block, ...] | None:
        names = frozenset(e.name for e in right)
        if any(
            self._reads(t, names) - self._reads(r, names)
            for r, t in zip(right, taken, strict=True)
            if r is not t
        ):
            return blocks_or_none(taken)
        table = dict(zip(right, taken, strict=True))
        return tuple(_put(block, table) for block in blocks(right))

    def _reads(self, equation: Equation, names: frozenset[str]) -> frozenset:
        """What an equation reads of some lines."""
        key = (id(equation), names)
        if key not in self._inner:
            found = frozenset(a for a in equation.accesses if tensor_name(a) in names)
            self._inner[key] = (equation, found)
        return self._inner[key][1]

    def steps(self, block: Recurrence, values: Values) -> list[tuple[Equation, Mapping]]:
        """The lines of a recurrence without another one in it, in the order of computation, each
        with the time that it is run at. Raises DeltaruleError if there is no time at all."""
        if id(block) not in self._steps:
            found = [(part, now[id(part)]) for part, now in timetable(block, values, {})]
            self._steps[id(block)] = (block, found)
        return self._steps[id(block)][1]

    def put_off(self, block: Recurrence, name: str) -> Recurrence:
        """The recurrence with a line as late within its time as those that read it allow."""
        key = (id(block), name)
        if key not in self._late:
            self._late[key] = (block, put_off(block, name))
        return self._late[key][1]

    def run(self, block: Block, values: Values, arithmetic: Arithmetic) -> None:
        """Work out a block, in float64 from prepared lines where they can be prepared."""
        simple = isinstance(block, Recurrence) and isinstance(arithmetic, Float64)
        if not simple or any(isinstance(part, Recurrence) for part in block.parts):
            run_block(block, values, arithmetic, {})
            return
        steps = []
        for part, at in self.steps(block, values):
            key = (id(part), *at.values())
            if key not in self._prepared:
                self._prepared[key] = (part, at_time(part, values, at))
            steps.append((part, at, self._prepared[key][1]))
        if any(step is None for _, _, step in steps):
            run_block(block, values, arithmetic, {})
            return
        make_room(block, values, arithmetic)
        with arithmetic.context():
            for part, at, step in steps:
                try:
                    step(values.arrays, arithmetic)
                except Unsure:
                    if not isinstance(arithmetic, SurelyRounded):
                        raise
                    found = arithmetic.settled_exactly(part, values, at)
                    write(part, found, values, arithmetic, at)


def _put(block: Block, table: dict[Equation, Equation]) -> Block:
    """A block with other equations in the place of its own."""
    if not isinstance(block, Recurrence):
        return table[block]
    parts = tuple(_put(part, table) for part in block.parts)
    times = tuple((table[e], index, offset) for e, index, offset in block.times)
    return replace(block, parts=parts, times=times)
