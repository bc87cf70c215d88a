"""Where the taps of a sampling lie and what they weigh, in tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import product
from math import prod

from sympy import Dummy, Expr, Mul, Symbol

from deltarule.expressions.nodes import free_indices
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.loop_nest import Loops
from deltarule.kernels.lowering.sampling_taps import Taps


class SamplingTables(Loops):
    """Writes the tables for the points from `start` to `stop`."""

    def __init__(self, out: Emitter, taps: Taps):
        super().__init__(out)
        self.taps, self.lhs = taps, taps.equation.lhs
        self.fresh = self.code.spelling.fresh
        self.places, self.weights, self.sums = map(self.fresh, ("places", "weights", "sums"))
        #: A point's column in the tables, by the name that it has in the innermost loop.
        self.here = ""

    def _tables(self, points: str | int) -> None:
        """Of each axis the first tap and what lies behind the last, and whether none is cut off;
        the weights of all taps; and what is summed over channels."""
        rows = 2 * len(self.taps.axes) + 1
        self.lines.add(f"{self.places} = np.empty(({rows}, {points}), np.int64)")
        rows = prod(axis.count for axis in self.taps.axes)
        self.lines.add(f"{self.weights} = np.empty(({rows}, {points}), real)")
        if self.taps.added:
            self.lines.add(f"{self.sums} = np.empty({points}, {self._sum_kind})")

    @property
    def _sum_kind(self) -> str:
        return "np.float64" if self.code.single else "real"

    def _place(self, row: int) -> str:
        return f"{self.places}[U({row}), {self.here}]"

    def _weight(self, row: int | str) -> str:
        return f"{self.weights}[U({row}), {self.here}]"

    @contextmanager
    def _points(self) -> Iterator[None]:
        """The loop over the points of a block."""
        index = self.taps.point[0]
        with self.loop(index, "start, stop"):
            # A name that is set once takes Numba less time than one that each loop sets.
            self.here = self.fresh("here")
            self.lines.add(f"{self.here} = U({self.code.spelling.symbol(index)} - start)")
            yield

    def _fill(self) -> None:
        """Where the taps of each point lie, what they weigh, and whether all are there.

        No test in it jumps: the loop is vectorised.
        """
        add, ends = self.lines.add, []
        with self._points():
            for axis in self.taps.axes:
                ends.append((self.fresh("first"), self.fresh("behind")))
                self.name_ends(axis.span, ends[-1])
            weighs = self._weigh(self._named_taps(first for first, _ in ends))
            every = []
            for k, (axis, (first, behind)) in enumerate(zip(self.taps.axes, ends, strict=True)):
                last = f"min({behind}, {first} + {axis.count})"
                if self.taps.scattered:  # what weighs NaN is added everywhere
                    last = f"{last} if {weighs} == {weighs} else {behind}"
                add(f"{self._place(2 * k)} = {first}", f"{self._place(2 * k + 1)} = {last}")
                every.append(f"({behind} - {first} == {axis.count})")
            add(f"{self._place(2 * len(ends))} = {' & '.join(every)}")

    def _named_taps(self, firsts: Iterable[str]) -> list[dict[Index, Expr]]:
        """Each tap as what its indices are, which are set, given the first of each axis."""
        spell, along = self.code.spelling.symbol, []
        for axis, first in zip(self.taps.axes, firsts, strict=True):
            here = [Index(self.fresh(spell(axis.index))) for _ in range(axis.count)]
            self.lines.add(f"{spell(here[0])} = {first}")
            self.lines.add(
                *(f"{spell(i)} = {spell(here[0])} + {k + 1}" for k, i in enumerate(here[1:]))
            )
            along.append(here)
        names = [axis.index for axis in self.taps.axes]
        return [dict(zip(names, at, strict=True)) for at in product(*along)]

    def _weigh(self, taps: list[dict[Index, Expr]]) -> str:
        """What a point's taps weigh, and the name of what one does.

        A factor along one axis is the same for several taps.
        """
        made: dict[Expr, Symbol] = {}
        names: list[str] = []
        for k, at in enumerate(taps):
            parts = [substitute(f, at) for f in Mul.make_args(self.taps.weight)]
            for part in parts:
                if free_indices(part) & set(at.values()) and part not in made:
                    made[part] = Dummy("weight", real=True)
                    name = self.code.locals[made[part]] = self.fresh("weight")
                    self.lines.add(f"{name} = {self.code.real(part)}")
            weight = self._times(*(made.get(part, part) for part in parts))
            names.append(self.fresh("tap"))
            self.lines.add(f"{names[-1]} = {weight}", f"{self._weight(k)} = {names[-1]}")
        return names[0]

    def _times(self, *factors: Expr | str) -> str:
        """A product of texts and expressions, without those that are 1."""
        texts = (f if isinstance(f, str) else self.code.real(f, 3) for f in factors if f != 1)
        return " * ".join(texts) or "real(1)"
