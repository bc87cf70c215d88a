"""Correlations and convolutions, recognised from affine subscripts.

    Σ_i g[i]·x[S·i + D·k − P]        valid cross-correlation of x, padded, with g, spread by S
    Σ_i g[i]·w[(p + P − S·i)/D]      full convolution of g, spread by S, with w, cropped by P

What is read at the plain index of the sum moves over what is read at the affine one.
"""

from __future__ import annotations

from typing import NamedTuple

from sympy import Expr, Integer, Mul

from deltarule.expressions import nodes
from deltarule.expressions.affine import never_negative
from deltarule.expressions.gradient_names import tensor_of
from deltarule.expressions.nodes import Read, free_indices, reads, size_of, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.expressions.window_axis import WindowAxis, window_axis
from deltarule.matrix_form import tree as ph
from deltarule.matrix_form.match_products import scaled
from deltarule.matrix_form.moved_entries import Placed
from deltarule.matrix_form.tree import Along, NoWords, Phrase
from deltarule.networks.network import Network


def correlation_of(
    expression: Expr, ranges: tuple[tuple[Index, Expr], ...], network: Network
) -> tuple[Phrase, dict[Index, Expr]]:
    """The phrase of Σ A·B with subscripts that run along each other. Raises NoWords."""
    factor, total = split(expression)
    constant, (first, second) = two_reads(total.body)
    extents = {**dict(ranges), **dict(total.ranges)}
    target = tuple(i for i, _ in ranges)
    for moving, other in ((first, second), (second, first)):
        axes = _axes(moving, other, target, set(total.indices))
        if axes is None:
            continue
        extent = dict(zip(other.indices, _extents(other, network), strict=True))
        phrase = _phrase(moving, other, axes, extent, target, extents)
        return scaled(factor * constant, phrase), extents
    raise NoWords


def split(expression: Expr) -> tuple[Expr, nodes.Sum]:
    """A constant, and the sum that it multiplies."""
    factors = Mul.make_args(expression)
    sums = [f for f in factors if isinstance(f, nodes.Sum)]
    rest = Mul(*(f for f in factors if f not in sums))
    if len(sums) != 1 or reads(rest) or free_indices(rest) or not sums[0].ranges:
        raise NoWords
    return rest, sums[0]


def two_reads(body: Expr) -> tuple[Expr, list[Read]]:
    factors = Mul.make_args(body)
    found = [f for f in factors if isinstance(f, Read)]
    rest = Mul(*(f for f in factors if f not in found))
    if len(found) != 2 or reads(rest) or free_indices(rest):
        raise NoWords
    return rest, found


def _extents(access: Read, network: Network) -> tuple[Expr, ...]:
    return network.tensors[tensor_of(tensor_name(access))].axes


def _axes(moving: Read, other: Read, target: tuple, bound: set) -> list[WindowAxis] | None:
    """The axes along which `moving` runs over `other`; None where the subscripts do not fit."""
    found = []
    for subscript in other.indices:
        if isinstance(subscript, Index) or _regroups(subscript):
            continue
        axis = _axis(subscript, set(target), bound)
        if axis is None or axis.k not in moving.indices or axis.i in moving.indices:
            return None
        found.append(axis)
    plain = all(isinstance(i, Index) or _regroups(i) for i in moving.indices)
    return found if found and plain and len(set(moving.indices)) == len(moving.indices) else None


def _regroups(subscript: Expr) -> bool:
    """Whether a subscript names a channel by its group, ⌊p/B⌋ of p, or another time, t − 1."""
    if isinstance(subscript, Index):
        return False
    return len(free_indices(subscript)) == 1 or any(
        isinstance(node, (nodes.FloorQuotient, nodes.Remainder)) and isinstance(node.args[0], Index)
        for node in nodes.walk(subscript)
    )


def _axis(subscript: Expr, target: set, bound: set) -> WindowAxis | None:
    """(a·i + b·k + rest)/divisor with i on the result and k summed over; None for others."""
    axis = window_axis(subscript, target, bound)
    return axis if axis is not None and axis.one_of_each else None


