"""Sums: turned into means, cut to one term; maxima: all of several largest taken."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from sympy import Expr, Integer, Mul

from deltarule.expressions import nodes
from deltarule.expressions.bounds import tight
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import Max, MaxAll, Read, Selection, Sum, free_indices, reads
from deltarule.expressions.rebuild import with_body
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, fresh
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.marking.mistakes.positions import sites
from deltarule.spelling.text import text


def reduction(context: Context) -> Iterator[Wrong]:
    """A mean for a sum, or one term of it: the first, the last."""
    for site in sites(context.equation.rhs):
        node = site.node
        if not isinstance(node, Sum) or not node.ranges:
            continue
        for index, extent in node.ranges:
            if context.extent(extent) < 2:
                continue
            others = tuple(r for r in node.ranges if r[0] != index)
            first, last = _ends(node, index)
            for where, at in (("first", first), ("last", last)):
                table = {index: at}
                one = Sum(
                    substitute(node.body, table),
                    others,
                    tuple(substitute(c, table) for c in node.conditions),
                )
                yield Wrong(
                    "one path only",
                    4.5,
                    site.replaced(one),
                    f"only the {where} term of the sum over {text(index)} is taken",
                )
        number = nodes.multiply(n for _, n in node.ranges)
        if context.extent(number) > 1:
            yield Wrong(
                "mean for sum",
                4.5,
                site.replaced(node / number),
                f"the mean over {', '.join(text(i) for i in node.indices)} stands for the sum",
            )


def some_of_the_sum(context: Context) -> Iterator[Wrong]:
    """Summed over the batch but not over the places, and the like; or a mean over some."""
    for site in sites(context.equation.rhs):
        node = site.node
        if not isinstance(node, Sum):
            continue
        long = [i for i, n in node.ranges if context.extent(n) > 1]
        for few in range(2, len(long) + 1):
            for fixed in combinations(long, few):
                kept = ", ".join(text(i) for i in long if i not in fixed)
                summed = f"summed over {kept} alone" if kept else "not summed at all"
                yield Wrong(
                    "one path only",
                    4.5,
                    site.replaced(_first(node, fixed)),
                    f"{summed}: only the first of {_listed(fixed)} is taken",
                )
        for few in range(1, len(long)):
            for mean in combinations(long, few):
                number = nodes.multiply(n for i, n in node.ranges if i in mean)
                yield Wrong(
                    "mean for sum",
                    4.7,
                    site.replaced(node / number),
                    f"the mean over {_listed(mean)} stands for the sum",
                )


def summed_over_everything(context: Context) -> Iterator[Wrong]:
    """The gradient of a bias summed over its own axis too: one number for all entries."""
    rhs, ranges = context.equation.rhs, context.equation.ranges
    factors = rhs.args if isinstance(rhs, Mul) else (rhs,)
    sums = [f for f in factors if isinstance(f, Sum)]
    long = [(i, n) for i, n in ranges if context.extent(n) > 1]
    if not is_gradient(context.line.quantity) or len(sums) != 1 or not long:
        return
    if len(ranges) > 1 and not isinstance(sums[0].body, Read):
        return  # the gradient of a matrix of weights
    taken = nodes.index_names(rhs) | {i.name for i, _ in ranges}
    others = {i: fresh(i.name, taken) for i, _ in long}
    total = Sum(substitute(rhs, others), tuple((others[i], n) for i, n in long), ())
    which = _listed(tuple(i for i, _ in long))
    words = f"the sum runs over {which} too: one number stands for all entries"
    yield Wrong("another axis", 4.5, total, words)


def condition_lost(context: Context) -> Iterator[Wrong]:
    """What the data select, as the row of a word in its table, not selected: all is added up."""
    for site in sites(context.equation.rhs):
        node = site.node
        if not isinstance(node, Sum):
            continue
        for condition in (c for c in node.conditions if reads(c)):
            kept = [c for c in node.conditions if c is not condition]
            words = f"the condition [{text(condition)}] is missing"
            yield Wrong("mask lost", 4.6, site.replaced(Sum(node.body, node.ranges, kept)), words)


def _listed(indices: tuple[Index, ...]) -> str:
    return ", ".join(text(i) for i in indices)


def _ends(node: Sum, index: Index) -> tuple[Expr, Expr]:
    """The first and the last place of a sum, as t = 1 of Σ_{t=1…T − 1}; those of the whole axis
    where the sum's own ends are no sizes and numbers alone."""
    (span,) = (s for s in tight(node.ranges, node.conditions)[0] if s.index == index)
    return _plain_end(span.lower, Integer(0)), _plain_end(span.upper, span.extent - 1)


def _plain_end(ends: tuple[Expr, ...], whole: Expr) -> Expr:
    return ends[0] if len(ends) == 1 and not free_indices(ends[0]) else whole


def _first(node: Sum, fixed: tuple[Index, ...]) -> Expr:
    table = {index: _ends(node, index)[0] for index in fixed}
    return Sum(
        substitute(node.body, table),
        [r for r in node.ranges if r[0] not in fixed],
        [substitute(c, table) for c in node.conditions],
    )


def all_of_a_tie(context: Context) -> Iterator[Wrong]:
    """The whole gradient to every one of several largest entries."""
    rhs = context.equation.rhs
    if isinstance(rhs, Selection) and rhs.maximum.ties != "all":
        yield Wrong(
            "all of a tie",
            4.0,
            Selection(MaxAll(*rhs.maximum.args), rhs.args[1]),
            "every one of several largest passes the whole gradient",
        )


def other_than_largest(context: Context) -> Iterator[Wrong]:
    """The mean, the sum or the smallest for the largest; its gradient over the whole window."""
    rhs = context.equation.rhs
    spread = isinstance(rhs, Selection)
    node = rhs.maximum if spread else rhs
    if not isinstance(node, Max) or not node.ranges:
        return
    number = nodes.multiply(n for _, n in node.ranges)
    if spread:
        yield Wrong(
            "mean for the largest",
            4.2,
            1 / number,
            "the gradient is spread over the whole window, as if it were a mean",
        )
        return
    total = Sum(node.body, node.ranges, node.conditions)
    yield Wrong("mean for the largest", 4.2, total / number, "the mean stands for the largest")
    yield Wrong("sum for the largest", 4.6, total, "the sum stands for the largest")
    yield Wrong(
        "smallest for the largest",
        4.5,
        -with_body(node, -node.body),
        "the smallest stands for the largest",
    )


ROWS = (
    reduction,
    some_of_the_sum,
    summed_over_everything,
    condition_lost,
    all_of_a_tie,
    other_than_largest,
)
