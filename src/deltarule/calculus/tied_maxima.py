"""Maxima over indices whose ties may meet: max(a, b) + min(a, b) is a + b, which has no kink.

At a tie each maximum passes its gradient on by its own convention, and what two of them make
together may be no derivative. Two that choose alike do no harm: of one body, up to a positive
factor and to what their indices do not change, and by one convention.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from sympy import Add, Expr, Tuple

from deltarule.expressions.nodes import Max, Selection, free_symbols, reads, tensor_name
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.networks.network import Network
from deltarule.spelling.text import text


def ties_that_meet(network: Network, gradient: Expr) -> tuple[str, ...]:
    """What is to be said of the maxima of which a gradient adds up the choices."""
    found: dict[str, Selection] = {}
    for access in reads(gradient):
        equations = network.equation_of(tensor_name(access))
        if len(equations) == 1 and isinstance(equations[0].rhs, Selection):
            found.setdefault(tensor_name(access), equations[0].rhs)
    return tuple(dict.fromkeys(_note(*pair) for pair in _unlike(list(found.values()))))


def _unlike(found: list[Selection]) -> Iterator[tuple[Max, Max]]:
    for one, other in combinations([s.maximum for s in found], 2):
        if _choice(one) != _choice(other):
            yield one, other


def _choice(maximum: Max) -> tuple:
    """What decides which entries a maximum chooses: the same for maxima that choose alike."""
    table = {i: Index(f"·{k}") for k, (i, _) in enumerate(maximum.ranges)}
    inner = set(table.values())
    body = substitute(maximum.body, table).expand()
    moving = [t for t in Add.make_args(body) if free_symbols(t) & inner]
    rest = Add(*moving).as_content_primitive()[1]
    conditions = Tuple(*(substitute(c, table) for c in maximum.conditions))
    outer = sorted(free_symbols(Tuple(rest, conditions)) - inner, key=str)
    names = {i: Index(f"·o{k}") for k, i in enumerate(i for i in outer if isinstance(i, Index))}
    extents = tuple(n for _, n in maximum.ranges)
    return maximum.ties, substitute(rest, names), extents, substitute(conditions, names)


def _note(one: Max, other: Max) -> str:
    return (
        f"Where {text(one)} and {text(other)} have ties at the same values, each keeps its own "
        "convention; if their kinks cancel there, the sum is no derivative."
    )
