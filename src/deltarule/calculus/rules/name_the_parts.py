"""Parts of a closed form that is too long get names, and lines of their own."""

from __future__ import annotations

from sympy import Expr

from deltarule.calculus.named_terms import InLines, in_lines
from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule
from deltarule.expressions.functions import exp
from deltarule.expressions.nodes import Sum, free_indices, read
from deltarule.expressions.symbols import Index, Size
from deltarule.spelling.text import equation_text


def name_the_parts(expression: Expr, given: Given) -> Rewrite | None:
    """The formula with reads of its parts; None where it is not too long."""
    free = free_indices(expression)
    ranges = tuple((i, n) for i, n in given.extents.items() if i in free)
    found = in_lines(read("dE/dx", *(i for i, _ in ranges)), expression, ranges)
    return Rewrite(found.rhs, said(found)) if found.parts else None


def said(found: InLines) -> str:
    """What the parts are, as a sentence."""
    return f"Here: {'; '.join(equation_text(p.lhs, p.rhs) for p in found.parts)}."


def _example() -> Example:
    i, j, N, M = Index("i"), Index("j"), Size("N"), Size("M")
    x, w, v, u = read("x", i), read("w", j), read("v", i, j), read("u", i, j)
    slopes = [x * v * exp(x * w) + w * u * v, u * exp(x * w) * w - w * x * v * u]
    upstream = [read("dE/dy", i, j), read("dE/dz", i, j)]
    before = sum((Sum(g * s, [(j, M)]) for g, s in zip(upstream, slopes, strict=True)), x)
    after = x
    for name, g in zip(("dy/dx", "dz/dx"), upstream, strict=True):
        after += Sum(g * read(name, i, j), [(j, M)])
    return Example(before, after, Given(extents={i: N}))


NAME_THE_PARTS = Rule(
    "name the parts",
    "a part of a long formula gets a name, and a line of its own",
    "A formula of more than 12 terms, or of more than 4 lines, is not taken in at once.",
    name_the_parts,
    _example,
    seen="derive conv_lstm --steps",
)
