"""The position of a largest entry, as it stands in subscripts and statements until it is used.

`ArgMax[k](p[n, k])` is read as W[best, d], compared as equal(k, best). An equation that holds it
is written with the selection that the maximum makes: Σ_k p_max_chosen[n, k]·W[k, d]. A maximum
over several axes has a position on each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sympy import Basic, Expr, Integer, Mul

from deltarule.expressions.choices import Choose
from deltarule.expressions.conditions import Equal
from deltarule.expressions.nodes import Max, Read, Sum, free_indices, index_names, walk
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.rewrites import replaced, rewrite
from deltarule.expressions.symbols import Index, fresh


class ArgMax(Expr):
    """Where a maximum lies along one of its indices; of several largest entries the first."""

    __slots__ = ()
    is_integer = True
    is_commutative = True

    if TYPE_CHECKING:

        @property
        def args(self) -> tuple[Any, ...]: ...

    @property
    def maximum(self) -> Max:
        return self.args[0]

    @property
    def index(self) -> Index:
        """The index of the maximum whose value it is."""
        return self.maximum.indices[int(self.args[1])]

    def _sympystr(self, printer) -> str:
        named = ", ".join(map(str, self.maximum.indices))
        at = f"[{self.args[1]}]" if len(self.maximum.indices) > 1 else ""
        return f"ArgMax[{named}]({printer.doprint(self.maximum.body)}){at}"


def argmax(maximum: Max) -> tuple[ArgMax, ...]:
    """The positions of a maximum, one for each of its indices."""
    return tuple(ArgMax(maximum, Integer(k)) for k in range(len(maximum.indices)))


#: What is read where the selection of a maximum chooses, at one value of each of its indices.
Chosen = Callable[..., Read]


def positions(expression: Basic) -> list[ArgMax]:
    """The positions that stand in an expression, but those that others are made of."""
    found = [node for node in walk(expression) if isinstance(node, ArgMax)]
    inside = {n for f in found for n in walk(f.maximum) if isinstance(n, ArgMax)}
    return list(dict.fromkeys(f for f in found if f not in inside))


def maxima(expression: Basic) -> list[Max]:
    """The maxima whose positions stand in an expression, each once."""
    return list(dict.fromkeys(p.maximum for p in positions(expression)))


@rewrite
def plain(expression: Basic) -> Basic:
    """The expression with 0 for each position: what it holds beside them."""
    return replaced(expression, dict.fromkeys(positions(expression), Integer(0)))


def summed(expression: Expr, maximum: Max, chosen: Chosen) -> Expr:
    """The expression with a sum over all positions of a maximum, of which the selection leaves one.

    The sum is put round whole products, but stays inside functions and quotients: these need not
    have a value at positions that are not chosen.
    """
    places = list(argmax(maximum))
    taken = index_names(replaced(expression, dict.fromkeys(places, Integer(0))))
    named: list[Index] = []
    for index in maximum.indices:
        named.append(fresh(index.name, {*taken, *(n.name for n in named)}))
    mine = free_indices(places[0])

    def stands(node: Basic) -> bool:
        return any(isinstance(part, ArgMax) and part.maximum == maximum for part in walk(node))

    def put(node: Expr) -> Expr:
        if not stands(node):
            return node
        if isinstance(node, Choose) and stands(node.args[0]):
            return around(node)
        if isinstance(node, Sum) and mine & set(node.indices):
            about = [c for c in node.conditions if stands(c)]
            others = [c for c in node.conditions if c not in about]
            return with_body(node, put(Sum(node.body, (), about) if about else node.body), others)
        if isinstance(node, Mul):
            kept = [f for f in node.args if not linear(f)]
            products = Mul(*(f for f in node.args if linear(f)))
            return Mul(*map(put, kept), around(products) if stands(products) else products)
        if linear(node):
            return around(node)
        return rebuild(node, put)

    def linear(node: Expr) -> bool:
        if isinstance(node, Mul):
            return all(map(linear, node.args))
        if isinstance(node, Sum):
            return not mine & set(node.indices) and linear(node.body)
        return isinstance(node, Read | ArgMax) or not node.args

    def at(condition: Basic) -> Index | None:
        """The index of which a statement says that it is the position, the only one."""
        if not isinstance(condition, Equal) or len(places) > 1 or places[0] not in condition.args:
            return None
        return next((a for a in condition.args if isinstance(a, Index)), None)

    def around(node: Expr) -> Expr:
        if isinstance(node, Sum) and not node.ranges:
            for index in filter(None, map(at, node.conditions)):
                rest = [c for c in node.conditions if at(c) != index]
                body = Sum(node.body, (), rest)
                return chosen(index) * replaced(body, {places[0]: index})
        there = replaced(node, dict(zip(places, named, strict=True)))
        over = [(name, n) for name, (_, n) in zip(named, maximum.ranges, strict=True)]
        return Sum(chosen(*named) * there, over)

    return put(expression)
