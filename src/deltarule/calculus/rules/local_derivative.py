"""The derivative of one equation by an entry that it reads: a factor and a Kronecker delta."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Add, Expr

from deltarule.calculus.matrix_derivatives import inverse_of
from deltarule.calculus.partial_derivatives import Partial, partials
from deltarule.calculus.rules.chain_rule import Path, paths
from deltarule.calculus.rules.rule import EMPTY, Example, Given, Rewrite, Rule
from deltarule.calculus.terms import Term
from deltarule.expressions.gradient_names import GradientName
from deltarule.expressions.matrices import LogDet
from deltarule.expressions.nodes import (
    Delta,
    Max,
    PartialOf,
    Sum,
    index_names,
    read,
    reads,
    tensor_name,
    walk,
)
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, Size, fresh
from deltarule.networks.argmax_equations import selection_of
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network


def terms_of(path: Path, selected: Expr | None, facts: tuple = ()) -> Iterator[Term]:
    """The terms of Σ_i ∂E/∂Y[i]·∂Y[i]/∂X[u], a delta for each axis of X.

    `selected` is `selected_entry` of the path's equation; `facts` hold for all sizes.
    """
    equation, name = path.apart, tensor_name(path.here)
    for partial in partials(equation.rhs, name, equation.lhs, selected):
        yield _term(path, partial, facts)


def selected_entry(network: Network, original: Equation, apart: Equation) -> Expr | None:
    """For a maximum, the entry of the selection at its own indices; see matrix_derivatives.py too.

    `apart` is the original with its indices named apart.
    """
    if isinstance(apart.rhs, LogDet):
        return inverse_of(apart.rhs, network.equations, apart.place)
    if not isinstance(original.rhs, Max):
        return None
    table = dict(zip(original.indices, apart.indices, strict=True))
    return substitute(selection_of(original, network.equations), table)


def _term(path: Path, partial: Partial, facts: tuple) -> Term:
    equation, indices = path.apart, path.here.indices
    taken = index_names(path.here, *equation.indices)
    table: dict[Index, Index] = {}
    for index, _ in partial.ranges:
        name = index.name
        if name in taken:
            table[index] = fresh(name, taken)
            name = table[index].name
        taken.add(name)
    return Term(
        path.upstream * substitute(partial.factor, table),
        tuple((substitute(a, table), u) for a, u in zip(partial.subscripts, indices, strict=True)),
        equation.ranges + tuple((table.get(i, i), n) for i, n in partial.ranges),
        tuple(substitute(c, table) for c in partial.conditions),
        facts,
    )


def local_derivative(expression: Expr, given: Given) -> Rewrite | None:
    """What the chain rule has written, with the derivatives in it taken."""
    network = given.network
    asked = next((n for n in walk(expression) if isinstance(n, PartialOf)), None)
    if asked is None:
        return None
    value, here = asked.args
    named = [GradientName.parse(tensor_name(r)) for r in reads(expression)]
    of = next(n.of for n in named if n is not None and n.wrt == tensor_name(value))
    consumers = [e for e in network.equations if reads(e.rhs, tensor_name(here))]
    ways = paths(here, of, consumers)
    if Add(*(way.expression() for way in ways)) != expression:
        return None
    found = [
        term.expression()
        for way in ways
        for term in terms_of(way, selected_entry(network, way.equation, way.apart))
    ]
    return Rewrite(Add(*found))


def _weighted_sums() -> Example:
    d, e, m, k, D, M = *map(Index, ("d", "d′", "m", "m′")), Size("D"), Size("M")
    weighted = Sum(read("W", d, m) * read("x", d), [(d, D)])
    given = Given(replace(EMPTY, equations=(Equation("s", (m,), weighted, ((m, M),)),)))
    upstream = read("dE/ds", k)
    before = Sum(upstream * PartialOf(read("s", k), read("W", d, m)), [(k, M)])
    deltas = Delta(e, d) * Delta(k, m)
    return Example(before, Sum(upstream * read("x", e) * deltas, [(k, M), (e, D)]), given)


LOCAL_DERIVATIVE = Rule(
    "local derivative",
    "∂X[a]/∂X[u] = δ(a, u), and a scalar formula is differentiated as usual",
    "An entry of a tensor changes with itself and with no other entry.",
    local_derivative,
    _weighted_sums,
    seen="derive dense --steps",
)
