"""Axes taken for each other by some statistics of a line, by all its sums, and by a softmax."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sympy import Dummy, Expr

from deltarule.expressions.functions import exp
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import (
    LogSumExp,
    Max,
    Read,
    Sum,
    free_indices,
    index_names,
    read,
    reads,
    tensor_name,
)
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.symbols import Attribute, Index, Size, fresh
from deltarule.marking.mistakes import Context, Wrong
from deltarule.marking.mistakes.again import is_softmax
from deltarule.marking.mistakes.context import over_the_wrong_axis
from deltarule.marking.mistakes.other_axis import other_axes, over_axes, statistics_of
from deltarule.marking.mistakes.positions import reductions_in
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text


def one_statistic(context: Context) -> Iterator[Wrong]:
    """One statistic over another axis where the others run over their own: the mean alone."""
    found = statistics_of(context)
    forward = {n: s for n, s in found.items() if not is_gradient(n)}
    if len(forward) < 2 or context.line.phase == "backward":
        return
    for name, statistic in forward.items():
        for cost, axes in other_axes(context, statistic):
            formula = over_axes(context, context.line, {name: statistic}, axes)
            if formula is not None:
                over = ", ".join(text(statistic.place[p]) for p in sorted(axes))
                rightly = ", ".join(text(statistic.place[p]) for p in sorted(statistic.summed))
                words = over_the_wrong_axis(f"{pretty(name)} runs", "it belongs", over, rightly)
                yield Wrong("another axis", cost + 0.1, formula, words)


def all_sums(context: Context) -> Iterator[Wrong]:
    """All sums of a gradient over another axis, as many times as it is long."""
    rhs = _with_sums(context)
    sums = [n for n in reductions_in(rhs) if isinstance(n, Sum) and len(n.ranges) == 1]
    if not sums or not is_gradient(context.line.quantity):
        return
    extents = {i: n for i, n in context.equation.ranges if context.extent(n) > 1}
    for own, extent in extents.items():
        for other, length in extents.items():
            if own == other or any(n.conditions or n.ranges[0][1] != extent for n in sums):
                continue
            if not all(other in free_indices(n.body) for n in sums):
                continue
            taken = index_names(rhs) | {i.name for i in extents}
            table = {n: _moved(n, own, other, length, taken) for n in sums}
            for node, moved in table.items() if len(table) > 1 else ():
                words = over_the_wrong_axis("a mean runs", "it belongs", text(other), text(own))
                mean = _put_in(rhs, {node: moved * extent / length})
                yield Wrong("another axis", 4.5, mean, words)
            words = over_the_wrong_axis("the sums run", "they belong", text(other), text(own))
            placed = {n.xreplace({extent: length}): moved for n, moved in table.items()}
            formula = _put_in(_put_in(rhs, {extent: length}), placed)
            yield Wrong("another axis", 4.4, formula, words)
            yield Wrong("another axis", 4.6, _put_in(rhs, table), words)


def _put_in(formula: Expr, table: Mapping[Any, Expr]) -> Expr:
    return cast(Expr, formula.xreplace(table))


def another_size(context: Context) -> Iterator[Wrong]:
    """One size taken for another where it multiplies or divides: N for D."""
    rhs = context.equation.rhs
    stands = {n: Dummy() for n in reductions_in(rhs)}
    outside = _put_in(rhs, stands)
    own = sorted(outside.atoms(Size) - outside.atoms(Attribute), key=str)
    others = sorted({s for _, n in context.equation.ranges for s in n.atoms(Size)}, key=str)
    back = {dummy: node for node, dummy in stands.items()}
    for size in own:
        for other in others:
            if other != size and context.extent(other) != context.extent(size):
                formula = _put_in(_put_in(outside, {size: other}), back)
                words = f"{text(other)} stands where {text(size)} belongs"
                yield Wrong("another size", 4.6, formula, words)


def _with_sums(context: Context) -> Expr:
    """A line's formula, sums of the same arrays that it reads written out."""
    rhs = context.equation.rhs

    def written(access: Read) -> Expr:
        line = context.lines.get(tensor_name(access))
        if line is None or not isinstance(line.equation.rhs, Sum) or not access.indices:
            return access
        if not is_gradient(tensor_name(access)) or len(line.equation.rhs.ranges) != 1:
            return access
        table = dict(zip(line.equation.indices, access.indices, strict=False))
        return substitute(line.equation.rhs, table)

    return replace_reads(rhs, written)


