"""Mistakes of code in one line: the other side of a mask, a state lost, two arrays exchanged."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from sympy import Add, Integer, Rational

from deltarule.expressions.conditions import Positive
from deltarule.expressions.functions import Elementwise, log
from deltarule.expressions.nodes import Carried, Choose, LogSumExp, Max, Sum, reads, tensor_name
from deltarule.expressions.rebuild import with_part
from deltarule.expressions.symbols import Size
from deltarule.marking.mistakes import Context, Wrong
from deltarule.marking.mistakes.positions import sites
from deltarule.marking.mistakes.reread import Reread
from deltarule.spelling.text import text

#: Slopes of a ReLU that leaks.
SLOPES = (Rational(1, 100), Rational(1, 10), Rational(1, 5))


def state_lost(context: Context) -> Iterator[Wrong]:
    """The loop begins with zeros, not with the initial state that it is given."""
    for site in sites(context.equation.rhs):
        if isinstance(site.node, Carried):
            words = f"the first state is taken for 0, not for {text(site.node.args[2])}"
            zero = with_part(site.node, 2, Integer(0))
            yield Wrong("initial state lost", 4.2, site.replaced(zero), words)


def right_class_alone(context: Context) -> Iterator[Wrong]:
    """Only the entry of the label, as if the Jacobian of softmax were diagonal."""
    rhs = context.equation.rhs
    for site in sites(rhs):
        if isinstance(site.node, Sum) and site.node.body == 1 and not site.node.ranges:
            words = "only the entry of the right class is filled, the others are 0"
            yield Wrong("right class only", 4.6, rhs * site.node, words)


def other_side(context: Context) -> Iterator[Wrong]:
    """ReLU with a slope where there is none, as its absolute value, or with its mask turned."""
    for site in sites(context.equation.rhs):
        node = site.node
        if isinstance(node, Elementwise) and node.row.name == "relu":
            (at,) = node.args
            for slope in SLOPES:
                words = (
                    f"{text(node)} is leaky: negative numbers are multiplied by {float(slope):g}"
                )
                leaky = Choose(Positive(at), at, slope * at)
                yield Wrong("leaky", 4.3, site.replaced(leaky), words)
            words = f"|{text(at)}| stands where {text(node)} belongs"
            yield Wrong("absolute value", 4.3, site.replaced(Choose(Positive(at), at, -at)), words)
        if type(node) is Choose and node.args[1:] == (1, 0):
            condition = node.args[0]
            for slope in SLOPES:
                words = (
                    f"the slope is {float(slope):g}, not 0, where {text(condition)} does not hold"
                )
                leaky = Choose(condition, Integer(1), slope)
                yield Wrong("leaky", 4.3, site.replaced(leaky), words)
            words = f"the mask is turned: it passes where {text(condition)} does not hold"
            turned = Choose(condition, Integer(0), Integer(1))
            yield Wrong("mask turned", 4.7, site.replaced(turned), words)
            if isinstance(condition, Positive):
                below = Choose(Positive(-condition.args[0]), Integer(1), Integer(0))
                yield Wrong("mask turned", 4.7, site.replaced(below), words)


def exchanged_in_line(context: Context) -> Iterator[Wrong]:
    """Two tensors in each other's place, everywhere in a line."""
    equation = context.equation
    places = dict.fromkeys(reads(equation.rhs))
    for one, two in combinations(places, 2):
        names = tensor_name(one), tensor_name(two)
        if names[0] != names[1] and one.indices == two.indices:
            yield Wrong(
                "exchanged in a line",
                4.7,
                Reread(equation, {one: two, two: one}),
                f"{text(one)} and {text(two)} stand in each other's place",
            )


def base_10(context: Context) -> Iterator[Wrong]:
    """log₁₀ for log in log Σ exp, before or behind the largest number is subtracted."""
    for site in sites(context.equation.rhs):
        node = site.node
        if isinstance(node, LogSumExp):
            largest = Max(node.body, node.ranges, node.conditions)
            words = "the logarithm is taken to base 10, where the natural one belongs"
            for kept in (largest, Integer(0)):
                wrong = kept + (node - kept) / log(Integer(10))
                yield Wrong("base 10", 4.4, site.replaced(wrong), words)


def one_term_scaled(context: Context) -> Iterator[Wrong]:
    """A size by which one term of several is multiplied or divided, and should not be."""
    for site in sites(context.equation.rhs):
        if not isinstance(site.node, Add):
            continue
        for size in sorted(site.node.atoms(Size), key=str):
            for term in site.node.args:
                for factor, verb in ((size, "multiplied"), (1 / size, "divided")):
                    words = f"the term {text(term)} is {verb} by {text(size)}"
                    words += " too much, as a sum for a mean" if verb == "multiplied" else ""
                    words += ", which it should not be" if verb == "divided" else ""
                    changed = site.replaced(site.node - term + term * factor)
                    yield Wrong("factor of one term", 4.8, changed, words)


MASK_ROWS = (
    *(other_side, exchanged_in_line, state_lost, right_class_alone),
    *(base_10, one_term_scaled),
)
