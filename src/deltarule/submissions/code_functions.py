"""Mistakes of code in functions and masks: another function, a mask turned over, a factor too much.

They rewrite lines as the mistakes of `marking.mistakes` do, for every derivation alike.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Mul, Pow

from deltarule.expressions.choices import Choose
from deltarule.expressions.conditions import Positive
from deltarule.expressions.functions import Elementwise, relu
from deltarule.expressions.gradient_names import GradientName
from deltarule.expressions.nodes import (
    Max,
    Selection,
    Sum,
    free_indices,
    free_symbols,
    read,
    reads,
    tensor_name,
)
from deltarule.expressions.rebuild import read_at, with_body
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.symbols import Attribute, Size
from deltarule.expressions.window_axis import window_axis
from deltarule.marking.mistakes import Context, Wrong
from deltarule.marking.mistakes.changed import Change, wherever_it_is_used
from deltarule.marking.mistakes.overwritten import overwritten
from deltarule.marking.mistakes.positions import sites
from deltarule.networks.equations import Equation
from deltarule.spelling.text import text


def another_function(context: Context) -> Iterator[Wrong]:
    """The square of a ReLU, an absolute value for a square, values for a mask."""
    for site in sites(context.equation.rhs):
        node = site.node
        if isinstance(node, Elementwise) and node.row.name == "relu":
            yield Wrong("power", 4.8, site.replaced(node**2), f"{text(node)} is squared")
        elif isinstance(node, Pow) and node.args[1] == 2:
            base = node.args[0]
            absolute = Choose(Positive(base), base, -base)
            words = f"the absolute value of {text(base)} stands for its square"
            yield Wrong("another function", 5.0, site.replaced(absolute), words)
        elif isinstance(node, Choose) and isinstance(node.args[0], Positive):
            inside = node.args[0].args[0]
            if node.args[1:] == (1, 0):
                words = f"the values {text(inside)} stand in the place of their mask"
                yield Wrong("values for a mask", 4.8, site.replaced(relu(inside)), words)


def maximum(context: Context) -> Iterator[Wrong]:
    """The smallest chosen for the largest; maxima that never go below 0."""
    rhs = context.equation.rhs
    if isinstance(rhs, Selection):
        least = with_body(rhs.maximum, -rhs.maximum.body)
        words = "the gradient goes to the smallest (the minimum), not to the largest"
        yield Wrong("smallest for the largest", 4.5, Selection(least, rhs.args[1]), words)
        return
    for site in sites(rhs):
        if isinstance(site.node, Max):
            words = "the maximum is never below 0: it starts from 0, not from the first entry"
            yield Wrong("maximum from 0", 4.7, site.replaced(relu(site.node)), words)


def extra_factor(context: Context) -> Iterator[Wrong]:
    """A factor beside an upstream gradient that does not belong there."""
    tensors, rhs = context.network.tensors, context.equation.rhs
    for access in dict.fromkeys(reads(rhs)):
        gradient = GradientName.parse(tensor_name(access))
        own = tensors.get(gradient.wrt) if gradient is not None else None
        if own is None:
            continue
        for other in tensors.values():
            if other.axes != own.axes or other.integral or other.name not in context.shapes:
                continue
            beside = read(other.name, *access.indices)
            formula = replace_reads(rhs, lambda a, o=access, b=beside: a * b if a == o else a)
            words = f"{text(beside)} stands beside {text(access)}: a factor too much"
            yield Wrong("factor too much", 5.2, formula, words)


def alone(context: Context) -> Iterator[Wrong]:
    """One of the values that it is made of, returned as it is."""
    rhs, own = context.equation.rhs, context.equation.indices
    for access in dict.fromkeys(reads(rhs)):
        if access == rhs or tuple(access.indices) != tuple(own):
            continue
        rest = rhs / access if isinstance(rhs, Mul) else None
        said = f"the factor {text(rest)} is missing" if rest is not None else "all else is missing"
        yield Wrong("all else lost", 4.3, access, f"{text(access)} stands alone: {said}")


def factor_of_a_read_value(context: Context) -> Iterator[Wrong]:
    """A value read without one of its factors: x − μ where x̂ = (x − μ)/√(v + ε) belongs."""
    equation, made = context.equation, {e.name: e for e in context.network.equations}
    for access in dict.fromkeys(reads(equation.rhs)):
        own = made.get(tensor_name(access))
        if own is None or not isinstance(own.rhs, Mul) or own.subscripts != own.indices:
            continue
        formula = own.rhs_at(access)
        for factor in Mul.make_args(formula):
            rest = formula / factor
            if not reads(rest) or not reads(factor):
                continue
            words = f"{text(rest)} stands where {text(access)} belongs: {text(factor)} is lost"
            changed = replace_reads(equation.rhs, lambda a, o=access, r=rest: r if a == o else a)
            yield Wrong("factor lost", 4.9, changed, words)


def divided_term(context: Context) -> Iterator[Wrong]:
    """One term of a sum divided by a number by which another one is."""
    rhs = context.equation.rhs
    if not isinstance(rhs, Add):
        return
    numbers = [s for s in free_symbols(rhs) if isinstance(s, Size) and not isinstance(s, Attribute)]
    for number in sorted(numbers, key=str):
        for term in rhs.args:
            others = Add(*(t for t in rhs.args if t is not term))
            words = f"the term {text(term)} is divided by {text(number)} too"
            yield Wrong("constant factor", 5.3, others + term / number, words)


def place_lost(context: Context) -> Iterator[Wrong]:
    """Places within a window taken for places of the whole."""
    yield from wherever_it_is_used(context, _within_the_window)


def _within_the_window(context: Context, equation: Equation) -> Iterator[Change]:
    table = {}
    for access in reads(equation.rhs):
        for subscript in access.indices:
            inside = free_indices(subscript)
            axis = window_axis(subscript, equation.indices, inside)
            if axis is not None and axis.moving and axis.within:
                moved = subscript - sum(n * factor for factor, n in axis.moving.items())
                table[subscript] = moved.expand()
    if table:
        formula = replace_reads(
            equation.rhs, lambda a: read_at(a, (table.get(s, s) for s in a.indices))
        )
        words = "the place of the window is lost: every window counts as the first one"
        yield Change("window lost", 4.6, formula, words)


def overwritten_wholly(context: Context) -> Iterator[Wrong]:
    """Assignment in the innermost loop: of all windows and all summed indices the last counts."""
    own = set(context.equation.indices)
    for wrong in overwritten(context):
        node = wrong.formula
        if not isinstance(node, Sum):
            continue
        tied = {i for c in node.conditions if free_indices(c) & own for i in free_indices(c)}
        table = {i: n - 1 for i, n in node.ranges if i not in tied and context.extent(n) > 1}
        if table:
            rest = [r for r in node.ranges if r[0] not in table]
            formula = Sum(substitute(node.body, table), rest, node.conditions)
            named = ", ".join(text(i) for i in table)
            yield Wrong(
                wrong.kind, 4.6, formula, f"{wrong.words}; of {named}, too, only the last counts"
            )


FUNCTION_ROWS = (
    another_function,
    maximum,
    extra_factor,
    alone,
    factor_of_a_read_value,
    divided_term,
    place_lost,
    overwritten_wholly,
)
