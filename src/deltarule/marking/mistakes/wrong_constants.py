"""Constants: the slope below zero, β or ε misremembered, or one taken for another one."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Basic, Expr, Integer, Rational

from deltarule.expressions.functions import Elementwise
from deltarule.expressions.nodes import Choose, Positive
from deltarule.expressions.symbols import Rate, Scalar
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.marking.mistakes.positions import sites
from deltarule.spelling.text import text

KIND = "constant misremembered"

#: What people take for the slope of a leaky ReLU, or for how much of a running mean is kept.
USUAL = tuple(Rational(v) for v in ("0.01", "0.1", "0.2", "0.3", "0.5", "0.9", "0.99", "0.999"))
#: What they take for an ε, and below which value a constant is one.
USUALLY_SMALL = tuple(Rational(v) for v in ("1e-3", "1e-5", "1e-6", "1e-8"))
SMALL = Rational(1, 500)


def scalar(context: Context) -> Iterator[Wrong]:
    """Another value for α, β, μ or ε; its rest 1 − β; another one of these constants."""
    rhs = context.equation.rhs
    own = _scalars(rhs)
    if not own:
        return
    everywhere = {s for line in context.lines.values() for s in _scalars(line.equation.rhs)}
    for one in sorted(own, key=str):
        others = [(other, text(other)) for other in sorted(everywhere - {one}, key=str)]
        for value, words in (*_other_values(one, context.network.scalars.get(one)), *others):
            said = f"{text(one)} is taken as {words}"
            yield Wrong(KIND, 4.8, rhs.xreplace({one: value}), said)
            also = _in_other_lines(context, one, value)
            if also:
                yield Wrong(KIND, 4.9, rhs.xreplace({one: value}), f"{said}, everywhere", also)


def _in_other_lines(context: Context, one: Scalar, value: Expr) -> tuple[tuple[str, Expr], ...]:
    """The other lines of the same phase in which a constant stands, with the other value."""
    return tuple(
        (name, line.equation.rhs.xreplace({one: value}))
        for name, line in context.lines.items()
        if name != context.line.quantity
        and line.phase == context.line.phase
        and one in _scalars(line.equation.rhs)
    )


def _other_values(one: Scalar, value: Rational | None) -> Iterator[tuple[Expr, str]]:
    """What a constant is taken for, with the words for it; `value` is its usual one."""
    small = value is not None and abs(value) < SMALL
    yield 10 * one, "ten times as much"
    yield one / 10, "a tenth of it"
    if not small:
        yield 1 - one, text(1 - one)
        yield 1 / one, text(1 / one)
    for other in USUALLY_SMALL if small else USUAL:
        if other != value:
            yield other, _decimal(other)


def _scalars(formula: Expr) -> set[Scalar]:
    return {s for s in formula.atoms(Scalar) if not isinstance(s, Rate)}


def _decimal(value: Rational) -> str:
    return f"{float(value):g}"


def below_zero(context: Context) -> Iterator[Wrong]:
    """The branch below zero taken as nothing, as everything, or with another number."""
    for site in sites(context.equation.rhs):
        node = site.node
        if isinstance(node, Choose) and isinstance(node.args[0], Positive):
            condition, then, otherwise = node.args
            if otherwise.is_number and otherwise in (0, -1):
                continue
            for value in (Integer(0), then):
                yield Wrong(
                    KIND,
                    4.6,
                    site.replaced(Choose(condition, then, value)),
                    f"{text(value)} stands for {text(otherwise)} where {text(condition)} fails",
                )
        for number in _numbers(node):
            for value in (v for v in USUAL if v != number):
                yield Wrong(
                    KIND,
                    4.8,
                    site.replaced(node.xreplace({number: value})),
                    f"{_decimal(value)} stands for {text(number)}",
                )


def _numbers(node: Basic) -> list[Rational]:
    """The fractions that a function, or the choice between two slopes, is given."""
    if not isinstance(node, Elementwise | Choose):
        return []
    return [a for a in node.args[1:] if isinstance(a, Rational) and not isinstance(a, Integer)]


ROWS = (scalar, below_zero)
