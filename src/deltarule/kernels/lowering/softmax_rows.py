"""What is divided by the sum of itself is computed once: p[c] = exp(z[c])/Σ_k exp(z[k]).

The numerators are written where the results will be, and added up on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr

from deltarule.expressions import nodes
from deltarule.expressions.functions import Elementwise
from deltarule.expressions.nodes import Reduction, free_indices, walk
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.loop_writer import LoopWriter
from deltarule.kernels.lowering.site import Site
from deltarule.networks.equations import Equation


@dataclass(frozen=True)
class Share:
    """An equation lhs = numerator/Σ numerator, the sum taken along the last index."""

    equation: Equation
    last: Index
    extent: Expr
    numerator: Expr


def match(site: Site) -> Share | None:
    """The shares that an equation computes; None where it does something else."""
    equation, loop_indices = site.collapsed.equation, site.loop_indices
    subscripts = equation.subscripts
    if site.code.complex or not subscripts or any(not isinstance(s, Index) for s in subscripts):
        return None
    last = subscripts[-1]
    totals = {n for n in walk(equation.rhs) if isinstance(n, Reduction)}
    if len(totals) != 1 or last in loop_indices or equation.name in equation.read_names():
        return None
    total = totals.pop()
    extent = dict(equation.ranges)[last]
    if type(total) is not nodes.Sum or total.conditions or [n for _, n in total.ranges] != [extent]:
        return None
    if last in free_indices(total) or not total.body.has(Elementwise):
        return None
    numerator = substitute(total.body, {total.indices[0]: last})
    if equation.rhs != numerator / total:
        return None
    return Share(equation, last, extent, numerator)


def emit(plan: Share, site: Site, out: Emitter) -> None:
    """The loops of an equation of shares."""
    out.collapsed(site)
    Shares(out, site.loop_indices).write(plan, site.waiting, list(site.loop_indices))


class Shares(LoopWriter):
    """Writes the loops of shares."""

    def write(self, share: Share, waiting: list, known: list[Index]) -> None:
        """Loops over all indices but the last, and inside them two along it."""
        outer = [r for r in waiting if r[0] != share.last]
        if not outer:
            self._divide(share, {}, f"real(1) / {self._numerators(share)}")
            return
        index, extent = outer[0]
        shared = self.parallel and not known
        if len(outer) == 1 and not shared and not self.code.plain:
            self._rows(share, index, extent)
            return
        with self.loop(index, self.code.integer(extent), outermost=not known):
            self.write(share, [r for r in waiting if r[0] != index], [*known, index])

    def _rows(self, share: Share, index: Index, extent: Expr) -> None:
        """Row after row; each is divided while the numerators of the next are computed.

        What it is divided by is known late, and its numerators are still being stored.
        """
        over, here = self.code.spelling.fresh("over"), self.code.spelling.symbol(index)
        self.lines.add(f"{over} = real(1)")
        with self.loop(index, self.code.integer(extent)):
            total = self._numerators(share)
            with self.lines.block(f"if {here} > 0:"):
                self._divide(share, {index: index - 1}, over)
            self.lines.add(f"{over} = real(1) / {total}")
        with self.lines.block(f"if {self.code.integer(extent, 1)} > 0:"):
            self._divide(share, {index: extent - 1}, over)

    def _numerators(self, share: Share) -> str:
        """The loop that writes a row's numerators, and the name of their sum."""
        total = self.code.spelling.fresh("total")
        self.lines.add(f"{total} = real(0)")
        with self.loop(share.last, self.code.integer(share.extent)):
            self.lines.add(f"value = {self.code.real(share.numerator)}")
            self.lines.add(f"{self.code.access(share.equation.lhs)} = value", f"{total} += value")
        return total

    def _divide(self, share: Share, row: dict, by: str) -> None:
        """The loop that multiplies a row by the inverse of its sum; which row, where not this."""
        out, over = self.code.access(substitute(share.equation.lhs, row)), by
        if not by.isidentifier():
            over = self.code.spelling.fresh("over")
            self.lines.add(f"{over} = {by}")
        with self.loop(share.last, self.code.integer(share.extent)):
            self.lines.add(f"{out} = {out} * {over}")
