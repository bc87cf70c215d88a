"""Products and sums over windows of which one array is 0 where a mask of data fails.

They are what they would be without the mask if the other array is finite: 0·∞ and 0·NaN of terms
that do not count would be NaN. So that is looked at first, in a time that does not count beside
the product's; where it is not, loops ask the mask of every term.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sympy import Add

from deltarule.expressions.nodes import Sum, tensor_name
from deltarule.kernels.lowering import convolution, loop_nest, match_matmul, matmul
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.site import Site
from deltarule.kernels.passes.masked_reads import Masked, half, masked_factors, without_mask
from deltarule.kernels.passes.products_apart import scaled_sum


@dataclass(frozen=True)
class MaskedProduct:
    """What is taken where `others`, tensors, are finite: the plan of a lowering, at its site."""

    others: tuple[str, ...]
    emit: Any
    plan: Any
    site: Site


def match(site: Site) -> MaskedProduct | None:
    """A sum of products with a masked array, and perhaps what it is added to."""
    if site.loop_indices or site.code.plain or site.code.complex:
        return None
    others: dict[str, None] = {}
    windows, matrices = [], []
    for term in Add.make_args(site.equation.rhs):
        scaled = scaled_sum(term)
        factors = None if scaled is None else masked_factors(scaled[1])
        if scaled is None or factors is None:
            windows.append(term)
            matrices.append(term)
            continue
        scale, total = scaled[0], without_mask(scaled[1])
        others |= dict.fromkeys(tensor_name(f) for f in factors if not isinstance(f, Masked))
        windows.append(scale * total)
        matrices.append(scale * _without_halves(total))
    for lowering, emit, terms in (
        (convolution.match, convolution.emit, windows),
        (match_matmul.match, matmul.emit, matrices),
    ):
        plain = Site(replace(site.equation, rhs=Add(*terms)), (), site.code)
        plan = lowering(plain) if others else None
        if plan is not None:
            return MaskedProduct(tuple(others), emit, plan, plain)
    return None


def _without_halves(total: Sum) -> Sum:
    """The sum of all terms of a masked array that is 0 outside of a triangle, too."""
    return Sum(total.body, total.ranges, tuple(c for c in total.conditions if not half(c)))


def emit(plan: MaskedProduct, site: Site, out: Emitter) -> None:
    """The call behind its test, and else loops."""
    out.prelude |= {"finite_arrays", "views"}
    spell = out.code.spelling.tensor
    tests = (f"all_finite(seen_as({spell(t)}, ({spell(t)}.size,)))" for t in plan.others)
    with out.lines.block(f"if {' and '.join(tests)}:"):
        plan.emit(plan.plan, plan.site, out)
    with out.lines.block("else:"):
        loop_nest.emit(loop_nest.match(site), site, out)
