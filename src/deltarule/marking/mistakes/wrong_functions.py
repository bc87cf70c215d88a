"""Functions: another sign in an exponent, a logarithm to another base, σ applied too early."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Integer

from deltarule.expressions.functions import Elementwise, exp, log
from deltarule.expressions.nodes import Read, tensor_name, walk
from deltarule.expressions.rebuild import with_part
from deltarule.marking.mistakes.changed import Change, wherever_it_is_used
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.marking.mistakes.positions import sites
from deltarule.networks.equations import Equation
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text


def exponent(context: Context) -> Iterator[Wrong]:
    """σ with e^(+s), exponentials with the other sign."""
    rhs = context.equation.rhs
    if context.line.phase not in ("forward", "error"):
        return
    for site in sites(rhs):
        if isinstance(site.node, Elementwise) and site.node.row.name == "sigmoid":
            inside = site.node.args[0]
            yield Wrong(
                "sign in the exponent",
                3.9,
                site.replaced(with_part(site.node, 0, -inside)),
                f"σ is taken with e^(+{text(inside)}), not with e^(−{text(inside)})",
            )
    powers = {node for node in walk(rhs) if isinstance(node, exp)}
    if powers:
        yield Wrong(
            "sign in the exponent",
            4.5,
            rhs.xreplace({p: exp(-p.args[0]) for p in powers}),
            "the exponent has the wrong sign",
        )


def logarithm(context: Context) -> Iterator[Wrong]:
    """log₁₀ or log₂ for the natural logarithm, in the value and in its gradients."""
    yield from wherever_it_is_used(context, _to_another_base)


def _to_another_base(context: Context, equation: Equation) -> Iterator[Change]:
    found = {node for node in walk(equation.rhs) if isinstance(node, log)}
    if found:
        for base, symbol in ((10, "log₁₀"), (2, "log₂")):
            table = {node: node / log(Integer(base)) for node in found}
            yield Change(
                "another logarithm",
                4.5,
                equation.rhs.xreplace(table),
                f"{symbol} is taken, not the natural logarithm",
            )


def applied_early(context: Context) -> Iterator[Wrong]:
    """The output of an activation given for its sum: h for s."""
    for equation in context.network.equations:
        rhs = equation.rhs
        if not isinstance(rhs, Elementwise) or not isinstance(rhs.args[0], Read):
            continue
        if (
            tensor_name(rhs.args[0]) == context.line.quantity
            and rhs.args[0] != context.equation.rhs
        ):
            yield Wrong(
                "s and h exchanged",
                4.5,
                with_part(rhs, 0, context.equation.rhs),
                f"{pretty(equation.name)} is given where {pretty(context.line.quantity)} belongs",
            )


ROWS = (exponent, logarithm, applied_early)
