"""Slopes taken once more: behind a loss that has dealt with them, or of another layer."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Mul, Pow

from deltarule.expressions.functions import Elementwise, exp
from deltarule.expressions.gradient_names import is_gradient, tensor_of
from deltarule.expressions.nodes import (
    Choose,
    LogSumExp,
    Positive,
    Read,
    Sum,
    read,
    reads,
    tensor_name,
)
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.marking.mistakes.activation_slopes import Slope, slope_of, slopes_in
from deltarule.marking.mistakes.changed import consumers
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.marking.mistakes.positions import sites
from deltarule.networks.equations import Equation
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text


def slope_again(context: Context) -> Iterator[Wrong]:
    """a(1 − a) behind a cross-entropy that has taken it in already."""
    rhs = context.equation.rhs
    for equation in _behind(context):
        if equation.subscripts != equation.indices:
            continue
        table = dict(zip(equation.indices, context.equation.indices, strict=False))
        if len(table) != len(context.equation.indices):
            continue
        local = _slope(context, equation)
        if local is None:
            continue
        placed = substitute(local, table)
        if isinstance(placed, Choose) and placed.args[1:] == (1, 0):
            continue  # a mask is the same however often it is multiplied
        if placed != 1 and not _has(rhs, placed):
            yield Wrong(
                "slope twice",
                4.0,
                rhs * placed,
                f"multiplied again by the slope {text(placed)}, which is in the difference already",
            )


def _behind(context: Context) -> list[Equation]:
    """What the gradient comes through, and a softmax of the same values beside it."""
    name = tensor_of(context.line.quantity)
    used = consumers(context)
    beside = [
        e
        for e in context.network.equations
        if used and e not in used and name in e.read_names() and _stable(context, e.rhs)
    ]
    return [*used, *beside]


def _stable(context: Context, formula: Expr) -> bool:
    """exp(z[c] − l), where l is log Σ exp(z) in a line of its own."""
    lines = {e.name: e.rhs for e in context.network.equations}
    return isinstance(formula, exp) and any(
        isinstance(lines.get(tensor_name(a)), LogSumExp) for a in reads(formula)
    )


def _slope(context: Context, equation: Equation) -> Expr | None:
    """The slope of an activation, or the diagonal of a softmax's Jacobian."""
    value = read(equation.name, *equation.indices)
    rhs = equation.rhs
    if isinstance(rhs, Elementwise) and isinstance(rhs.args[0], Read):
        return slope_of(rhs, equation.lhs)
    if is_softmax(rhs) or _stable(context, rhs):
        return value * (1 - value)
    return None


def is_softmax(formula: Expr) -> bool:
    """exp(z[c])/Σ_k exp(z[k]), or exp(z[c] − log Σ exp)."""
    if isinstance(formula, exp):
        return any(
            isinstance(a, LogSumExp) or -a in formula.args[0].args
            for a in formula.args[0].atoms(LogSumExp)
        )
    if not isinstance(formula, Mul):
        return False
    sums = [
        f.args[0]
        for f in formula.args
        if isinstance(f, Pow) and f.args[1] == -1 and isinstance(f.args[0], Sum)
    ]
    tops = [f for f in formula.args if isinstance(f, exp)]
    return (
        len(sums) == len(tops) == 1
        and isinstance(sums[0].body, exp)
        and bool(
            {tensor_name(r) for r in reads(tops[0])} & {tensor_name(r) for r in reads(sums[0])}
        )
    )


def _has(formula: Expr, factor: Expr) -> bool:
    """Whether a formula is a product with all factors of another one."""
    own = set(Mul.make_args(formula))
    return bool(reads(factor)) and set(Mul.make_args(factor)) <= own


def slope_elsewhere(context: Context) -> Iterator[Wrong]:
    """The slope of another layer's activation, and a ReLU's mask from the upstream gradient."""
    activations = [
        e
        for e in context.network.equations
        if isinstance(e.rhs, Elementwise) and isinstance(e.rhs.args[0], Read)
    ]
    for site in sites(context.equation.rhs):
        if not isinstance(site.node, Mul):
            continue
        for found in slopes_in(site.node, context):
            for kind, formula, words in _of_another(context, found, activations):
                yield Wrong(kind, 4.5, site.replaced(formula), words)


def _of_another(
    context: Context, found: Slope, activations: list[Equation]
) -> Iterator[tuple[str, Expr, str]]:
    inside, output = found.inside, found.output
    for other in activations:
        if other.name == found.owner or type(other.rhs) is not type(found.function):
            continue
        names = {inside: tensor_name(other.rhs.args[0])} if isinstance(inside, Read) else {}
        table = _instead(context, names | ({output: other.name} if found.owner else {}))
        if table is not None:
            yield (
                "slope at the wrong layer",
                found.rest * replace_reads(found.local, lambda a, t=table: t.get(a, a)),
                f"the slope is that of {pretty(other.name)}, not of "
                f"{pretty(found.owner) if found.owner else text(output)}",
            )
    if not found.local.has(output):
        for upstream in (r for r in reads(found.rest) if is_gradient(tensor_name(r))):
            yield (
                "slope at the wrong place",
                found.rest
                * replace_reads(found.local, lambda a, u=upstream: u if a == inside else a),
                f"the slope is taken of {text(upstream)}, not of {text(inside)}",
            )


def _instead(context: Context, names: dict[Expr, str]) -> dict[Expr, Expr] | None:
    """Other tensors read where these are, if their shapes are alike."""
    table = {}
    for access, other in names.items():
        if context.shapes.get(other) != context.shapes.get(tensor_name(access)):
            return None
        table[access] = read(other, *access.indices)
    return table


def slopes_exchanged(context: Context) -> Iterator[Wrong]:
    """A leaky slope on the wrong side of zero."""
    for site in sites(context.equation.rhs):
        node = site.node
        if isinstance(node, Choose) and isinstance(node.args[0], Positive):
            condition, then, otherwise = node.args
            yield Wrong(
                "slopes exchanged",
                4.5,
                site.replaced(Choose(condition, otherwise, then)),
                f"{text(then)} and {text(otherwise)} are exchanged: each stands on the wrong side "
                "of zero",
            )


ROWS = (slope_again, slope_elsewhere, slopes_exchanged)
