"""Softmax: its slope left out, as if its output were the scores; its shares all taken alike."""

from __future__ import annotations

from collections.abc import Iterator

from deltarule.expressions.gradient_names import GradientName
from deltarule.expressions.nodes import LogSumExp, Sum, multiply, read, reads, tensor_name, walk
from deltarule.expressions.substitution import replace_reads
from deltarule.marking.mistakes.again import is_softmax
from deltarule.marking.mistakes.changed import consumers
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text


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


def all_alike(context: Context) -> Iterator[Wrong]:
    """A plain mean where a mean by the shares of a softmax belongs: 1/T for every a[t]."""
    rhs = context.equation.rhs
    read_here = {tensor_name(r) for r in reads(rhs)}
    for equation in context.network.equations:
        if equation.name not in read_here or not is_softmax(equation.rhs):
            continue
        ranges = next(n.ranges for n in walk(equation.rhs) if isinstance(n, Sum | LogSumExp))
        number = multiply(n for _, n in ranges)
        yield Wrong(
            "shares alike",
            5.0,
            replace_reads(rhs, lambda _, n=number: 1 / n, equation.name),
            f"a plain mean: every {pretty(equation.name)} is taken as 1/{text(number)}",
        )


ROWS = (softmax_lost, all_alike)
