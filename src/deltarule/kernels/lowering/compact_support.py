"""Sums whose terms are 0 outside of a few places that data set, as those of bilinear sampling.

In y[n] = Σ_p x[p]·max(0, 1 − |u[n] − p|) the loop over p runs from u[n] − 1 to u[n] + 1. In
∂L/∂x[p] = Σ_n ∂L/∂y[n]·max(0, 1 − |u[n] − p|) it is p that the data set: ∂L/∂x is added up in
place, with the loop over n outside. Both take a time that is linear in what is sampled.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Expr

from deltarule.expressions.bounds import tight
from deltarule.expressions.nodes import Equal, Sum, walk
from deltarule.expressions.substitution import rename_bound
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.loop_nest import Loops
from deltarule.kernels.lowering.site import Site
from deltarule.kernels.lowering.supported_spans import Supports, narrowed, supports
from deltarule.networks.equations import Equation


@dataclass(frozen=True)
class Supported:
    """An equation; the sums that are added up in place, and what is left of its right-hand side."""

    equation: Equation
    scattered: tuple[Sum, ...]
    rest: Expr


def match(site: Site) -> Supported | None:
    """An equation with a sum whose terms vanish but for a few; None for any other."""
    equation, names = site.collapsed.equation, {i.name for i in site.collapsed.equation.indices}
    if site.code.complex:
        return None
    terms = {t: rename_bound(t, names) for t in Add.make_args(equation.rhs) if type(t) is Sum}
    scattered = {t: s for t, s in terms.items() if _set_by_data(s, site.waiting)}
    rest = Add(*(t for t in Add.make_args(equation.rhs) if t not in scattered))
    gathered = any(type(n) is Sum and supports(n.body, n.ranges) for n in walk(rest))
    return Supported(equation, tuple(scattered.values()), rest) if scattered or gathered else None


def emit(plan: Supported, site: Site, out: Emitter) -> None:
    """What is summed at its place, and then what is added to places that data set."""
    out.collapsed(site)
    loops = Scattered(out, site.loop_indices)
    known = list(site.loop_indices)
    loops.assign(plan.rest, plan.equation, site.waiting, known)
    for total in plan.scattered:
        loops.scatter(total, plan.equation, site.waiting, known)


class Scattered(Loops):
    """Writes sums as lhs += body, the indices innermost that data set."""

    def scatter(self, total: Sum, equation: Equation, waiting: list, known: list[Index]) -> None:
        """The loops over all indices."""
        found = _set_by_data(total, waiting)
        outer = [r for r in waiting if r[0] not in found]
        late = [r for r in waiting if r[0] in found]
        spans, tests = tight((*outer, *total.ranges, *late), total.conditions)
        target = self.code.access(equation.lhs)
        self.nest(
            total.body,
            narrowed(spans, found, known),
            list(tests),
            known,
            lambda body: [f"{target} += {self.code.real(body)}"],
            outer=bool(outer) and not known,
        )


def _set_by_data(total: Sum, waiting: list) -> Supports:
    """Where the body differs from 0 along free indices, if that depends on those of the sum alone.

    None are set where the sum itself runs over a few places, or where a condition sets an index.
    """
    own = set(total.indices)
    if supports(total.body, total.ranges) or any(isinstance(c, Equal) for c in total.conditions):
        return {}
    return {i: s for i, s in supports(total.body, waiting).items() if s.indices & own}
