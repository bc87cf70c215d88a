"""Sampling in blocks of points: where the taps lie and what they weigh, then all that is read.

Places and weights of a block stand in tables, for all channels; of all points, where no loop
around changes them. Where no tap is cut off at an edge the taps are written out at once; else
those that are left. A place that is NaN has as many taps as there are entries, which all weigh NaN.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from sympy import Expr

from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.sampling_tables import SamplingTables

#: How many points have their places and weights in the tables, where each turn of the loops around
#: has tables of its own, and where they do for all.
POINTS, POINTS_FOR_ALL = 64, 4096


class Sampling(SamplingTables):
    """Writes a sum that runs over taps."""

    def write(self) -> None:
        """All loops."""
        extent, taps = self.code.integer(self.taps.point[1], 3), self.taps
        threads = self.parallel and taps.shared
        with ExitStack() as loops:
            if taps.same_for_all:
                self._tables(f"min({extent}, {POINTS_FOR_ALL})")
                loops.enter_context(self._blocks(extent, POINTS_FOR_ALL))
                self._fill()
            for k, (index, length) in enumerate(taps.outer):
                head = self.loop(index, self.code.integer(length), outermost=threads and k == 0)
                loops.enter_context(head)
                if k == 0 and not taps.same_for_all:
                    self._tables(POINTS)
            if not taps.same_for_all:
                divided = threads and not taps.outer
                if not taps.outer and not divided:
                    self._tables(POINTS)
                loops.enter_context(self._blocks(extent, POINTS, divided))
                self._fill()
            self._channels()

    @contextmanager
    def _blocks(self, extent: str, points: int, divided: bool = False) -> Iterator[None]:
        """The loop over blocks of points; where threads divide it, each has tables of its own."""
        head = f"for start in range(0, {extent}, {points}):"
        if divided:
            head = f"for piece in prange(({extent} + {points - 1}) // {points}):"
        with self.lines.block(head):
            if divided:
                self._tables(points)
                self.lines.add(f"start = {points} * piece")
            self.lines.add(f"stop = min({extent}, start + {points})")
            yield

    def _channels(self) -> None:
        """The loops over channels, and over the points of the block within."""
        taps, add = self.taps, self.lines.add
        along = self._along()
        with self._loops(taps.free[: len(taps.free) - len(along)]):
            if taps.added:
                with self._points():
                    add(f"{self.sums}[{self.here}] = 0")
            with self._loops(taps.summed), self._points():
                self._at_a_point(along)
            if taps.added:
                with self._points():
                    add(f"{self.code.access(self.lhs)} = real({self.sums}[{self.here}])")

    def _along(self) -> tuple[tuple[Index, Expr], ...]:
        """The loop that runs along memory, if it is not that over points: within that, then."""
        last = self.taps.free[-1:]
        inner = last and not self.taps.scattered and not self.taps.added
        return last if inner and last[0][0] == self.lhs.indices[-1] else ()

    def _at_a_point(self, along: tuple[tuple[Index, Expr], ...]) -> None:
        """All taps written out; where some are cut off, those that are left."""
        axes, plain = self.taps.axes, self._begun()
        taps = self._named_taps(self._place(2 * k) for k in range(len(axes)))
        weights = [self._weight(k) for k in range(len(taps))]
        if along:
            names = [self.fresh("weight") for _ in weights]
            self.lines.add(*(f"{n} = {w}" for n, w in zip(names, weights, strict=True)))
            weights = names
        with self.lines.block(f"if {self._place(2 * len(axes))}:"), self._loops(along):
            if self.taps.scattered:
                for weight, at in zip(weights, taps, strict=True):
                    self._add(weight, plain, at)
            else:
                terms = (
                    self._times(w, self._tapped(at)) for w, at in zip(weights, taps, strict=True)
                )
                self._result(self._times(plain, f"({' + '.join(terms)})"))
        with self.lines.block("else:"), self._loops(along):
            if self.taps.scattered:
                self._looped(plain)
            else:
                self._tested(taps, weights, plain)

    @contextmanager
    def _loops(self, ranges: Iterable[tuple[Index, Expr]]) -> Iterator[None]:
        with ExitStack() as loops:
            for index, length in ranges:
                loops.enter_context(self.loop(index, self.code.integer(length)))
            yield

    def _tested(self, taps: list[dict[Index, Expr]], weights: list[str], plain: Expr | str) -> None:
        """Taps that are read, each behind its tests."""
        spell, total = self.code.spelling.symbol, self.fresh("total")
        self.lines.add(f"{total} = real(0)")
        for weight, at in zip(weights, taps, strict=True):
            rows = enumerate(at.values())
            tests = (f"({spell(index)} < {self._place(2 * j + 1)})" for j, index in rows)
            with self.lines.block(f"if {' & '.join(tests)}:"):
                self._add(weight, plain, at, total)
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