def _phrase(moving: Read, other: Read, axes: list[WindowAxis], extent, target, extents) -> Phrase:
    one = _leaf(moving, {}, extents)
    two = _leaf(other, {axis.subscript: axis.k for axis in axes}, extents)
    labels = tuple(i for i in target if i in {*one.labels, *two.labels, *(a.i for a in axes)})
    reading = _simplest(axes, extent, extents)
    if reading is None:
        raise NoWords
    signal, kernel = (two, one) if reading.swapped else (one, two)
    return reading.kind(labels, signal, kernel, reading.along, reading.turned)


class _Reading(NamedTuple):
    """A way to say it: `swapped` where what is read at the affine subscript is the signal."""

    kind: type
    swapped: bool
    turned: bool
    along: tuple[Along, ...]


def _simplest(axes: list[WindowAxis], extent: dict, extents: dict) -> _Reading | None:
    """What all axes can be read as, the one with the simplest padding; plain before turned."""
    found = []
    for kind, swapped, turned, read in _KINDS:
        along = [read(axis, extent[axis.subscript], extents) for axis in axes]
        named = tuple(a for a in along if a is not None)
        if len(named) == len(along):
            padding = sum(size_of(a.pad) for a in named)
            found.append((padding, len(found), _Reading(kind, swapped, turned, named)))
    return min(found)[2] if found else None


def _correlation(axis: WindowAxis, extent: Expr, extents: dict) -> Along | None:
    """x[D·k + S·i − P]: both coefficients positive."""
    if axis.divisor != 1 or not (_positive(axis.a) and _positive(axis.b)):
        return None
    return Along(axis.i, axis.k, axis.b, axis.a, -axis.rest)


def _convolution(axis: WindowAxis, extent: Expr, extents: dict) -> Along | None:
    """w[(p + P − S·i)/D]."""
    if axis.a != 1 or not _positive(-axis.b):
        return None
    return Along(axis.i, axis.k, -axis.b, axis.divisor, axis.rest)


def convolution_along(subscript: Expr, target: set, bound: set) -> Along:
    """(p + P − S·i)/D as an axis of a convolution. Raises NoWords for any other subscript."""
    axis = _axis(subscript, target, bound)
    along = _convolution(axis, Integer(1), {}) if axis is not None else None
    if along is None:
        raise NoWords
    return along


def _correlation_over(axis: WindowAxis, extent: Expr, extents: dict) -> Along | None:
    """w[(i − S·p + P)/D], put k for that: g is read at S·p + D·k − P."""
    if axis.b != 1 or not _positive(-axis.a):
        return None
    return Along(axis.i, axis.k, axis.divisor, -axis.a, axis.rest)


def _correlation_turned(axis: WindowAxis, extent: Expr, extents: dict) -> Along | None:
    """x[i − k + …]: with k counted from the end it is x[i + k′ − P]."""
    if axis.divisor != 1 or not (_positive(-axis.a) and _positive(axis.b)):
        return None
    last = extents[axis.i] - 1
    pad = (-axis.rest - axis.a * last).expand()
    return Along(axis.i, axis.k, axis.b, -axis.a, pad)


def _convolution_turned(axis: WindowAxis, extent: Expr, extents: dict) -> Along | None:
    """w[i − p + …]: with the kernel counted from its end it is w[p − i + P]."""
    if axis.a != -1 or not _positive(axis.b):
        return None
    pad = (axis.divisor * (extent - 1) - axis.rest).expand()
    return Along(axis.i, axis.k, axis.b, axis.divisor, pad)


_KINDS = (
    (ph.Correlation, True, False, _correlation),
    (ph.Convolution, False, False, _convolution),
    (ph.Correlation, False, False, _correlation_over),
    (ph.Convolution, False, True, _convolution_turned),
    (ph.Correlation, True, True, _correlation_turned),
)


def _positive(coefficient: Expr) -> bool:
    return coefficient != 0 and never_negative(coefficient)


def _leaf(access: Read, renamed: dict, extents: dict) -> ph.Leaf | Placed:
    places = tuple(renamed.get(s, s) for s in access.indices)
    if any(map(_regroups, places)):
        labels = tuple(i for i in extents if any(i in free_indices(s) for s in places))
        whole = tuple(i for i in labels if i in places)
        return Placed(labels, tensor_name(access), places, (), whole)
    labels = tuple(i for i in places if isinstance(i, Index))
    if len(labels) < len(places) or len(set(labels)) < len(labels):
        raise NoWords
    return ph.Leaf(labels, tensor_name(access), (None,) * len(labels))
