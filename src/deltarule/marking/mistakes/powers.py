"""Squares and quotients: not squared, squared term by term or all together, turned round."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Pow, Rational

from deltarule.expressions.nodes import Sum
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.marking.mistakes.positions import sites
from deltarule.spelling.text import text


def power(context: Context) -> Iterator[Wrong]:
    """A square or root left out or taken of other things, or a quotient turned round."""
    for site in sites(context.equation.rhs):
        node = site.node
        if isinstance(node, Pow):
            base, exponent = node.args
            if exponent == 2:
                yield Wrong("power", 4.5, site.replaced(base), f"{text(base)} is not squared")
                yield Wrong(
                    "power", 5.5, site.replaced(2 * base), f"{text(base)} is doubled, not squared"
                )
            elif exponent.is_number:
                yield Wrong(
                    "power",
                    5.0,
                    site.replaced(base ** (-exponent)),
                    f"the quotient with {text(base)} is turned round",
                )
                if exponent.is_Rational and exponent.q == 2:
                    words = f"the root of {text(base)} is not taken"
                    yield Wrong("power", 4.8, site.replaced(base ** (2 * exponent)), words)
        if isinstance(node, Sum) and isinstance(node.body, Pow) and node.body.args[1] == 2:
            words = f"the root is taken: √({text(node)}) stands for {text(node)}"
            yield Wrong("power", 4.8, site.replaced(Pow(node, Rational(1, 2))), words)
        for other in otherwise_squared(node):
            if isinstance(node, Add) or isinstance(other, Add):
                words = f"{text(other)} stands for {text(node)}: the square is of other things"
                yield Wrong("power", 5.0, site.replaced(other), words)


def otherwise_squared(node: Expr) -> Iterator[Expr]:
    """b for b², (a − b)² for a − b² and a² − b² for (a − b)²."""
    if isinstance(node, Pow) and node.args[1] == 2:
        base = node.args[0]
        yield base
        if isinstance(base, Add):
            signs = [-1 if t.could_extract_minus_sign() else 1 for t in base.args]
            yield Add(*(s * t**2 for s, t in zip(signs, base.args, strict=True)))
    if isinstance(node, Add) and len(node.args) == 2:
        for term in node.args:
            sign = -1 if term.could_extract_minus_sign() else 1
            square = sign * term
            if isinstance(square, Pow) and square.args[1] == 2:
                yield (node - term + sign * square.args[0]) ** 2


ROWS = (power,)
