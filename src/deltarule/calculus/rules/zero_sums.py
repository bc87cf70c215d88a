"""Sums that are 0 because of what a mean is: deviations from it add up to nothing.

    Σ_n (x[n] − μ) = Σ_n x[n] − N·μ = N·μ − N·μ = 0

A sum is taken term by term; sums that an equation gives a name to are written by that name. If
all of it cancels, the sum is 0. A tensor such as x̂ is looked into if that is what it takes.
"""

from __future__ import annotations

from dataclasses import replace

import sympy
from sympy import Add, Dummy, Expr, Integer, Mul

from deltarule.calculus.matching import named, named_sums, unified
from deltarule.calculus.rules.rule import EMPTY, Example, Given, Rewrite, Rule
from deltarule.expressions import nodes
from deltarule.expressions.mixed_radix import rejoined
from deltarule.expressions.nodes import Read, Reduction, Sum, free_symbols, read, reads, tensor_name
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.substitution import plainly_named, replace_reads, substitute
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.spelling.text import text


def deviations(expression: Expr, given: Given) -> Rewrite | None:
    """The expression without the sums that are 0 whatever the data."""
    found: list[str] = []

    def without(node: Expr) -> Expr:
        if isinstance(node, Sum) and not node.conditions and vanishes(node, given.network):
            found.append(f"{text(node)} = 0")
            return Integer(0)
        return rebuild(node, without)

    after = without(expression)
    return Rewrite(after, "Here: " + ", ".join(found) + ".") if found else None


def vanishes(total: Sum, network: Network) -> bool:
    """Whether a sum is 0 by the definitions of the means in it."""
    if not _hopeful(total.body, network):
        return False
    now: Expr = total
    for depth in range(3):
        if depth:
            now = Sum(_looked_into(now.body, now.indices, network), now.ranges)
        if not isinstance(now, Sum):
            return now == 0
        terms = _termwise(now, network)
        if terms is not None and _is_zero(terms):
            return True
    return False


def _hopeful(body: Expr, network: Network) -> bool:
    """A quick look: a difference, or a tensor that is made from one."""
    if any(isinstance(f, Add) for f in Mul.make_args(body)):
        return True
    return any(
        any(isinstance(f, Add) for f in Mul.make_args(e.rhs))
        for f in Mul.make_args(body)
        if isinstance(f, Read)
        for e in network.equation_of(tensor_name(f))
    )


def _termwise(total: Sum, network: Network) -> Expr | None:
    """Σ (a + c·b) as Σ a + c·Σ b, each sum by its name; None where none has a name."""
    there = {tensor_name(r) for r in reads(total.body)}
    if not any(there.issuperset(key) for key in named_sums(network.equations)):
        return None
    bound = frozenset(total.indices)
    terms, known = [], False
    for term in Add.make_args(sympy.expand(total.body)):
        outside, inside = [], []
        for factor in Mul.make_args(term):
            (inside if free_symbols(factor) & bound else outside).append(factor)
        if not inside:
            terms.append(term * nodes.multiply(n for _, n in total.ranges))
            continue
        part = plainly_named(Sum(Mul(*inside), total.ranges))
        name = named(part, network) if isinstance(part, Sum) else None
        known = known or name is not None
        terms.append(Mul(*outside) * (part if name is None else name))
    return Add(*terms) if known and len(terms) > 1 else None


def _is_zero(value: Expr) -> bool:
    letters: dict[Expr, Dummy] = {}
    for node in nodes.walk(value):
        if isinstance(node, (Read, Reduction)):
            letters.setdefault(node, Dummy("r"))
    return sympy.expand(sympy.numer(sympy.together(value.xreplace(letters)))) == 0


def _looked_into(body: Expr, bound: tuple, network: Network) -> Expr:
    """The body with each tensor that depends on the summed indices written out once."""

    def written_out(access: Read) -> Expr:
        if not free_symbols(access) & frozenset(bound):
            return access
        for equation in network.equation_of(tensor_name(access)):
            if _formula(equation):
                table = unified(equation.subscripts, access.indices, equation.ranges)
                if table is not None:
                    return rejoined(substitute(equation.rhs, table))
        return access

    return replace_reads(body, written_out)


def _formula(equation: Equation) -> bool:
    return not equation.rhs.has(nodes.Selection)


def _example() -> Example:
    n, N = Index("n"), Size("N")
    x, mu = read("x", n), read("mu")
    mean = Equation("mu", (), Sum(x, [(n, N)]) / N, ())
    given = Given(replace(EMPTY, equations=(mean,)))
    return Example(Sum(x - mu, [(n, N)]), Integer(0), given)


DEVIATIONS_SUM_TO_ZERO = Rule(
    "deviations sum to zero",
    "Σ_n (x[n] − μ) = 0 where μ = Σ_n x[n]/N",
    "Σ_n x[n] is N·μ, and so is Σ_n μ: what lies above the mean makes up for what lies below.",
    deviations,
    _example,
    seen="derive batch_norm --steps",
)
