"""Penalties: weights that are not squared, a bias that is kept small too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Add, Expr, Pow

from deltarule.expressions.gradient_names import GradientName
from deltarule.expressions.nodes import Sum, read, reads
from deltarule.expressions.symbols import fresh
from deltarule.marking.mistakes.changed import Change, through, wherever_it_is_used
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.marking.mistakes.positions import reductions_in, sites
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text


def penalty(context: Context) -> Iterator[Wrong]:
    """λ·ΣW for λ·ΣW², and the penalty of the weights put on a bias too."""
    yield from wherever_it_is_used(context, _not_squared)
    own = GradientName.parse(context.line.quantity)
    rhs = context.equation.rhs
    for equation in context.network.equations:
        inner = None if _penalised(context, equation) is None else _sum(equation.rhs)
        if inner is None:
            continue
        free = _not_penalised(context)
        if context.line.quantity == equation.name and len(free) > 1:
            more = Add(*(_put_on(equation.rhs, inner, other) for other in free))
            words = f"{', '.join(pretty(t.name) for t in free)} are kept small too, as if the "
            words += "penalty were on them"
            yield Wrong("bias regularised", 4.1, rhs + more, words)
        for other in free:
            more = _put_on(equation.rhs, inner, other)
            words = f"{pretty(other.name)} is kept small too, as if the penalty were on it"
            if context.line.quantity == equation.name:
                yield Wrong("bias regularised", 4.0, rhs + more, words)
            if own is None or other is not context.network.tensors.get(own.wrt):
                continue
            if str(own.by(equation.name)) in context.shapes or own.of == equation.name:
                further = through(context, [replace(equation, rhs=more)])
                if further is not None:
                    yield Wrong("bias regularised", 4.0, rhs + further, words)


def _penalised(context: Context, equation: Equation) -> str | None:
    """The parameter of which an equation is a penalty: one number, from this parameter alone."""
    names = equation.read_names()
    tensors = context.network.tensors
    if (
        equation.indices
        or len(names) != 1
        or _sum(equation.rhs) is None
        or (len(set(reads(equation.rhs))) != 1)
    ):
        return None
    (name,) = names
    return name if tensors[name].role == "parameter" else None


def _sum(formula: Expr) -> Sum | None:
    """The only sum of a formula."""
    found = [node for node in reductions_in(formula) if isinstance(node, Sum)]
    return found[0] if len(found) == 1 else None


def _not_penalised(context: Context) -> list[Tensor]:
    """The parameters without a penalty."""
    as_printed = {_penalised(context, e) for e in context.network.equations}
    return [
        t
        for t in context.network.tensors.values()
        if t.role == "parameter" and t.name not in as_printed and t.axes
    ]


def _put_on(formula: Expr, inner: Sum, tensor: Tensor) -> Expr:
    """A penalty, which is one sum, of another parameter."""
    taken: set[str] = set()
    ranges = []
    for length in tensor.axes:
        ranges.append((fresh("k", taken), length))
        taken.add(ranges[-1][0].name)
    (old,) = set(reads(inner.body))
    body = inner.body.xreplace({old: read(tensor.name, *(i for i, _ in ranges))})
    return formula.xreplace({inner: Sum(body, ranges)})


def _not_squared(context: Context, equation: Equation) -> Iterator[Change]:
    if _penalised(context, equation) is None:
        return
    for site in sites(equation.rhs):
        if isinstance(site.node, Pow) and site.node.args[1] == 2:
            base = site.node.args[0]
            yield Change(
                "power",
                4.2,
                site.replaced(base),
                f"{text(base)} is not squared in the penalty",
                forward=False,
            )


ROWS = (penalty,)
