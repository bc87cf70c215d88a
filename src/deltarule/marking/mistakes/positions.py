"""Sites: the places inside a formula where something can be changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from sympy import Basic, Expr

from deltarule.expressions import nodes
from deltarule.expressions.nodes import Read, Reduction
from deltarule.expressions.rebuild import with_body, with_part


@dataclass(frozen=True)
class Position:
    """A node of a formula, with the formula that results when it is replaced."""

    node: Expr
    replaced: Callable[[Expr], Expr]
    inside: tuple[Reduction, ...] = ()


def sites(
    expression: Basic,
    put_back: Callable[[Expr], Expr] = lambda e: e,
    inside: tuple[Reduction, ...] = (),
) -> Iterator[Position]:
    """Every scalar node of a formula, outermost first; subscripts and conditions are left alone."""
    yield Position(expression, put_back, inside)
    if isinstance(expression, Read):
        return
    if isinstance(expression, Reduction):
        node = expression

        def around(body: Expr) -> Expr:
            return put_back(with_body(node, body))

        yield from sites(node.body, around, (*inside, node))
        return
    for position, argument in enumerate(expression.args):
        if isinstance(argument, nodes.Condition):
            continue

        def with_argument(new: Expr, position: int = position) -> Expr:
            return put_back(with_part(expression, position, new))

        yield from sites(argument, with_argument, inside)


@lru_cache(maxsize=1 << 12)
def reductions_in(formula: Expr) -> tuple[Reduction, ...]:
    """The reductions of a formula, outermost first; every line asks it of all equations."""
    return tuple(site.node for site in sites(formula) if isinstance(site.node, Reduction))
