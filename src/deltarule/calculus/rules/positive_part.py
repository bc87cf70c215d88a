"""Conditions on what a known tensor is the positive part of: [u > 0] is [h > 0], h = max(0, u)."""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Basic, Expr, Integer

from deltarule.calculus.rules.recognise import factor_known
from deltarule.calculus.rules.rule import EMPTY, Example, Given, Rewrite, Rule
from deltarule.expressions.functions import relu
from deltarule.expressions.nodes import Choose, Positive, Read, Reduction, read, reads, walk
from deltarule.expressions.rewrites import replaced
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.equations import Equation
from deltarule.spelling.text import text


def of_the_part(expression: Expr, given: Given) -> Rewrite | None:
    """The formula with [h > 0] where u > 0 is asked, and h = max(0, u) is known."""
    conditions = [c for c in walk(expression) if isinstance(c, Positive)]
    table = {c: Positive(h) for c in conditions if (h := _part(c, given)) is not None}
    if not table:
        return None
    detail = ", ".join(f"{text(h)} where {text(c)}" for c, h in table.items())
    return Rewrite(replaced(expression, table), f"Here: {detail}.")


def _part(condition: Positive, given: Given) -> Expr | None:
    """The tensor whose positive entries a condition tells; None where the condition is plain."""
    value = condition.args[0]
    if not _added_up(value):
        return None
    for equation in given.network.equations:
        if isinstance(equation.rhs, relu):
            inner = replace(equation, rhs=equation.rhs.args[0])
            found = factor_known(value, inner)
            if isinstance(found, Read):
                return found
    return None


def _added_up(value: Expr) -> bool:
    """Whether a value is Σ a·b or a + b: a margin, 1 − a, says more than what it ends in."""
    terms = Add.make_args(value)
    return value.has(Reduction) or len(terms) > 1 and all(reads(t) for t in terms)


def _example() -> Example:
    n, N = Index("n"), Size("N")
    g, u, h = read("g", n), read("x", n) + read("z", n), read("h", n)
    given = Given(replace(EMPTY, equations=(Equation("h", (n,), relu(u), ((n, N),)),)), {n: N})

    def where(condition: Basic) -> Expr:
        return Choose(condition, Integer(1), Integer(0))

    return Example(g * where(Positive(u)), g * where(Positive(h)), given)


POSITIVE_PART = Rule(
    "positive part",
    "[u > 0] = [h > 0], where h = max(0, u)",
    "The positive part is above 0 exactly where the number is.",
    of_the_part,
    _example,
    seen="derive residual --steps",
)