def _moved(node: Sum, own: Index, other: Index, length: Expr, taken: set[str]) -> Expr:
    """A sum over the axis of another index, at the own place of the one it ran over."""
    ((bound, _),) = node.ranges
    new = fresh(other.name, taken)
    return Sum(substitute(node.body, {bound: own, other: new}), [(new, length)])


@dataclass(frozen=True)
class _Scores:
    """z[n, c] of a softmax: its tensor, its two indices, and how long their axes are."""

    tensor: str
    row: Index
    rows: Expr
    column: Index
    columns: Expr


def softmax_down(context: Context) -> Iterator[Wrong]:
    """A softmax down the batch, behind a shift by the largest of each row, or without one."""
    rhs = context.equation.rhs
    made = {e.name: (e, s) for e in context.network.equations if (s := _scores(e)) is not None}
    if not is_gradient(context.line.quantity) and is_softmax(rhs):
        sums = [n for n in reductions_in(rhs) if isinstance(n, Sum)]
        access = next((a for a in reads(rhs) if tuple(a.indices) == context.equation.indices), None)
        if len(sums) == 1 and access is not None and len(access.indices) == 2:
            ((bound, columns),) = sums[0].ranges
            (row, rows), _ = context.equation.ranges
            scores = _Scores(tensor_name(access), row, rows, bound, columns)
            for shifted in (True, False):
                total = _total(scores, access.indices[0], access.indices[1], shifted, rhs)
                yield Wrong("another axis", 4.3, exp(access - total), _words(row, bound))
    for name, (equation, scores) in made.items():
        if name not in map(tensor_name, reads(rhs)) or name == context.line.quantity:
            continue
        column = next((a.indices[1] for a in reads(rhs, scores.tensor)), None)
        if column is None:
            continue
        for shifted in (True, False):
            formula = replace_reads(
                rhs,
                lambda a, s=scores, c=column, h=shifted: _total(s, a.indices[0], c, h, rhs),
                name,
            )
            words = _words(equation.indices[0], scores.column)
            yield Wrong("another axis", 4.3, formula, words)


def _words(runs: Index, belongs: Index) -> str:
    words = over_the_wrong_axis("the sum runs", "it belongs", text(runs), text(belongs))
    return f"softmax: {words}"


def _scores(equation) -> _Scores | None:
    """The scores of l[n] = log Σ_c exp(z[n, c])."""
    node = equation.rhs
    if not isinstance(node, LogSumExp) or not isinstance(node.body, Read) or len(node.ranges) != 1:
        return None
    ((column, columns),) = node.ranges
    if len(equation.ranges) != 1 or node.body.indices != (equation.ranges[0][0], column):
        return None
    (row, rows) = equation.ranges[0]
    return _Scores(tensor_name(node.body), row, rows, column, columns)


def _total(scores: _Scores, row: Expr, column: Expr, shifted: bool, beside: Expr) -> Expr:
    """log Σ_n exp(z[n, c]), of scores that each row's largest is taken off of."""
    taken = index_names(beside) | {i.name for i in free_indices(beside)}
    other = fresh(scores.row.name, taken)
    unit = fresh(scores.column.name, taken | {other.name})

    def largest(at: Expr) -> Expr:
        return Max(read(scores.tensor, at, unit), [(unit, scores.columns)])

    score = read(scores.tensor, other, column)
    body = score - largest(other) if shifted else score
    total = LogSumExp(body, [(other, scores.rows)])
    return total + largest(row) if shifted else total


AXIS_ROWS = (one_statistic, all_sums, another_size, softmax_down)
