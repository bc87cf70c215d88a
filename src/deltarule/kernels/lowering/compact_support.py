"""Sums whose terms are 0 outside of a few places that data set, as those of bilinear sampling.

In y[n] = Σ_p x[p]·max(0, 1 − |u[n] − p|) the loop over p runs from u[n] − 1 to u[n] + 1. In
∂L/∂x[p] = Σ_n ∂L/∂y[n]·max(0, 1 − |u[n] − p|) it is p that the data set: ∂L/∂x is added up in
place, with the loop over n outside. Both take a time that is linear in what is sampled. Where the
places are few in number, known beforehand, they are taps (`sampling_taps`, `sampling_loops`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Add, Expr, Mul

from deltarule.expressions.bounds import tight
from deltarule.expressions.nodes import Equal, Reduction, Sum, walk
from deltarule.expressions.rebuild import with_body
from deltarule.expressions.substitution import rename_bound
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.loop_nest import Loops
from deltarule.kernels.lowering.sampling_loops import Sampling
from deltarule.kernels.lowering.sampling_taps import Taps, taps
from deltarule.kernels.lowering.site import Site
from deltarule.kernels.lowering.supported_spans import Supports, narrowed, supports
from deltarule.networks.equations import Equation


@dataclass(frozen=True)
class Supported:
    """An equation; the sums that are added up in place, and what is left of its right-hand side.

    `sampled` are the sums that are taken as taps: all of the rest, or some that are scattered.
    """

    equation: Equation
    scattered: tuple[Sum, ...]
    rest: Expr
    sampled: Mapping[Expr, Taps]


def match(site: Site) -> Supported | None:
    """An equation with a sum whose terms vanish but for a few; None for any other."""
    equation, names = site.collapsed.equation, {i.name for i in site.collapsed.equation.indices}
    if site.code.complex:
        return None
    terms = {t: rename_bound(t, names) for t in Add.make_args(equation.rhs) if type(t) is Sum}
    scattered = {t: s for t, s in terms.items() if _set_by_data(s, site.waiting)}
    rest = Add(*(t for t in Add.make_args(equation.rhs) if t not in scattered))
    gathered = any(type(n) is Sum and supports(n.body, n.ranges) for n in walk(rest))
    if not scattered and not gathered:
        return None
    sampled = {}
    if not site.code.plain and not site.loop_indices:
        found = {s: _set_by_data(s, site.waiting) for s in scattered.values()}
        whole = _one_sum(rest, names) if not scattered else None
        if whole is not None:
            found[whole] = supports(whole.body, whole.ranges)
        made = {s: taps(equation, s, site.waiting, f) for s, f in found.items()}
        sampled = {s: t for s, t in made.items() if t is not None}
        rest = whole if whole in sampled else rest
    return Supported(equation, tuple(scattered.values()), rest, sampled)


def _one_sum(rhs: Expr, names: set[str]) -> Sum | None:
    """A sum, or a factor times a sum, as one sum; None for anything else."""
    factors = Mul.make_args(rhs)
    sums = [f for f in factors if type(f) is Sum]
    others = [f for f in factors if type(f) is not Sum]
    if len(sums) != 1 or any(isinstance(n, Reduction) for f in others for n in walk(f)):
        return None
    total = rename_bound(sums[0], names)
    return with_body(total, Mul(total.body, *others))


def emit(plan: Supported, site: Site, out: Emitter) -> None:
    """What is summed at its place, and then what is added to places that data set."""
    out.collapsed(site)
    loops = Scattered(out, site.loop_indices)
    known = list(site.loop_indices)
    if plan.rest in plan.sampled:
        Sampling(out, plan.sampled[plan.rest]).write()
        return
    loops.assign(plan.rest, plan.equation, site.waiting, known)
    for total in plan.scattered:
        if total in plan.sampled:
            Sampling(out, plan.sampled[total]).write()
        else:
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
