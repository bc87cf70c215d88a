"""Sums of products, recognised by the pattern of their indices.

A sum over products of two tensors relates three: what is written, and the two that are read. Each
plain index stands in two of the three, or in all: that of groups, which are summed one by one. On
a window axis two indices share an axis of one tensor, at S·i + D·k − P: forward, that tensor is
read; in its own gradient it is written, and one of the others is read at the i or k that solves
the relation. Where forward it is written, as stamps are, that other is so read in the gradient of
the third, and the sum runs along the wide axis. Nothing here knows a layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Add, Expr, Mul

from deltarule.expressions import nodes
from deltarule.expressions.nodes import (
    AtLeastZero,
    Divides,
    FloorQuotient,
    Read,
    free_indices,
    tensor_name,
)
from deltarule.expressions.rebuild import read_at
from deltarule.expressions.symbols import Index
from deltarule.expressions.window_axis import window_axis
from deltarule.kernels.lowering.split_axes import digits, in_digits, split
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


@dataclass(frozen=True)
class Place:
    """A tensor as it stands in the product: a read, or the left-hand side."""

    access: Read
    axes: tuple[Expr, ...]


@dataclass(frozen=True)
class Window:
    """One window axis: wide[at wide_axis] = stride·(one) + dilation·(other) − pad.

    `one` and `other` are the axes of the two tensors that are not wide.
    """

    wide_axis: int
    one_axis: int
    other_axis: int
    stride: int
    dilation: int
    pad: int


@dataclass(frozen=True)
class Windows:
    """wide ~ one ⋆ other: `written` tells which of the three is summed into.

    `pairs` gives for each plain index its axes in (wide, one, other), None where it is missing.
    `first` is what the sum is added to, where that is a tensor with some of the written one's plain
    indices, as a bias.
    """

    wide: Place
    one: Place
    other: Place
    windows: tuple[Window, ...]
    pairs: tuple[tuple[int | None, int | None, int | None], ...]
    written: str
    first: Place | None = None

    @property
    def into(self) -> Place:
        """What is written."""
        return {"wide": self.wide, "one": self.one, "other": self.other}[self.written]


#: A sum over a product of two reads, what is added to it, and the reads.
SumOfProducts = tuple[nodes.Sum, Expr, tuple[Read, Read]]


def product_of(equation: Equation) -> SumOfProducts | None:
    """A sum over a product of two reads, what is added to it, and the reads; else None."""
    terms = Add.make_args(equation.rhs)
    for total in terms:
        if not isinstance(total, nodes.Sum) or not total.ranges:
            continue
        factors = Mul.make_args(total.body)
        if len(factors) == 2 and all(isinstance(f, Read) for f in factors):
            return total, Add(*(t for t in terms if t is not total)), (factors[0], factors[1])
    return None


def windows_of(
    equation: Equation, found: SumOfProducts, tensors: Mapping[str, Tensor]
) -> Windows | None:
    """The window pattern of a sum of products in an equation; None where it has none."""
    total, rest, factors = found
    if set(total.indices) & set(equation.indices):
        return None
    parts = (*factors, *total.conditions)
    written, tables = digits(equation.ranges, parts)
    summed, more = digits(total.ranges, parts)
    extents, tables = dict((*written, *summed)), {**tables, **more}

    conditions = [in_digits(c, tables) for c in total.conditions]
    indices = [free_indices(in_digits(r, tables)) for r in (equation.lhs, *factors)]
    shared = frozenset.intersection(*indices)

    def place(access: Read) -> Place:
        axes = tensors[tensor_name(access)].axes
        access = read_at(access, (in_digits(s, tables) for s in access.indices))
        return _without_ones(*split(access, axes, extents, shared))

    pattern = _of_places([place(r) for r in (equation.lhs, *factors)], extents, conditions)
    if pattern is None:
        return None
    return replace(pattern, first=_first(rest, pattern, place, tensors))


def _without_ones(access: Read, axes: Sequence[Expr]) -> Place:
    """A tensor's place without the axes that have one entry and are read there."""
    kept = [p for p in zip(access.indices, axes, strict=True) if p != (0, 1)]
    return Place(read_at(access, (s for s, _ in kept)), tuple(n for _, n in kept))


def _of_places(
    places: Sequence[Place], extents: Mapping[Index, Expr], conditions: Sequence
) -> Windows | None:
    """The pattern of what is written and the two that are read."""
    out, a, b = places
    if not all(isinstance(s, Index) for s in out.access.indices):
        return None
    for wide, other in ((a, b), (b, a)):
        pattern = (
            _read_wide(wide, out, other)
            or _solved_in(other, out, wide, written="wide")
            or _solved_in(other, wide, out, written="one")
        )
        if pattern is not None and _covered(pattern, extents, conditions):
            return pattern
    return None


def _first(rest: Expr, pattern: Windows, place: Callable, tensors: Mapping) -> Place | None:
    """What the sum is added to, if it is real and depends on plain indices alone."""
    if not isinstance(rest, Read) or tensors[tensor_name(rest)].integral:
        return None
    found, into = place(rest), pattern.into
    axes = {"wide": 0, "one": 1, "other": 2}[pattern.written]
    plain = [into.access.indices[p[axes]] for p in pattern.pairs if p[axes] is not None]
    own = found.access.indices
    known = set(own) <= set(plain) and len(set(own)) == len(own)
    return found if known and tensor_name(rest) != tensor_name(into.access) else None


