"""Statistics asked themselves: over the whole array, over another axis, over the wrong groups.

Where a statistic is given back, it has one number for each of its own entries whatever it was
summed over: a mean of the whole array is the same number for every row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import combinations

from sympy import Add, Expr, Integer, Mul

from deltarule.expressions import nodes
from deltarule.expressions.nodes import FloorQuotient, Remainder, Sum, free_indices, reads
from deltarule.expressions.rebuild import read_at
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, Size, fresh
from deltarule.marking.mistakes.context import Context, Wrong, over_the_wrong_axis
from deltarule.marking.mistakes.positions import reductions_in
from deltarule.networks.equations import Equation

#: What is made of a statistic's formula.
Turn = Callable[[Equation], Expr | None]


def statistics_themselves(context: Context) -> Iterator[Wrong]:
    """A mean or a variance over more axes than its own, or over another one of the same length."""
    mean = _mean(context.equation) if context.line.phase == "forward" else None
    if mean is None:
        return
    own = [i for i, n in context.equation.ranges if context.extent(n) > 1]
    own = [i for i in own if i in free_indices(mean.body)]
    summed = [i for i, n in mean.ranges if context.extent(n) > 1]
    rightly = ", ".join(map(str, summed))
    for few in range(1, len(own) + 1):
        for more in combinations(own, few):
            over = ", ".join(map(str, (*more, *summed)))
            yield from _all_lines(context, lambda e, m=more: _over_more(e, m), over, rightly)
    extents = {i: context.extent(n) for i, n in (*context.equation.ranges, *mean.ranges)}
    if len(summed) == 1:
        for one in own:
            if extents[one] == extents[summed[0]]:
                yield from _all_lines(context, _exchanged, str(one), rightly)


@lru_cache(maxsize=1024)
def _mean(equation: Equation) -> Sum | None:
    """The one sum of a formula that is divided by the number of its terms."""
    sums = [n for n in reductions_in(equation.rhs) if isinstance(n, Sum)]
    if len(sums) != 1 or not equation.indices or not sums[0].ranges or sums[0].conditions:
        return None
    number = nodes.multiply(n for _, n in sums[0].ranges)
    factor = equation.rhs.xreplace({sums[0]: Integer(1)})
    return sums[0] if (factor * number).is_number else None


def _all_lines(context: Context, turn: Turn, over: str, rightly: str) -> Iterator[Wrong]:
    """The line by another sum, and all statistics with the same axes by theirs."""
    own = context.equation
    formula = turn(own)
    if formula is None:
        return
    also = tuple(
        (name, turned)
        for name, line in context.lines.items()
        if line.phase == "forward"
        and name != context.line.quantity
        and line.equation.ranges == own.ranges
        and _mean(line.equation) is not None
        and (turned := turn(line.equation)) is not None
    )
    words = over_the_wrong_axis("the statistics run", "they belong", over, rightly)
    for lines in dict.fromkeys((also, ())):
        yield Wrong("another axis", 4.3 if lines == also else 4.5, formula, words, lines)


def _over_more(equation: Equation, more: tuple[Index, ...]) -> Expr | None:
    mean = _mean(equation)
    if mean is None or not set(more) <= set(equation.indices):
        return None
    taken = nodes.index_names(equation.rhs) | {i.name for i in equation.indices}
    table: dict[Index, Index] = {}
    for index in more:
        table[index] = fresh(index.name, taken)
        taken.add(table[index].name)
    extents = dict(equation.ranges)
    number = nodes.multiply(extents[i] for i in more)
    ranges = [*((table[i], extents[i]) for i in more), *mean.ranges]
    whole = Sum(substitute(mean.body, table), ranges) / number
    return equation.rhs.xreplace({mean: whole})


def _exchanged(equation: Equation) -> Expr | None:
    """Σ_m x[m, n] for Σ_d x[n, d], where there are as many n as d."""
    mean = _mean(equation)
    if mean is None or len(mean.ranges) != 1 or len(equation.indices) != 1:
        return None
    (own,), ((bound, extent),) = equation.indices, mean.ranges
    other = fresh(own.name, nodes.index_names(equation.rhs) | {own.name})
    moved = [a for a in reads(mean.body) if bound in a.indices]
    table = {a: substitute(a, {own: other, bound: own}) for a in moved}
    return equation.rhs.xreplace({mean: Sum(mean.body.xreplace(table), [(other, extent)])})


# ---- groups -----------------------------------------------------------------------------------
def groups_mixed_up(context: Context) -> Iterator[Wrong]:
    """The A channels of a group taken together: all channels instead, or every G-th one."""
    groups = _groups(context)
    if groups is None:
        return
    many, group, number = groups
    for words, change in (
        ("over all channels", lambda f: _all_channels(f, many, group, number)),
        (f"over channels that lie {number} apart", lambda f: _every_other(f, many, group, number)),
    ):
        formula = change(context.equation.rhs)
        if formula == context.equation.rhs:
            continue
        also = tuple(
            (name, turned)
            for name, line in context.lines.items()
            if line.phase != "update" and name != context.line.quantity
            if (turned := change(line.equation.rhs)) != line.equation.rhs
        )
        for lines in dict.fromkeys((also, ())):
            yield Wrong(
                "wrong groups",
                4.4,
                formula,
                f"the statistics run over the wrong groups: {words}",
                lines,
            )


def _groups(context: Context) -> tuple[Size, Index, Expr] | None:
    """How many channels a group has, its index, and how many groups there are."""
    for equation in context.network.equations:
        mean = _mean(equation)
        if mean is None:
            continue
        for access in reads(mean.body):
            for subscript in access.indices:
                for group in free_indices(subscript) & set(equation.indices):
                    many = subscript.coeff(group)
                    if isinstance(many, Size) and any(n == many for _, n in mean.ranges):
                        return many, group, dict(equation.ranges)[group]
    return None


def _all_channels(formula: Expr, many: Size, group: Index, number: Expr) -> Expr:
    """One group of all channels: the sums, and what they are divided by."""
    sums = [n for n in reductions_in(formula) if isinstance(n, Sum) and _over(n, many)]
    if not sums:
        return formula
    outer = sums[0]
    body = substitute(outer.body, {group: Integer(0)}) if group not in outer.indices else outer.body
    whole = {s: s for s in sums} | {outer: Sum(body, outer.ranges)}
    return formula.xreplace(whole).xreplace({many: many * number})


def _over(node: Sum, many: Expr) -> bool:
    return any(n == many for _, n in node.ranges)


def _every_other(formula: Expr, many: Size, group: Index, number: Expr) -> Expr:
    """Channel c in the group c mod G, not ⌊c/A⌋."""

    def turned(node: Expr) -> Expr:
        if isinstance(node, FloorQuotient) and node.args[1] == many:
            return Remainder(node.args[0], number)
        if isinstance(node, Add) and len(node.args) == 2:
            for one, two in (node.args, node.args[::-1]):
                if isinstance(two, Index) and many in Mul.make_args(one):
                    return turned(one / many) + number * two
        return node

    own = _own_channel(formula, many, group)
    table: dict[Expr, Expr] = {}
    for access in reads(formula):
        places = []
        for subscript in access.indices:
            other = turned(subscript)
            if own is not None:
                other = subscript if subscript != group else Remainder(own, number)
            places.append(other)
        table[access] = read_at(access, places)
    return formula.xreplace({a: b for a, b in table.items() if a != b})


def _own_channel(formula: Expr, many: Size, group: Index) -> Expr | None:
    """A·g + a, where both are of the entry itself, outside of sums."""
    if any(isinstance(n, Sum) for n in reductions_in(formula)):
        return None
    for access in reads(formula):
        for subscript in access.indices:
            if group in free_indices(subscript) and subscript.coeff(group) == many:
                return subscript
    return None


ROWS = (groups_mixed_up,)
