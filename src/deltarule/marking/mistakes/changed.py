"""Forward equations changed on purpose, and what the backward pass then comes to.

Who goes back through a convolution without its stride differentiates another equation than the one
that was used. So one rewritten forward equation stands for a mistake in every gradient behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sympy import Expr

from deltarule.calculus.plain_gradients import plain_gradient
from deltarule.errors import DeltaruleError
from deltarule.expressions.gradient_names import GradientName
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.networks.equations import Equation


@dataclass(frozen=True)
class Change:
    """A forward equation with another right-hand side; `forward` if it changes its value."""

    kind: str
    cost: float
    rhs: Expr
    words: str
    forward: bool = True


#: What changes one forward equation.
Changes = Callable[[Context, Equation], Iterator[Change]]


def wherever_it_is_used(context: Context, changes: Changes) -> Iterator[Wrong]:
    """The changed equations in the line itself, or in the gradient that goes through them."""
    own = context.equation
    if context.line.phase in ("forward", "error"):
        if own in context.network.equations:
            for change in changes(context, own):
                if change.forward:
                    yield Wrong(change.kind, change.cost, change.rhs, change.words)
        return
    used = consumers(context)
    for position, equation in enumerate(used):
        for change in changes(context, equation):
            other = replace(equation, rhs=change.rhs)
            formula = through(context, [*used[:position], other, *used[position + 1 :]])
            if formula is not None:
                yield Wrong(change.kind, change.cost, formula, change.words)


def consumers(context: Context) -> list[Equation]:
    """The forward equations through which a gradient comes; none if the line is no gradient."""
    own = GradientName.parse(context.line.quantity)
    tensor = context.network.tensors.get(own.wrt) if own is not None else None
    if own is None or tensor is None or len(tensor.axes) != len(context.equation.indices):
        return []
    return [
        e
        for e in context.network.equations
        if own.wrt in e.read_names() and str(own.by(e.name)) in context.shapes
    ]


def through(context: Context, equations: list[Equation]) -> Expr | None:
    """The gradient if the tensor were read by these equations; None if there is no formula."""
    own = GradientName.parse(context.line.quantity)
    if own is None or not equations:
        return None
    try:
        return plain_gradient(context.network, own.wrt, own.of, context.equation.indices, equations)
    except (DeltaruleError, ValueError, TypeError):
        return None
