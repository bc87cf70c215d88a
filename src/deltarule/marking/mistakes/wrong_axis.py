"""Axes: a sum over some of its indices only, or over another axis."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from sympy import Expr, Integer

from deltarule.expressions import nodes
from deltarule.expressions.nodes import Reduction, Sum, free_indices
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, fresh
from deltarule.marking.mistakes.context import Scene, Wrong
from deltarule.marking.mistakes.positions import Site, sites
from deltarule.spelling.text import text


def some_of_the_sum(scene: Scene) -> Iterator[Wrong]:
    """Summed over the batch but not over the places, and the like; or a mean over some."""
    for site in sites(scene.equation.rhs):
        node = site.node
        if not isinstance(node, Sum):
            continue
        long = [i for i, n in node.ranges if scene.extent(n) > 1]
        for few in range(2, len(long) + 1):
            for fixed in combinations(long, few):
                kept = ", ".join(text(i) for i in long if i not in fixed)
                summed = f"summed over {kept} alone" if kept else "not summed at all"
                yield Wrong(
                    "one path only",
                    4.5,
                    site.replaced(_first(node, fixed)),
                    f"{summed}: only the first of {_listed(fixed)} is taken",
                )
        for few in range(1, len(long)):
            for mean in combinations(long, few):
                number = nodes.multiply(n for i, n in node.ranges if i in mean)
                yield Wrong(
                    "mean for sum",
                    4.7,
                    site.replaced(node / number),
                    f"the mean over {_listed(mean)} stands for the sum",
                )


def _listed(indices: tuple[Index, ...]) -> str:
    return ", ".join(text(i) for i in indices)


def _first(node: Sum, fixed: tuple[Index, ...]) -> Expr:
    table = dict.fromkeys(fixed, Integer(0))
    return Sum(
        substitute(node.body, table),
        [r for r in node.ranges if r[0] not in fixed],
        [substitute(c, table) for c in node.conditions],
    )


def along_another(scene: Scene) -> Iterator[Wrong]:
    """Softmax down the batch: what is summed over the places of a free index runs over another."""
    free = {i: scene.extent(n) for i, n in scene.equation.ranges}
    for site in sites(scene.equation.rhs):
        node = site.node
        if not isinstance(node, Reduction) or len(node.ranges) != 1 or node.conditions:
            continue
        ((bound, length),) = node.ranges
        inside = free_indices(node.body)
        own = [i for i, n in free.items() if n == scene.extent(length) and i not in inside]
        for there, other in product(own, (i for i in free if i in inside and free[i] > 1)):
            extent = dict(scene.equation.ranges)[other]
            turned = along(node, site, {bound: there}, other, extent)
            yield Wrong(
                "another axis",
                4.5,
                site.replaced(turned),
                f"it runs over {text(other)} where it belongs over {text(there)}",
            )


def along(
    node: Reduction, site: Site, table: dict[Index, Index], index: Index, extent: Expr
) -> Expr:
    """The sum over the axis of another index, at the own place of the one it ran over."""
    other = fresh(index.name, nodes.index_names(site.replaced(node)) | {index.name})
    moved = {**table, index: other}
    conditions = [substitute(c, moved) for c in node.conditions]
    return node.func(substitute(node.body, moved), [(other, extent)], conditions)
