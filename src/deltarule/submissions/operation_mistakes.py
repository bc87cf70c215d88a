"""Another operation in a forward line: a product for a sum, a difference turned, ReLU too much."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from sympy import Add, Expr, Mul, Pow

from deltarule.expressions.functions import Elementwise, relu, sigmoid, tanh
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import reads
from deltarule.marking.mistakes import Context, Wrong
from deltarule.marking.mistakes.positions import sites
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text

#: What is applied where nothing belongs, as people call it.
_ACTIVATIONS = {"ReLU": relu, "tanh": tanh, "the logistic function": sigmoid}


def multiplied_for_added(context: Context) -> Iterator[Wrong]:
    """Terms times one another, where they should be added."""
    if is_gradient(context.line.quantity):
        return
    for site in sites(context.equation.rhs):
        node = site.node
        if not isinstance(node, Add):
            continue
        terms = [t for t in node.args if reads(t) and not t.could_extract_minus_sign()]
        pairs = [*combinations(terms, 2), *([tuple(terms)] if len(terms) > 2 else [])]
        for several in pairs:
            rest = Add(*(t for t in node.args if t not in several))
            words = f"{_listed(several)} are multiplied, where they should be added"
            formula = site.replaced(rest + Mul(*several))
            yield Wrong("product for a sum", 4.6, formula, words)


def added_for_multiplied(context: Context) -> Iterator[Wrong]:
    """Factors added, where they should be multiplied."""
    if is_gradient(context.line.quantity):
        return
    for site in sites(context.equation.rhs):
        node = site.node
        if not isinstance(node, Mul):
            continue
        factors = [f for f in node.args if reads(f) and not isinstance(f, Pow)]
        for several in combinations(factors, 2):
            rest = Mul(*(f for f in node.args if f not in several))
            words = f"{_listed(several)} are added, where they should be multiplied"
            formula = site.replaced(rest * Add(*several))
            yield Wrong("sum for a product", 4.6, formula, words)


def difference_turned(context: Context) -> Iterator[Wrong]:
    """A difference inside a line taken the other way round: y − x + 1 for x − y + 1."""
    if is_gradient(context.line.quantity):
        return
    rhs = context.equation.rhs
    for site in sites(rhs):
        node = site.node
        if not isinstance(node, Add) or node is rhs:
            continue
        for term in (t for t in node.args if reads(t) and not t.could_extract_minus_sign()):
            for less in (t for t in node.args if reads(t) and t.could_extract_minus_sign()):
                words = f"the difference {text(term + less)} is taken the other way round"
                turned = node - 2 * term - 2 * less
                yield Wrong("difference turned", 4.6, site.replaced(turned), words)


def activation_too_much(context: Context) -> Iterator[Wrong]:
    """An activation behind a sum that has none: ReLU on the scores."""
    rhs, name = context.equation.rhs, context.line.quantity
    if is_gradient(name) or not context.equation.indices or not isinstance(rhs, (Add, Mul)):
        return
    if any(isinstance(f, Elementwise) for f in rhs.args):
        return
    for called, activation in _ACTIVATIONS.items():
        words = f"{called} is applied to {pretty(name)}, where no activation belongs"
        yield Wrong("activation too much", 5.5, activation(rhs), words)


def _listed(several: tuple[Expr, ...]) -> str:
    first, *others = map(text, several)
    return f"{', '.join([first, *others[:-1]])} and {others[-1]}"


OPERATION_ROWS = (
    *(multiplied_for_added, added_for_multiplied),
    *(difference_turned, activation_too_much),
)
