"""The formulas of a derivation in LaTeX, each as a piece of mathematics."""

from __future__ import annotations

from collections.abc import Iterator

from deltarule.calculus.steps import Derivation
from deltarule.pages.embedded_html import derivation_aligned
from deltarule.reports.latex_alphabet import latex


def formulas(derivation: Derivation) -> Iterator[str]:
    """The equations, every step of every gradient, and the closed forms as a notebook has them."""
    for equation in derivation.network.equations:
        yield f"{latex(equation.lhs)} = {latex(equation.rhs)}"
    for gradient in derivation.gradients.values():
        yield from (f"{latex(left)} = {latex(right)}" for left, right in gradient.lines)
        sides = dict.fromkeys(s for step in gradient.steps for s in (step.before, step.after))
        yield from map(latex, sides)
    yield derivation_aligned(derivation).strip("$")
