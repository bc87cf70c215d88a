"""Windows that are wrong along one axis alone: its stride, its width, or what it moves by."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from sympy import Expr

from deltarule.expressions.rebuild import outermost, with_extents
from deltarule.expressions.window_axis import WindowAxis
from deltarule.marking.mistakes import Context, Wrong
from deltarule.marking.mistakes.changed import Change, wherever_it_is_used
from deltarule.marking.mistakes.positions import reductions_in
from deltarule.marking.mistakes.windows import sliding_subscripts, with_subscripts, without_number
from deltarule.networks.equations import Equation
from deltarule.spelling.text import text


def uneven_window(context: Context) -> Iterator[Wrong]:
    """A window wrong along one axis, or that moves by its own width."""
    yield from wherever_it_is_used(context, _changes)


def _changes(context: Context, equation: Equation) -> Iterator[Change]:
    sliding = sliding_subscripts(equation)
    # A transposed window moves the other way, i − S·k: its width is no stride.
    turned = (n for a in sliding.values() for n in (*a.moving.values(), *a.within.values()))
    if not sliding or any(n.could_extract_minus_sign() for n in turned):
        return
    widths = {i: n for node in reductions_in(equation.rhs) for i, n in node.ranges}
    if len(sliding) > 1:
        yield from _lost_along_one(context, equation, sliding)
        yield from _square(context, equation, sliding)
    moved = {s: _moved_by(a, widths) for s, a in sliding.items()}
    if all(m is not None and m != s for s, m in moved.items()):
        words = "the window moves by its own width, where it should move by the stride"
        rhs = with_subscripts(equation.rhs, {s: m for s, m in moved.items() if m is not None})
        yield Change("another stride", 4.4, rhs, words)


def _lost_along_one(
    context: Context, equation: Equation, sliding: dict[Expr, WindowAxis]
) -> Iterator[Change]:
    for subscript, axis in sliding.items():
        for name, kept in (("stride", 1), ("dilation", 1), ("padding", 0)):
            moved = without_number(context, subscript, axis, name, kept)
            if moved is not None:
                rhs = with_subscripts(equation.rhs, {subscript: moved})
                words = f"the {name} is lost along one axis, in {text(subscript)}, and not along "
                yield Change(f"{name} lost", 4.5, rhs, f"{words}the other")


def _moved_by(axis: WindowAxis, widths: dict) -> Expr | None:
    """The subscript of a window that moves by its width."""
    if not axis.one_of_each or axis.divisor != 1 or axis.k not in widths:
        return None
    return (axis.subscript + (widths[axis.k] - axis.a) * axis.i).expand()


def _square(
    context: Context, equation: Equation, sliding: dict[Expr, WindowAxis]
) -> Iterator[Change]:
    """The width of the window along one axis taken for that along another."""
    taps = {k for axis in sliding.values() for k in axis.within}
    for node in reductions_in(equation.rhs):
        for own, other in permutations([r for r in node.ranges if r[0] in taps], 2):
            if context.extent(own[1]) == context.extent(other[1]):
                continue
            square = with_extents(node, {own[0]: other[1]})
            rhs = outermost(equation.rhs, {node: square}.get)
            words = f"the window runs to {text(other[1])} along {text(own[0])}, not to "
            words += f"{text(own[1])}: it is taken for a square"
            yield Change("square window", 4.5, rhs, words)


UNEVEN_ROWS = (uneven_window,)
