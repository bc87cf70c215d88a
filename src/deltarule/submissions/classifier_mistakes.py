"""Mistakes behind the last layer: the label's own entry, softmax, weights updated too early."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Integer, Rational

from deltarule.expressions.conditions import Equal
from deltarule.expressions.functions import exp
from deltarule.expressions.gradient_names import GradientName, is_gradient
from deltarule.expressions.nodes import (
    Delta,
    LogSumExp,
    Read,
    Sum,
    index_names,
    read,
    reads,
    tensor_name,
)
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.symbols import fresh
from deltarule.marking.mistakes import Context, Wrong
from deltarule.marking.mistakes.again import is_softmax
from deltarule.marking.mistakes.positions import sites
from deltarule.networks.equations import Equation
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text

#: Learning rates that weights may have been updated with before they are used once more.
RATES = tuple(Rational(1, n) for n in (1, 2, 10, 100, 1000, 10000))


def label_lost(context: Context) -> Iterator[Wrong]:
    """The entry of the label treated as all others: p where p − [c = t] belongs."""
    for site in sites(context.equation.rhs):
        node = site.node
        case = isinstance(node, Sum) and not node.ranges and _at_the_label(node)
        if isinstance(node, Delta) or case:
            words = f"{text(node)} is lost: the entry of the label, the correct class, is treated"
            yield Wrong("label lost", 4.1, site.replaced(Integer(0)), f"{words} as all others")


def _at_the_label(node: Sum) -> bool:
    """Whether it counts at the place of a label alone: [c = t[n]]."""
    return any(isinstance(c, Equal) and any(map(reads, c.args)) for c in node.conditions)


def softmax_slope(context: Context) -> Iterator[Wrong]:
    """p·(1 − p) behind a cross-entropy, of which p − t is the gradient by the scores already."""
    own = GradientName.parse(context.line.quantity)
    for equation in context.network.equations if own is not None else ():
        node = equation.rhs
        if not isinstance(node, LogSumExp) or own is None or not isinstance(node.body, Read):
            continue
        if tensor_name(node.body) != own.wrt:
            continue
        p = _probability(equation, node, context.equation)
        if p is not None:
            words = "the slope p·(1 − p) of softmax is multiplied again: p − t has it already"
            yield Wrong("slope twice", 4.2, context.equation.rhs * p * (1 - p), words)


def _probability(equation: Equation, node: LogSumExp, line: Equation) -> Expr | None:
    """exp(z[n, c] − l[n]) at a line's own indices."""
    body = node.body
    if not isinstance(body, Read) or len(body.indices) != len(line.indices):
        return None
    table = dict(zip(body.indices, line.indices, strict=True))
    kept = [table.get(i) for i in equation.indices]
    if None in kept:
        return None
    score = read(tensor_name(body), *line.indices)
    return exp(score - read(equation.name, *(i for i in kept if i is not None)))


def softmax_itself_lost(context: Context) -> Iterator[Wrong]:
    """The scores where their softmax belongs."""
    rhs = context.equation.rhs
    if is_gradient(context.line.quantity):
        return
    stable = isinstance(rhs, exp) and any(
        e.name in map(tensor_name, reads(rhs)) and isinstance(e.rhs, LogSumExp)
        for e in context.network.equations
    )
    if not stable and not is_softmax(rhs):
        return
    for access in reads(rhs):
        if tuple(access.indices) == tuple(context.equation.indices):
            name = pretty(context.line.quantity)
            words = f"softmax is lost: {text(access)}, the scores, stand where {name} belongs"
            yield Wrong("softmax lost", 4.0, access, words)
            return


def updated_too_early(context: Context) -> Iterator[Wrong]:
    """The error sent back through weights that are updated already."""
    if context.line.phase != "backward":
        return
    for access in dict.fromkeys(reads(context.equation.rhs)):
        name = tensor_name(access)
        tensor = context.network.tensors.get(name)
        if tensor is None or tensor.role != "parameter" or len(tensor.axes) < 2:
            continue
        own = next((line for n, line in context.lines.items() if _is_of(n, name)), None)
        if own is None or own.quantity == context.line.quantity:
            continue
        taken = index_names(context.equation.rhs) | {i.name for i in context.equation.indices}
        for slope in _slopes(own.equation, access, taken):
            for rate in RATES:
                formula = replace_reads(
                    context.equation.rhs,
                    lambda a, o=access, s=slope, r=rate: a - r * s if a == o else a,
                )
                words = (
                    f"the error is sent back through the already updated {pretty(name)}, "
                    f"by a learning rate of {float(rate):g}"
                )
                yield Wrong("updated weights used", 4.8, formula, words)


def _is_of(line: str, tensor: str) -> bool:
    gradient = GradientName.parse(line)
    return gradient is not None and gradient.wrt == tensor


def _slopes(equation: Equation, access: Read, taken: set[str]) -> Iterator[Expr]:
    """The gradient at the place of an access, and without its penalty; indices have new names."""
    if len(equation.indices) != len(access.indices):
        return
    yield read(equation.name, *access.indices)
    table = dict(zip(equation.indices, access.indices, strict=True))
    terms = Add.make_args(equation.rhs)
    sums = [t for t in terms if isinstance(t, Sum)]
    if 0 < len(sums) < len(terms):
        yield Add(*(_renamed(substitute(t, table), taken) for t in sums))


def _renamed(node: Expr, taken: set[str]) -> Expr:
    """A sum with bound indices that are named like no others."""
    if not isinstance(node, Sum):
        return node
    table = {i: fresh(i.name, taken) for i, _ in node.ranges}
    conditions = [substitute(c, table) for c in node.conditions]
    ranges = [(table[i], n) for i, n in node.ranges]
    return Sum(substitute(node.body, table), ranges, conditions)


CLASSIFIER_ROWS = (label_lost, softmax_slope, softmax_itself_lost, updated_too_early)
