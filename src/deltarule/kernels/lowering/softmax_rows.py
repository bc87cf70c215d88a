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
        if outer:
            index, extent = outer[0]
            with self.loop(index, self.code.integer(extent), outermost=not known):
                self.write(share, [r for r in waiting if r[0] != index], [*known, index])
            return
        out, extent = self.code.access(share.equation.lhs), self.code.integer(share.extent)
        total, over = self.code.spelling.fresh("total"), self.code.spelling.fresh("over")
        self.lines.add(f"{total} = real(0)")
        with self.loop(share.last, extent):
            self.lines.add(f"value = {self.code.real(share.numerator)}")
            self.lines.add(f"{out} = value", f"{total} += value")
        self.lines.add(f"{over} = real(1) / {total}")
        with self.loop(share.last, extent):
            self.lines.add(f"{out} = {out} * {over}")
