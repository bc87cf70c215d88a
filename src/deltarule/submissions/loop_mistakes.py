"""Mistakes of statements for whole arrays: one sum for all rows, repeated indices, a part alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from sympy import Add, Basic, Integer, Mul

from deltarule.expressions.choices import Choose
from deltarule.expressions.conditions import Equal, Positive, Unequal
from deltarule.expressions.functions import relu
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import (
    Delta,
    Read,
    Sum,
    free_indices,
    index_names,
    reads,
    tensor_name,
)
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import fresh
from deltarule.marking.mistakes import Context, Wrong
from deltarule.marking.mistakes.overwritten import last_alone, linked_to
from deltarule.marking.mistakes.positions import sites
from deltarule.spelling.text import text


def one_sum_for_all(context: Context) -> Iterator[Wrong]:
    """A sum inside a line taken over an axis of the line as well: one number for all its rows."""
    rhs = context.equation.rhs
    taken = index_names(rhs) | {i.name for i, _ in context.equation.ranges}
    for site in sites(rhs):
        node = site.node
        if not isinstance(node, Sum) or node is rhs or not node.ranges:
            continue
        for own, extent in context.equation.ranges:
            if own not in free_indices(node) or context.extent(extent) < 2:
                continue
            table = {own: fresh(own.name, taken)}
            conditions = [substitute(c, table) for c in node.conditions]
            ranges = [*node.ranges, (table[own], extent)]
            further = Sum(substitute(node.body, table), ranges, conditions)
            words = f"the sum {text(node)} runs over {text(own)} as well: without its axis, np.sum "
            words += f"gives one number for all {text(own)}"
            yield Wrong("sum over too much", 4.4, site.replaced(further), words)


def labels_in_all_rows(context: Context) -> Iterator[Wrong]:
    """a[:, y] for a[range(N), y]: the entries of all labels, in every row."""
    rhs = context.equation.rhs
    own = dict(context.equation.ranges)
    taken = index_names(rhs) | {i.name for i in own}
    for site in sites(rhs):
        condition = _label(site.node)
        if condition is None:
            continue
        for row in (i for i in own if any(i in free_indices(a) for a in _labels(condition))):
            table = {row: fresh(row.name, taken)}
            ones = Sum(Integer(1), [(table[row], own[row])], [substitute(condition, table)])
            body = site.node.body if isinstance(site.node, Sum) else Integer(1)
            any_row = body * Choose(Positive(ones), Integer(1), Integer(0))
            words = f"every label counts in every row, as by [:, {text(_labels(condition)[0])}]: "
            words += f"of each {text(row)} its own alone should"
            yield Wrong("labels in all rows", 4.3, site.replaced(any_row), words)


def _label(node: Basic) -> Basic | None:
    """[c = t[n]] of a node that counts there alone."""
    if isinstance(node, Delta):
        return Equal(*node.args[:2]) if any(map(reads, node.args[:2])) else None
    if isinstance(node, Sum) and not node.ranges and len(node.conditions) == 1:
        (condition,) = node.conditions
        return condition if isinstance(condition, Equal) and _labels(condition) else None
    return None


def _labels(condition: Basic) -> list[Read]:
    return [a for side in condition.args for a in reads(side)]


def added_once(context: Context) -> Iterator[Wrong]:
    """`a[i] += b` where i comes several times: it adds once, unlike np.add.at."""
    if not is_gradient(context.line.quantity):
        return
    own = set(context.equation.indices)
    for site in sites(context.equation.rhs):
        node = site.node
        # An index that is only to differ from another is no place that is added to.
        if not isinstance(node, Sum) or any(isinstance(c, Unequal) for c in node.conditions):
            continue
        linked = linked_to(node, own)
        long = [i for i, n in node.ranges if i in linked and context.extent(n) > 1]
        for count in range(len(long), 0, -1):
            for several in combinations(long, count):
                named = ", ".join(map(text, several))
                words = "an array of indices is added to by +=, which adds once where an index "
                words += f"comes several times, so that only one {named} of them counts: "
                words += "np.add.at adds up"
                for first in (False, True):
                    alone = last_alone(node, several, Integer(0), first)
                    yield Wrong("repeated indices", 4.3, site.replaced(alone), words)


def all_are_counted(context: Context) -> Iterator[Wrong]:
    """`>= 0` for `> 0` behind a maximum with 0: all entries count, in every place of a line."""

    def counted(node: Basic, left_out: bool) -> Basic:
        if type(node) is Choose and node.args[1:] == (1, 0) and isinstance(node.args[0], Positive):
            return Integer(1)
        if isinstance(node, Sum) and node.ranges and left_out:
            kept = [c for c in node.conditions if not isinstance(c, Unequal)]
            return Sum(counted(node.body, left_out), node.ranges, kept)  # type: ignore[arg-type]
        return rebuild(node, lambda part: counted(part, left_out))

    rhs = context.equation.rhs
    for left_out in (False, True):
        formula = counted(rhs, left_out)
        if formula != rhs and not (left_out and formula == counted(rhs, False)):
            words = "≥ 0 stands where > 0 belongs: what is cut off, exactly 0, counts too"
            words += ", and so does the case that is left out" if left_out else ""
            yield Wrong("not counted", 4.5, formula, words)  # type: ignore[arg-type]


def masks_everywhere(context: Context) -> Iterator[Wrong]:
    """The numbers for their mask, or the mask of what is turned, in every place of a line."""

    def changed(node: Basic, turned: bool) -> Basic:
        if type(node) is Choose and node.args[1:] == (1, 0) and isinstance(node.args[0], Positive):
            (inside,) = node.args[0].args
            if not turned:
                return relu(inside)  # type: ignore[arg-type]
            number = inside.as_coeff_Add()[0]  # type: ignore[attr-defined]
            return Choose(Positive(2 * number - inside), Integer(1), Integer(0))  # type: ignore[operator]
        return rebuild(node, lambda part: changed(part, turned))

    rhs = context.equation.rhs
    for turned, words in (
        (False, "the numbers that are compared with 0 stand in the place of their mask"),
        (True, "the difference that is compared with 0 is taken the other way round"),
    ):
        formula = changed(rhs, turned)
        if formula != rhs:
            yield Wrong("values for masks", 4.9, formula, words)  # type: ignore[arg-type]


def factor_of_a_part(context: Context) -> Iterator[Wrong]:
    """A factor that one of several terms behind it does not get: a bracket forgotten."""
    for site in sites(context.equation.rhs):
        node = site.node
        if not isinstance(node, Mul):
            continue
        for access in (f for f in node.args if isinstance(f, Read)):
            line = context.lines.get(tensor_name(access))
            if line is None or not isinstance(line.equation.rhs, Add):
                continue
            table = dict(zip(line.equation.indices, access.indices, strict=False))
            terms = [substitute(t, table) for t in Add.make_args(line.equation.rhs)]
            factor = Mul(*(f for f in node.args if f != access))
            for term in terms:
                rest = Add(*(t for t in terms if t != term))
                words = f"{text(factor)} multiplies only a part of {text(access)}: the term "
                words += f"{text(term)} has it not"
                yield Wrong("factor of a part", 4.3, site.replaced(factor * rest + term), words)


LOOP_ROWS = (
    *(one_sum_for_all, labels_in_all_rows, added_once),
    *(all_are_counted, masks_everywhere, factor_of_a_part),
)
