"""A formula that is a gradient found before, or its negative, is written as that gradient.

∂L/∂u[n] = [u[n] + α > v[n]]/N = −∂L/∂v[n]
"""

from __future__ import annotations

from sympy import Add, Expr, Mul

from deltarule.calculus.rules.recognise import put_in
from deltarule.calculus.rules.rule import Example, Given, Rewrite, Rule
from deltarule.expressions.nodes import Condition, Read, Reduction, read, size_of
from deltarule.expressions.substitution import plainly_named
from deltarule.expressions.symbols import Index, Size
from deltarule.expressions.terms_counted import count_terms
from deltarule.networks.equations import Equation, names_read
from deltarule.spelling.text import text

#: A product of fewer values says as much itself as its name does.
_SEVERAL = 3


def as_known(expression: Expr, given: Given, by_terms: bool = False) -> Rewrite | None:
    """The formula with reads of known gradients, where it is shorter so.

    `by_terms` they may be terms of (a + b)/c, a/c, too.
    """
    present = names_read(expression)
    forms = {expression: None} | ({term_by_term(expression): None} if by_terms else {})
    for equation in reversed(list(given.gradients.values())):
        names = equation.read_names()
        if not names or not names <= present or not _says_more(equation.rhs):
            continue
        for form in forms:
            after = put_in(plainly_named(form), equation, given.extents)
            if after != plainly_named(form) and size_of(after) < size_of(expression):
                return Rewrite(after, f"Here: {text(equation.lhs)} = {text(equation.rhs)}.")
    return None


def term_by_term(product: Expr) -> Expr:
    """(a + b)/c as a/c + b/c: a product with a bracket in it; other formulas as they are."""
    brackets = [f for f in Mul.make_args(product) if isinstance(f, Add)]
    if len(brackets) != 1:
        return product
    rest = Mul(*(f for f in Mul.make_args(product) if f is not brackets[0]))
    return product if rest == 1 else Add(*(rest * term for term in brackets[0].args))


def _says_more(rhs: Expr) -> bool:
    """Whether a gradient's formula is longer than its name: a sum, a condition, several values."""
    return rhs.has(Condition, Reduction) or count_terms(rhs) >= _SEVERAL


def is_known(expression: Expr) -> bool:
    """Whether a formula is another tensor's gradient or its negative."""
    return isinstance(expression.as_coeff_Mul()[1], Read)


def _example() -> Example:
    n, N = Index("n"), Size("N")
    r, x, s = read("r", n), read("x", n), read("s")
    known = Equation("dL/dv", (n,), -r * x / s, ((n, N),))
    return Example(r * x / s, -read("dL/dv", n), Given(extents={n: N}, gradients={"v": known}))


KNOWN_GRADIENT = Rule(
    "known gradient",
    "a formula that equals a known gradient is written as that gradient",
    "It has a name and is computed already.",
    as_known,
    _example,
    seen="derive triplet_loss --steps",
)