def _read_wide(wide: Place, out: Place, other: Place) -> Windows | None:
    """out[…i…] = Σ_k wide[S·i + D·k − P]·other[…k…]."""
    windows = []
    for axis, subscript in enumerate(wide.access.indices):
        if isinstance(subscript, Index):
            continue
        found = _relation(subscript, out.access.indices, other.access.indices)
        if found is None:
            return None
        windows.append(Window(axis, *found))
    return _complete(wide, out, other, windows, "one")


def _solved_in(other: Place, wide: Place, one: Place, written: str) -> Windows | None:
    """out[…p…] = Σ_i one[…i…]·other[(p + P − S·i)/D], where wide is written.

    Where one is, out[…i…] = Σ_p wide[…p…]·other[(p + P − S·i)/D]: it is correlated with all of the
    wide tensor, by what is read at the place that solves the relation.
    """
    windows = []
    for axis, subscript in enumerate(other.access.indices):
        if isinstance(subscript, Index):
            continue
        relation = _solved(subscript, wide.access.indices, one.access.indices)
        if relation is None:
            return None
        wide_axis, one_axis, stride, dilation, pad = relation
        windows.append(Window(wide_axis, one_axis, axis, stride, dilation, pad))
    if any(not isinstance(s, Index) for p in (wide, one) for s in p.access.indices):
        return None
    return _complete(wide, one, other, windows, written)


def _relation(subscript: Expr, ones: tuple, others: tuple) -> tuple | None:
    """S·i + D·k − P as (axis of i in ones, axis of k in others, S, D, P)."""
    mine = [i for i in ones if isinstance(i, Index) and i not in others]
    theirs = [k for k in others if isinstance(k, Index) and k not in ones]
    axis = window_axis(subscript, mine, theirs)
    if axis is None or not axis.one_of_each or axis.divisor != 1:
        return None
    s, d, rest = axis.a, axis.b, axis.rest
    if not (s.is_Integer and d.is_Integer and rest.is_Integer and s > 0 and d > 0 and rest <= 0):
        return None
    return ones.index(axis.i), others.index(axis.k), int(s), int(d), -int(rest)


def _solved(subscript: Expr, wides: tuple, ones: tuple) -> tuple | None:
    """(p + P − S·i)/D as (axis of p, axis of i, S, D, P)."""
    axis = window_axis(
        subscript, *([i for i in side if isinstance(i, Index)] for side in (wides, ones))
    )
    if axis is None or not axis.one_of_each or axis.a != 1:
        return None
    s, rest, dilation = axis.b, axis.rest, axis.divisor
    if not (s.is_Integer and rest.is_Integer and dilation.is_Integer and s < 0 <= rest):
        return None
    return wides.index(axis.i), ones.index(axis.k), -int(s), int(dilation), int(rest)


def _complete(wide, one, other, windows: list[Window], written: str) -> Windows | None:
    """The pattern with its plain indices paired; None where one does not stand in two tensors."""
    if not windows:
        return None
    places = (wide, one, other)
    used = [
        {w.wide_axis for w in windows},
        {w.one_axis for w in windows},
        {w.other_axis for w in windows},
    ]
    axes: dict[Expr, list] = {}
    for k, place in enumerate(places):
        for axis, subscript in enumerate(place.access.indices):
            if axis in used[k]:
                continue
            entry = axes.setdefault(subscript, [None, None, None])
            if not isinstance(subscript, Index) or entry[k] is not None:
                return None
            entry[k] = axis
    if any(entry.count(None) > 1 for entry in axes.values()):
        return None
    return Windows(wide, one, other, tuple(windows), tuple(map(tuple, axes.values())), written)


def _covered(pattern: Windows, extents: Mapping[Index, Expr], conditions: Iterable) -> bool:
    """Whether indices and conditions are the pattern's, and indices run along whole axes."""
    inside = {
        i
        for p in (pattern.wide, pattern.one, pattern.other)
        for s in p.access.indices
        for i in s.free_symbols
        if isinstance(i, Index)
    }
    if inside != set(extents):
        return False
    allowed = set()
    for place in (pattern.wide, pattern.one, pattern.other):
        for subscript, extent in zip(place.access.indices, place.axes, strict=True):
            if isinstance(subscript, Index) and extents[subscript] != extent:
                return False
            allowed |= _within(subscript, extent)
    return all(_key(c) in allowed for c in conditions)


def _within(subscript: Expr, extent: Expr) -> set:
    """The conditions that say that a subscript lies in its range."""
    if type(subscript) is FloorQuotient:
        top, bottom = subscript.args
        last = (bottom * (extent - 1) - top).expand()
        return {("≥", top.expand()), ("≥", last), ("|", bottom, top.expand())}
    return {("≥", subscript.expand()), ("≥", (extent - 1 - subscript).expand())}


def _key(condition) -> tuple:
    if isinstance(condition, AtLeastZero):
        return ("≥", condition.args[0].expand())
    if isinstance(condition, Divides):
        return ("|", condition.args[0], condition.args[1].expand())
    return ("other",)
