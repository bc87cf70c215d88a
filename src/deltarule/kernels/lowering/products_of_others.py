"""Products of all entries but one: of those before, in one loop, and of those behind, in another.

Π_{j ≠ k} x[n, j] is what the gradient of a product multiplies; a quotient by x[n, k] would have no
value where that is 0.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from deltarule.expressions.nodes import Product
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.kernels.lowering.emitter import Emitter
from deltarule.kernels.lowering.loop_nest import Loops
from deltarule.kernels.lowering.site import Site
from deltarule.kernels.passes.running_totals import AllButOne, Ranges, all_but_one
from deltarule.networks.equations import Equation


@dataclass(frozen=True)
class Others:
    """An equation of such products, within loops over its other indices `outer`."""

    equation: Equation
    product: AllButOne
    outer: Ranges


def match(site: Site) -> Others | None:
    """An equation that is nothing but such a product."""
    equation, whole = site.collapsed.equation, site.alone(Product)
    product = None if whole is None else all_but_one(whole, equation.ranges)
    if product is None:
        return None
    outer = tuple(r for r in equation.ranges if r[0] not in product.indices)
    return Others(equation, product, outer)


def emit(plan: Others, site: Site, out: Emitter) -> None:
    """Loops over the outer indices, and in them two over the entries."""
    out.collapsed(site)
    loops, lines, code = Loops(out), out.lines, out.code
    loops.extents.update(plan.equation.ranges)
    known = [i for i, _ in plan.outer]
    before, behind = (code.spelling.fresh(stem) for stem in ("before", "behind"))
    target = code.access(plan.equation.lhs)
    with ExitStack() as stack:
        for k, (index, extent) in enumerate(plan.outer):
            stack.enter_context(loops.loop(index, code.integer(extent), outermost=k == 0))
        for product, direction in ((before, 1), (behind, -1)):
            lines.add(f"{product} = 1.0")
            with ExitStack() as entries:
                for index, (_, extent) in zip(
                    plan.product.indices, plan.product.ranges, strict=True
                ):
                    length = code.integer(extent)
                    bounds = length if direction > 0 else f"{length} - 1, -1, -1"
                    entries.enter_context(loops.loop(index, bounds))
                value = product if direction > 0 else f"{target} * {product}"
                lines.add(f"{target} = {value if code.plain else f'real({value})'}")
                lines.add(f"{product} *= {_factor(plan.product, known, loops)}")


def _factor(product: AllButOne, known: list[Index], loops: Loops) -> str:
    """The factor at the entry, in the words of the kernel."""
    table = {i: e for (i, _), e in zip(product.ranges, product.indices, strict=True)}
    here = substitute(product.factor, table)
    return loops.code.real(loops.ready(here, [*known, *product.indices]))
