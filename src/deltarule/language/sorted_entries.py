"""The word `Sort[d](x[n, d])`: the entries along an axis in order, the smallest first.

    v[n, d] = Sort[d](x[n, d])        v[n, 0] ≤ v[n, 1] ≤ …; of equal ones the first comes first

becomes two lines. x_rank[n, d] counts the entries that come before x[n, d], which is its place,
and v[n, r] = Σ_d x[n, d]·[x_rank[n, d] = r] selects by it; so the gradient goes back by the same
ranks, ∂L/∂x[n, d] = ∂L/∂v[n, x_rank[n, d]].
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sympy import Expr, Integer

from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.expressions.nodes import Read, read, tensor_name
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, fresh
from deltarule.language.comparisons import cases, conditions
from deltarule.language.declarations import Page, current
from deltarule.language.given_expressions import expression
from deltarule.language.reductions import ReductionWord, counted
from deltarule.networks.argmax_equations import unused_name
from deltarule.networks.index_extents import extents
from deltarule.networks.tensors import Tensor

Ranges = Sequence[tuple[Index, Expr]]


class SortWord(ReductionWord):
    """`Sort[d](x[n, d], descending=True)`: at d the entry that comes as the d-th.

    With `by=` what is sorted goes in the order of something else, `Sort[d](x[n, d], by=s[n, d])`.
    """

    def _made(
        self, body: Expr, ranges: list, conditions: list, descending: bool = False, by=None
    ) -> Expr:
        page = current()
        if len(ranges) != 1 or conditions:
            raise DeltaruleError(
                f"{self} has {'a where=' if conditions else 'several indices'}",
                page.place(),
                f"sort all entries along one axis: {self}[k](x[n, k])",
            )
        if not isinstance(descending, bool):
            raise DeltaruleError(
                f"descending = {descending} is neither True nor False",
                page.place(),
                "leave it out for the smallest first, or say descending=True",
            )
        ((index, extent),) = ranges
        order = body if by is None else expression(by, page)
        own = _ranges_of((body, order), index, extent, page)
        value = _line(body, own, page)
        key = value if by is None else _line(order, own, page)
        rank = _rank(key, index, own, descending, page)
        other = fresh(index.name, nodes.index_names(value, key))
        place, entry = (substitute(part, {index: other}) for part in (rank, value))
        chosen = nodes.Sum(entry, [(other, extent)], [nodes.Equal(place, index)])
        found = _written(f"{tensor_name(value)}_sorted", chosen, own, page)
        page.sorted.add(tensor_name(found))
        return found


def _ranges_of(parts: Sequence[Expr], index: Index, extent: Expr, page: Page) -> Ranges:
    """The indices of what is sorted in the order in which they are met, with how far they run."""
    known = {**page.extents, index: extent}
    for part in parts:
        known = {**extents(part, page.tensors, page.place(), known=page.extents), **known}
    met = [i for part in parts for r in nodes.reads(part) for i in r.indices]
    free = {index}.union(*map(nodes.free_indices, parts))
    return [(i, known[i]) for i in sorted(free, key=lambda i: ([*met, i].index(i), str(i)))]


def _line(value: Expr, own: Ranges, page: Page) -> Read:
    """An entry of a tensor; of what is computed, one with a line of its own."""
    at = tuple(i for i, _ in own)
    if isinstance(value, Read) and {*value.indices} <= {*at}:
        return value
    named = next((tensor_name(r) for r in nodes.reads(value)), "unsorted")
    return _written(f"{named}_key", value, own, page)


def _rank(key: Read, index: Index, own: Ranges, descending: bool, page: Page) -> Read:
    """The place of an entry: how many come before it, of equal ones those that stand before it."""
    extent = dict(own)[index]
    other = fresh(index.name, nodes.index_names(key))
    one, two = key, substitute(key, {index: other})
    if descending:
        one, two = two, one
    before = [
        counted(nodes.Sum, cases(statement, Integer(1), Integer(0), page), [(other, extent)], where)
        for statement, where in (
            (two <= one, conditions(other < index, page)),
            (two < one, conditions(other > index, page)),
        )
    ]
    own = [(i, n) for i, n in own if i in nodes.free_indices(key) or i == index]
    return _written(f"{tensor_name(key)}_rank", before[0] + before[1], own, page, extent)


def _written(name: str, rhs: Expr, own: Ranges, page: Page, below: Expr | None = None) -> Read:
    """The entry of a new tensor that the page gets a line for; of an equal line, of its tensor."""
    at, axes = tuple(i for i, _ in own), tuple(n for _, n in own)
    same = (e for e in page.equations if e.rhs == rhs and e.ranges == tuple(own))
    known = next((e for e in same if e.subscripts == at), None)
    if known is None:
        own_name = unused_name(name, page.tensors)
        tensor = Tensor(own_name, axes, "intermediate", integers_below=below)
        page.write(page.declare(tensor).tensor, at, rhs)
        known = page.equations[-1]
    return cast(Read, read(known.name, *at))


Sort = SortWord("Sort", nodes.Sum)
