"""What a logarithm was taken of, as an exponential of the tensor that it went into.

exp(z[c] − m)/Σ_k exp(z[k] − m) = exp(z[c] − y), where y = m + log Σ_k exp(z[k] − m)
exp(z[c])/Σ_k exp(z[k]) = exp(y[c]), where y[c] = z[c] − log Σ_k exp(z[k])
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from sympy import Add, Basic, Expr, Mul, Pow, factor_terms

from deltarule.calculus.index_maps import index_maps
from deltarule.calculus.rules.recognise import put_in
from deltarule.calculus.rules.rule import EMPTY, Example, Given, Rewrite, Rule
from deltarule.calculus.rules.settle import settled
from deltarule.expressions.functions import exp, log
from deltarule.expressions.nodes import LogSumExp, Sum, free_indices, read, reads, size_of, walk
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.substitution import plainly_named, substitute
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.equations import Equation
from deltarule.spelling.text import text


def invert(expression: Expr, given: Given) -> Rewrite | None:
    """The formula with exp(a − y) for 1/S, where y = a + log S is known, and that is shorter."""
    if not expression.has(exp):
        return None
    equations = [e for e in given.network.equations if e.rhs.has(log, LogSumExp)]
    for equation in filter(None, map(_as_share, equations)):
        after = put_in(plainly_named(expression), equation, given.extents)
        if size_of(after) < size_of(expression):
            return Rewrite(after, f"Here: {text(equation.rhs)} = {text(equation.lhs)}.")
    for quotient in walk(plainly_named(expression)):
        if not (isinstance(quotient, Pow) and quotient.exp == -1 and _adds_up(quotient.base)):
            continue
        for equation in equations:
            for lhs, value in _inverse(quotient.base, equation):
                after = _with(plainly_named(expression), quotient, value)
                if size_of(after) < size_of(expression):
                    return Rewrite(
                        after, f"Here: {text(quotient)} = {text(value)}, by {text(lhs)}."
                    )
    return None


class _Exponential(Equation):
    """An equation of exp(y), where y is the tensor that is named."""

    @property
    def lhs(self) -> Expr:
        return exp(super().lhs)


def _as_share(equation: Equation) -> _Exponential | None:
    """exp(y) = exp(z)/S for y = z − log S; None for other equations."""
    terms = Add.make_args(equation.rhs)
    logs = [t for t in terms if isinstance(-t, log | LogSumExp) and _adds_up(_argument(-t))]
    if len(logs) != 1 or len(terms) == 1:
        return None
    share = exp(equation.rhs - logs[0]) / _argument(-logs[0])
    return _Exponential(equation.name, equation.subscripts, share, equation.ranges)


def _adds_up(total: Expr) -> bool:
    """Whether it adds up exponentials of entries; 1 + exp(u) belongs to functions of one entry."""
    return total.has(exp) and (isinstance(total, Sum) or all(map(reads, Add.make_args(total))))


def _inverse(total: Expr, equation: Equation) -> Iterator[tuple[Expr, Expr]]:
    """1/S by the tensor of an equation, where S is what it takes the logarithm of."""
    apart = frozenset(i.name for i in free_indices(total))
    total = plainly_named(total, apart)
    for inner in {_argument(n) for n in walk(equation.rhs) if isinstance(n, log | LogSumExp)}:
        for table in index_maps(total, replace(equation, rhs=inner), {}):
            value = settled(substitute(equation.rhs, table), {})
            for term in Add.make_args(value):
                logs = [f for f in Mul.make_args(term) if isinstance(f, log | LogSumExp)]
                if len(logs) != 1 or plainly_named(_argument(logs[0]), apart) != total:
                    continue
                factor = term / logs[0]
                lhs = substitute(equation.lhs, table)
                if not reads(factor):
                    yield lhs, exp(factor_terms(((value - term - lhs) / factor).expand()))


def _argument(node: Basic) -> Expr:
    """What a logarithm, or an exponential, is taken of."""
    if isinstance(node, LogSumExp):
        return Sum(exp(node.body), node.ranges, node.conditions)
    (inside,) = node.args
    return cast("Expr", inside)


def _with(node: Any, quotient: Expr, value: Expr) -> Expr:
    """The formula with another value for a quotient, and one exponential for several."""
    if node == quotient:
        return value
    if isinstance(node, Mul) and quotient in node.args:
        powers = [f for f in node.args if isinstance(f, exp)]
        rest = [f for f in node.args if f != quotient and f not in powers]
        whole = Add(*(_argument(p) for p in (*powers, value))).expand()
        return Mul(*rest, exp(factor_terms(whole)))
    return rebuild(node, lambda part: _with(part, quotient, value))


def _example() -> Example:
    c, k, C = Index("c"), Index("k"), Size("C")
    m, y = read("m"), read("y")
    total = Sum(exp(read("z", k) - m), [(k, C)])
    given = Given(replace(EMPTY, equations=(Equation("y", (), m + log(total), ()),)), {c: C})
    before = read("g") * exp(read("z", c) - m) / total
    return Example(before, read("g") * exp(read("z", c) - y), given)


INVERT_THE_LOG = Rule(
    "invert the logarithm",
    "1/S = exp(a − y), where y = a + log S, and exp(z)/S = exp(y), where y = z − log S",
    "The forward pass has computed the logarithm already.",
    invert,
    _example,
    seen="derive shifted_logsumexp --steps",
)
