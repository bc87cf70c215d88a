"""Sums over the first and the last axes of an array, which is read in the order of memory.

Σ_{n,i,j} x[n, c, i, j] read channel by channel jumps from image to image, and memory is read
ahead anew each time. Here all channels of an image come one after the other, and their sums are
added to those of the images before. Neighbouring sums over the same array share the loops, so
that it is read once: with two sums, half as often. Threads share the free indices.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from sympy import Dummy, Expr, Mul

from deltarule.expressions import nodes
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.expressions.nodes import Read, Reduction, Sum, reads, walk
from deltarule.expressions.substitution import rename_bound
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.loop_nest import Loops
from deltarule.kernels.lowering.site import Site
from deltarule.networks.equations import Equation

Ranges = tuple[tuple[Index, Expr], ...]

#: Threads share pieces of the first free index in which so many numbers lie one after the other,
#: at most and at least; between these, so many pieces.
PIECE, SMALL, PIECES = 8192, 512, 8


@dataclass(frozen=True)
class InOrder:
    """An equation with one sum: what it runs over before, and after its equation's own indices."""

    equation: Equation
    total: Sum
    outer: Ranges
    inner: Ranges

    @property
    def loops(self) -> tuple[Ranges, Ranges, Ranges]:
        """All loops, from the outermost inwards."""
        return self.outer, self.equation.ranges, self.inner


def match(site: Site) -> InOrder | None:
    """A sum of entries of arrays that have some of its indices first and others last."""
    equation, code = site.collapsed.equation, site.code
    own = equation.subscripts
    if code.plain or code.complex or site.loop_indices or not own:
        return None
    if [i for i, _ in equation.ranges] != list(own) or not all(isinstance(s, Index) for s in own):
        return None
    found = [n for n in walk(equation.rhs) if isinstance(n, Reduction | Inverse | LogDet)]
    if len(found) != 1 or type(found[0]) is not Sum or equation.rhs.has(nodes.Choose):
        return None
    total = rename_bound(found[0], {i.name for i in own})
    if total.conditions or not total.ranges or any(nodes.free_indices(n) for _, n in total.ranges):
        return None
    orders = {r.indices for r in reads(total.body) if len(r.indices) >= len(own) + 2}
    if len(orders) != 1 or equation.name in equation.read_names():
        return None
    [order] = orders
    bound = [i for i in order if i not in own]
    if sorted(bound, key=str) != sorted(total.indices, key=str) or order.count(own[0]) != 1:
        return None
    at = order.index(own[0])
    if order[at : at + len(own)] != own or not 0 < at < len(order) - len(own):
        return None
    extents = dict(total.ranges)
    outer, inner = (
        tuple((i, extents[i]) for i in part) for part in (order[:at], order[at + len(own) :])
    )
    rhs = equation.rhs.xreplace({found[0]: total})
    return InOrder(
        Equation(equation.name, own, rhs, equation.ranges, equation.place), total, outer, inner
    )


def joins(plans: Sequence[InOrder], other: InOrder) -> bool:
    """Whether an equation can be computed in the loops of those before it."""
    written = {p.equation.name for p in plans}
    alike = plans[0].loops == other.loops and other.equation.name not in written
    same = {r for p in plans for r in _large(p)} & set(_large(other))
    return alike and bool(same) and not written & other.equation.read_names()


def _large(plan: InOrder) -> list[Read]:
    length = sum(map(len, plan.loops))
    return [r for r in reads(plan.total.body) if len(r.indices) == length]


def emit(plan: InOrder, site: Site, out: Emitter) -> None:
    """The loops of one equation."""
    emit_joined([plan], [site], out)


def emit_joined(plans: Sequence[InOrder], sites: Sequence[Site], out: Emitter) -> None:
    """The loops of several equations: sums of a row at a time, and what is made of the totals."""
    for site in sites:
        out.collapsed(site)
    loops, code, lines = Loops(out), out.code, out.lines
    outer, free, inner = plans[0].loops
    wholes = [code.spelling.fresh("whole") for _ in plans]
    shape = ", ".join(code.integer(n) for _, n in free)
    lines.add(*(f"{w} = np.zeros(({shape},), np.float64)" for w in wholes))
    place = ", ".join(f"U({code.spelling.symbol(i)})" for i, _ in free)
    known = [i for i, _ in (*outer, *free)]
    with ExitStack() as stack:
        bounds = [code.integer(n) for _, n in free]
        if out.parallel:
            bounds[0] = _pieces(stack, free, inner, out)
        for (index, _), bound in zip(
            (*outer, *free), (*(code.integer(n) for _, n in outer), *bounds), strict=True
        ):
            stack.enter_context(loops.loop(index, bound))
        for plan, whole in zip(plans, wholes, strict=True):
            row = loops.ready(Sum(plan.total.body, inner), known)
            lines.add(f"{whole}[{place}] += {code.locals[row]}")
    loops.parallel = False  # there are few totals
    for plan, whole in zip(plans, wholes, strict=True):
        result = Dummy("whole", real=True)
        code.locals[result] = f"real({whole}[{place}])"
        equation, rhs = plan.equation, plan.equation.rhs.xreplace({plan.total: result})
        loops.assign(rhs, equation, list(free), [])


def _pieces(stack: ExitStack, free: Ranges, inner: Ranges, out: Emitter) -> str:
    """The loop that threads share, opened; the bounds of the first free index within it."""
    code, lines = out.code, out.lines
    piece, behind, many = (code.spelling.fresh(stem) for stem in ("piece", "behind", "many"))
    length = code.integer(Mul(*(n for _, n in (*free[1:], *inner))), 3)
    extent = code.integer(free[0][1])
    row, each = code.spelling.fresh("row"), f"({extent} + {PIECES - 1}) // {PIECES}"
    lines.add(f"{row} = max(1, {length})")
    lines.add(f"{many} = max(1, {SMALL} // {row}, min({PIECE} // {row}, {each}))")
    stack.enter_context(lines.block(f"for {piece} in prange(({extent} + {many} - 1) // {many}):"))
    lines.add(f"{behind} = min({extent}, ({piece} + 1) * {many})")
    return f"{piece} * {many}, {behind}"
