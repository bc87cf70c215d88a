"""Sampling in blocks of points: where the taps lie and what they weigh, then all that is read.

Places and weights of a block stand in tables, for all channels. Where no tap is cut off at an edge
the taps are written out at once; else those that are left. A place that is NaN has as many taps as
there are entries, which all weigh NaN.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import product
from math import prod

from sympy import Dummy, Expr, Mul, Symbol

from deltarule.expressions.nodes import free_indices
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.loop_nest import Loops
from deltarule.kernels.lowering.sampling_taps import Taps

#: How many points have their places and weights in the tables.
POINTS = 64


class Sampling(Loops):
    """Writes a sum that runs over taps."""

    def __init__(self, out: Emitter, taps: Taps):
        super().__init__(out)
        self.taps, self.lhs = taps, taps.equation.lhs
        self.fresh = self.code.spelling.fresh
        self.places, self.weights, self.sums = map(self.fresh, ("places", "weights", "sums"))
        #: A point's column in the tables, by the name that it has in the innermost loop.
        self.here = ""

    def write(self) -> None:
        """All loops."""
        extent, taps = self.code.integer(self.taps.point[1], 3), self.taps
        threads = self.parallel and taps.shared
        with ExitStack() as loops:
            for k, (index, length) in enumerate(taps.outer):
                head = self.loop(index, self.code.integer(length), outermost=threads and k == 0)
                loops.enter_context(head)
                if k == 0:
                    self._tables()
            if threads and not taps.outer:
                pieces = f"({extent} + {POINTS - 1}) // {POINTS}"
                loops.enter_context(self.lines.block(f"for piece in prange({pieces}):"))
                self._tables()
                self.lines.add(f"start = {POINTS} * piece")
            else:
                if not taps.outer:
                    self._tables()
                head = f"for start in range(0, {extent}, {POINTS}):"
                loops.enter_context(self.lines.block(head))
            self.lines.add(f"stop = min({extent}, start + {POINTS})")
            self._fill()
            self._channels()

    # ---- the tables -------------------------------------------------------------------------
    def _tables(self) -> None:
        """Of each axis the first tap and what lies behind the last, and whether none is cut off;
        the weights of all taps; and what is summed over channels."""
        rows = 2 * len(self.taps.axes) + 1
        self.lines.add(f"{self.places} = np.empty(({rows}, {POINTS}), np.int64)")
        rows = prod(axis.count for axis in self.taps.axes)
        self.lines.add(f"{self.weights} = np.empty(({rows}, {POINTS}), real)")
        if self.taps.added:
            self.lines.add(f"{self.sums} = np.empty({POINTS}, {self._sum_kind})")

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

    # ---- what is read at the taps -----------------------------------------------------------
    def _channels(self) -> None:
        """The loops over channels, and over the points of the block within."""
        taps, add = self.taps, self.lines.add
        with ExitStack() as loops:
            for index, length in taps.free:
                loops.enter_context(self.loop(index, self.code.integer(length)))
            if taps.added:
                with self._points():
                    add(f"{self.sums}[{self.here}] = 0")
            with ExitStack() as inner:
                for index, length in taps.summed:
                    inner.enter_context(self.loop(index, self.code.integer(length)))
                inner.enter_context(self._points())
                self._at_a_point()
            if taps.added:
                with self._points():
                    add(f"{self.code.access(self.lhs)} = real({self.sums}[{self.here}])")

    def _at_a_point(self) -> None:
        """All taps written out; where some are cut off, those that are left."""
        axes, plain = self.taps.axes, self._begun()
        taps = self._named_taps(self._place(2 * k) for k in range(len(axes)))
        with self.lines.block(f"if {self._place(2 * len(axes))}:"):
            if self.taps.scattered:
                for k, at in enumerate(taps):
                    self._add(self._weight(k), plain, at)
            else:
                terms = (
                    self._times(self._weight(k), self._tapped(at)) for k, at in enumerate(taps)
                )
                self._result(self._times(plain, f"({' + '.join(terms)})"))
        with self.lines.block("else:"):
            if self.taps.scattered:
                self._looped(plain)
            else:
                self._tested(taps, plain)

    def _tested(self, taps: list[dict[Index, Expr]], plain: Expr | str) -> None:
        """Taps that are read, each behind its tests."""
        spell, total = self.code.spelling.symbol, self.fresh("total")
        self.lines.add(f"{total} = real(0)")
        for k, at in enumerate(taps):
            rows = enumerate(at.values())
            tests = (f"({spell(index)} < {self._place(2 * j + 1)})" for j, index in rows)
            with self.lines.block(f"if {' & '.join(tests)}:"):
                self._add(self._weight(k), plain, at, total)
        self._result(total)

    def _looped(self, plain: Expr | str) -> None:
        """Loops over the taps that are added to."""
        row = ""
        with ExitStack() as loops:
            for k, axis in enumerate(self.taps.axes):
                first, behind = self._place(2 * k), self._place(2 * k + 1)
                loops.enter_context(self.loop(axis.index, f"{first}, {behind}"))
                own = f"min({self.code.spelling.symbol(axis.index)} - {first}, {axis.count - 1})"
                row = f"({row}) * {axis.count} + {own}" if row else own
            self._add(self._weight(row), plain, {})

    def _begun(self) -> Expr | str:
        """The factor that is the same for all taps, read once."""
        if not self.taps.scattered:
            return self.taps.plain
        value = self.fresh("value")
        self.lines.add(f"{value} = {self.code.real(self.taps.plain)}")
        return value

    def _result(self, text: str) -> None:
        if self.taps.added:
            self.lines.add(f"{self.sums}[{self.here}] += {self._sum_kind}({text})")
        else:
            self.lines.add(f"{self.code.access(self.lhs)} = {text}")

    def _add(self, weight: Expr | str, plain: Expr | str, at: dict, total: str = "") -> None:
        target = total or self.code.access(substitute(self.lhs, at))
        self.lines.add(f"{target} += {self._times(weight, plain, self._tapped(at))}")

    def _tapped(self, at: dict) -> Expr:
        return substitute(self.taps.tapped, at)

    def _times(self, *factors: Expr | str) -> str:
        """A product of texts and expressions, without those that are 1."""
        texts = (f if isinstance(f, str) else self.code.real(f, 3) for f in factors if f != 1)
        return " * ".join(texts) or "real(1)"
