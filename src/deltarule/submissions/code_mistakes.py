"""Mistakes of code: what is made wrong in loops and masks, not in one formula.

They rewrite lines as the mistakes of `marking.mistakes` do, for every derivation alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations

from sympy import Expr, Integer

from deltarule.expressions.choices import Choose
from deltarule.expressions.conditions import AtLeastZero, Unequal
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import Sum
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.marking.mistakes import Context, Wrong
from deltarule.marking.mistakes.positions import sites
from deltarule.networks.recurrences import sequence_lengths
from deltarule.spelling.text import text


def last_pass(context: Context) -> Iterator[Wrong]:
    """Assignment where a loop adds up: only its last pass counts, or its first going backwards."""
    rhs = context.equation.rhs
    for site in sites(rhs):
        node = site.node
        if not isinstance(node, Sum):
            continue
        long = [(i, n) for i, n in node.ranges if context.extent(n) > 1]
        for several in chain.from_iterable(combinations(long, k) for k in range(2, len(long) + 1)):
            table = {i: n - 1 for i, n in several}
            left = [r for r in node.ranges if r[0] not in table]
            conditions = [substitute(c, table) for c in node.conditions]
            one = Sum(substitute(node.body, table), left, conditions)
            named = ", ".join(text(i) for i in table)
            words = f"assigned, not added up: only the last {named} of the sum counts"
            yield Wrong("assignment for accumulation", 4.4, site.replaced(one), words)


def case_counted(context: Context) -> Iterator[Wrong]:
    """A case counted that is to be left out, as the correct class in a margin loss."""
    for site in sites(context.equation.rhs):
        node = site.node
        if not isinstance(node, Sum):
            continue
        for left_out in (c for c in node.conditions if isinstance(c, Unequal)):
            rest = [c for c in node.conditions if c is not left_out]
            yield Wrong(
                "excluded case counted",
                4.0,
                site.replaced(Sum(node.body, node.ranges, rest)),
                f"{text(left_out)} is not observed: the case that is to be left out is counted too",
            )
        if node.body == 1 or isinstance(node.body, Choose) and node.body.args[1:] == (1, 0):
            words = "1 stands where the number of terms belongs: they are not counted"
            if not node.ranges:
                words = "≥ 0 stands where > 0 belongs: what is exactly 0, cut off, counts too"
            yield Wrong("not counted", 4.5, site.replaced(Integer(1)), words)


def truncated(context: Context) -> Iterator[Wrong]:
    """What comes back from the next time left out but for the last few times."""
    for site in sites(context.equation.rhs):
        node = site.node
        if not isinstance(node, Sum) or node.ranges:
            continue
        for extent, index in _carried_back(context, node):
            for k in range(2, context.extent(extent)):
                late = AtLeastZero(index - extent + k)
                words = f"the errors are carried back for the last {k} times and no further"
                cut = Sum(node.body, (), [*node.conditions, late])
                yield Wrong("truncated", 4.8, site.replaced(cut), words)


def _carried_back(context: Context, node: Sum) -> Iterator[tuple[Expr, Index]]:
    """The times of a term that comes from the next time."""
    extents = dict(context.equation.ranges)
    for condition in node.conditions:
        for index, extent in extents.items():
            if condition == AtLeastZero(extent - 2 - index):
                yield extent, index


def time_left_out(context: Context) -> Iterator[Wrong]:
    """A loop backwards through time that leaves out the first time, or the last one."""
    rhs = context.equation.rhs
    if not is_gradient(context.line.quantity):
        return
    times = sequence_lengths(context.network.equations)
    for index, extent in context.equation.ranges:
        if extent in times and context.extent(extent) > 1:
            for called, condition in (
                ("first", AtLeastZero(index - 1)),
                ("last", AtLeastZero(extent - 2 - index)),
            ):
                words = f"the loop leaves out the {called} time: nothing comes back through it"
                yield Wrong("time left out", 4.6, Sum(rhs, (), [condition]), words)


CODE_ROWS = (last_pass, case_counted, truncated, time_left_out)
