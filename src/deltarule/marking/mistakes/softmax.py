"""Softmax: its slope left out, as if its output were the scores themselves."""

from __future__ import annotations

from collections.abc import Iterator

from deltarule.expressions.gradient_names import GradientName
from deltarule.expressions.nodes import read
from deltarule.marking.mistakes.again import is_softmax
from deltarule.marking.mistakes.changed import consumers
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.spelling.names import pretty


def softmax_lost(context: Context) -> Iterator[Wrong]:
    """∂E/∂p stands for ∂E/∂z, where p is the softmax of z."""
    own = GradientName.parse(context.line.quantity)
    if own is None:
        return
    for equation in consumers(context):
        upstream = str(own.by(equation.name))
        same = context.shapes.get(upstream) == context.shapes.get(context.line.quantity)
        if is_softmax(equation.rhs) and upstream in context.shapes and same:
            yield Wrong(
                "slope lost",
                4.2,
                read(upstream, *context.equation.indices),
                f"the slope of softmax is missing: {pretty(upstream)} stands where "
                f"{pretty(context.line.quantity)} belongs",
            )


ROWS = (softmax_lost,)
