"""How the loops of both passes grow with the sizes: which backward passes cost more than forward.

    python tests/support/orders_of_loops.py [NAME …]

Of each equation that a kernel computes, the extents of its nested loops are multiplied: N·C² says
that twice as many classes take four times as long. A backward product is listed if no product
of the forward pass, and no tensor, has as many of each factor. Numbers count as 1, and what is
added to a size does not count.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sympy import Basic, Expr

from deltarule.errors import DeltaruleError
from deltarule.expressions.bounds import Span, tight
from deltarule.expressions.conditions import Equal
from deltarule.expressions.nodes import Read, Reduction, free_indices, free_symbols
from deltarule.expressions.quotients import FloorQuotient
from deltarule.expressions.symbols import Size
from deltarule.kernels.lowering.supported_spans import supports
from deltarule.kernels.passes.program import Pass, Program, known_sizes, program
from deltarule.language.catalogue import catalogue
from deltarule.language.load import load
from deltarule.networks.equations import Equation

#: How often each size is a factor.
Order = Counter


@dataclass(frozen=True)
class Orders:
    """The orders of loops, where some sizes are `defined` by others."""

    defined: Mapping[Size, Expr]

    def of(self, one: Pass) -> Iterator[tuple[Equation, Order]]:
        """One for each equation itself, and one for each reduction in it."""
        for equation in one.equations:
            loops = [(i, self.factor(n)) for i, n in equation.ranges]
            yield equation, _times(loops)
            for order in self._inside(equation.rhs, loops):
                yield equation, order

    def _inside(self, node: Basic, loops: list) -> Iterator[Order]:
        """`loops` are the indices around, in order, each with the size that it grows with."""
        if isinstance(node, Read):
            return
        if isinstance(node, Reduction):
            fixed = frozenset().union(*(free_indices(c) for c in node.conditions if _pins(c)))
            loops = [(i, "" if i in fixed else f) for i, f in loops]
            free = free_indices(node)
            needed = [k for k, (i, _) in enumerate(loops) if i in free]
            loops = [*(loops[: needed[-1] + 1] if needed else []), *self._own(node)]
            yield _times(loops)
        parts = [node.body] if isinstance(node, Reduction) else node.args
        for part in parts:
            yield from self._inside(part, loops)

    def _own(self, node: Reduction) -> list:
        """The loops of a reduction; an index has none that a condition or a factor sets."""
        spans, tests = tight(node.ranges, node.conditions)
        pinned = {i for t in tests if _pins(t) for i in free_indices(t)}
        pinned |= set(supports(node.body, node.ranges))
        return [(s.index, "" if s.index in pinned else self._length(s)) for s in spans]

    def _length(self, span: Span) -> str:
        """The size that the number of entries between two ends grows with."""
        for low in span.lower:
            for high in span.upper:
                apart = (_unrounded(high) - _unrounded(low)).expand()
                if free_indices(low) and not free_indices(apart):
                    return self.factor(apart)
        return self.factor(span.extent)

    def factor(self, extent: Expr) -> str:
        """The first size that an extent grows with; none for a number."""
        extent = _unrounded(extent.xreplace(dict(self.defined))).expand()
        sizes = {s for s in free_symbols(extent) if isinstance(s, Size)}
        grows = [s.name for s in sizes if extent.coeff(s, 1).could_extract_minus_sign() is False]
        return min(grows, default="")


def excess(made: Program) -> list[tuple[Equation, Order]]:
    """The backward equations whose loops grow faster than all that is computed forward."""
    count = Orders(made.network.definitions)
    allowed = [o for _, o in count.of(made.forward)]
    for tensor in made.backward.tensors.values():
        allowed.append(_times([(None, count.factor(a)) for a in tensor.axes]))
    return [(e, o) for e, o in count.of(made.backward) if not any(o <= a for a in allowed)]


def _pins(condition: Basic) -> bool:
    return isinstance(condition, Equal)


def _unrounded(end: Expr) -> Expr:
    return end.replace(lambda e: isinstance(e, FloorQuotient), lambda e: e.args[0] / e.args[1])


def _times(loops: list) -> Order:
    return Counter(factor for _, factor in loops if factor)


def said(order: Order) -> str:
    """N·C²."""
    return "·".join(s + ("" if n == 1 else f"^{n}") for s, n in sorted(order.items())) or "1"


def main(names: list[str]) -> None:
    """Print what grows faster, layer by layer."""
    for name in names or catalogue():
        settings = {s.name: 3 for s in known_sizes(load(name))[1] if type(s) is Size}
        try:
            made = program(name, settings)
        except DeltaruleError as error:
            print(f"{name}: {error}")
            continue
        for equation, order in excess(made):
            print(f"{name}: {equation.name}: {said(order)}: {equation.rhs}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
