"""Sums up to each place: Σ_{s ≤ t} x[s, d] for all t in one loop, which adds x[t, d] to the last.

The sum so far is kept in double precision. Where indices follow t in memory, as d does, it is a
row, so that the arrays are read in order; threads share the indices before t.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from sympy import Expr

from deltarule.expressions.affine import never_negative
from deltarule.expressions.nodes import AtLeastZero, Sum
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.loop_nest import Loops
from deltarule.kernels.lowering.site import Site
from deltarule.kernels.passes.running_totals import Ranges, RunningSum, running_sum
from deltarule.networks.equations import Equation


@dataclass(frozen=True)
class Running:
    """An equation of running sums, between its indices `outer` and `inner` in memory."""

    equation: Equation
    sums: RunningSum
    outer: Ranges
    inner: Ranges


def match(site: Site) -> Running | None:
    """An equation that is nothing but such a sum."""
    equation, total = site.collapsed.equation, site.alone(Sum)
    sums = None if total is None else running_sum(total, equation.ranges)
    if sums is None:
        return None
    at = equation.indices.index(sums.index[0])
    before, after = equation.ranges[:at], equation.ranges[at + 1 :]
    # One number is easier to read than a row.
    outer, inner = ((*before, *after), ()) if site.code.plain else (before, after)
    return Running(equation, sums, outer, inner)


def emit(plan: Running, site: Site, out: Emitter) -> None:
    """Loops over the outer indices, and in them one over the places."""
    out.collapsed(site)
    loops = Loops(out)
    loops.extents.update(plan.equation.ranges)
    with ExitStack() as stack:
        for k, (index, extent) in enumerate(plan.outer):
            stack.enter_context(loops.loop(index, out.code.integer(extent), outermost=k == 0))
        _Places(plan, loops).write()


class _Places:
    """The loop over the places, for one entry of the outer indices."""

    def __init__(self, plan: Running, loops: Loops):
        self.plan, self.loops = plan, loops
        self.code, self.lines = loops.code, loops.lines
        self.known = [i for i, _ in plan.outer]
        self.whole = self.code.spelling.fresh("whole")
        spell = self.code.spelling.symbol
        place = ", ".join(f"U({spell(i)})" for i, _ in plan.inner)
        self.entry = f"{self.whole}[{place}]" if place else self.whole

    def write(self) -> None:
        """The sum so far, what the first place has of those beyond it, and the places."""
        plan, sums, integer = self.plan, self.plan.sums, self.code.integer
        shape = ", ".join(integer(n) for _, n in plan.inner)
        start = f"np.zeros(({shape},), np.float64)" if shape else "0.0"
        self.lines.add(f"{self.whole} = {start}")
        index, extent = sums.index
        self._before_the_first(extent)
        length = integer(extent)
        bounds = length if sums.direction > 0 else f"{length} - 1, -1, -1"
        with self.loops.loop(index, bounds), ExitStack() as stack:
            known = self._inner(stack, [*self.known, index])
            self._add(self._at(index), known)
            target = self.code.access(plan.equation.lhs)
            rounded = self.entry if self.code.plain else f"real({self.entry})"
            self.lines.add(f"{target} = {rounded}")

    def _before_the_first(self, extent: Expr) -> None:
        """What is summed at the first place that is computed, but what the loop adds there."""
        sums, integer = self.plan.sums, self.code.integer
        summed, length = sums.summed
        if sums.direction > 0:
            if never_negative(-sums.shift):
                return
            bounds = f"min({integer(sums.shift)}, {integer(length)})"
        else:
            first = extent + sums.shift
            if never_negative(first - length):
                return
            bounds = f"max(0, {integer(first)}), {integer(length)}"
        with self.loops.loop(summed, bounds), ExitStack() as stack:
            self._add(sums.added, self._inner(stack, [*self.known, summed]))

    def _inner(self, stack: ExitStack, known: list[Index]) -> list[Index]:
        for index, extent in self.plan.inner:
            stack.enter_context(self.loops.loop(index, self.code.integer(extent)))
        return [*known, *(i for i, _ in self.plan.inner)]

    def _add(self, value: Expr, known: list[Index]) -> None:
        ready = self.loops.ready(value, known)
        self.lines.add(f"{self.entry} += {self.code.real(ready)}")

    def _at(self, index: Index) -> Expr:
        """What a place adds: that of the value that stands there, if there is one."""
        sums = self.plan.sums
        summed, length = sums.summed
        here = index + sums.shift
        known = {index: sums.index[1]}
        ends = (here, (length - 1 - here).expand())
        guards = [AtLeastZero(e) for e in ends if not never_negative(e, known)]
        return Sum(substitute(sums.added, {summed: here}), (), guards)
