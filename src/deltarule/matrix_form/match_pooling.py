"""Gradients of pooling: spread over windows, or sent back to the entries that were chosen."""

from __future__ import annotations

from sympy import Expr, Mul

from deltarule.expressions import nodes
from deltarule.expressions.nodes import Read, free_indices, reads, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.matrix_form import tree as ph
from deltarule.matrix_form.match_correlation import convolution_along, split, two_reads
from deltarule.matrix_form.match_products import scaled
from deltarule.matrix_form.tree import Along, NoWords, Phrase
from deltarule.networks.network import Network

Ranges = tuple[tuple[Index, Expr], ...]


def pooling_of(
    expression: Expr, ranges: Ranges, network: Network
) -> tuple[Phrase, dict[Index, Expr]]:
    """The phrase of a pooling's gradient. Raises NoWords."""
    factor, total = split(expression)
    extents = {**dict(ranges), **dict(total.ranges)}
    target = tuple(i for i, _ in ranges)
    if len([f for f in Mul.make_args(total.body) if isinstance(f, Read)]) == 2:
        constant, found = two_reads(total.body)
        phrase = _sent_back(found, target, set(total.indices), network)
    else:
        constant, phrase = _spread(total, target)
    return scaled(factor * constant, phrase), extents


def _sent_back(found: list[Read], target: tuple, bound: set, network: Network) -> Phrase:
    """Σ_i g[i]·chosen[i, p + P − S·i]: the selection of a maximum says where g[i] goes."""
    chosen = [r for r in found if _is_selection(tensor_name(r), network)]
    if len(chosen) != 1:
        raise NoWords
    upstream = next(r for r in found if r is not chosen[0])
    along = []
    for subscript in chosen[0].indices[len(upstream.indices) :]:
        along.append(convolution_along(subscript, set(target), bound))
    if chosen[0].indices[: len(upstream.indices)] != upstream.indices:
        raise NoWords
    signal = _plain(upstream)
    labels = tuple(i for i in target if i in upstream.indices or i in {a.label for a in along})
    return ph.SentBack(labels, signal, tensor_name(chosen[0]), tuple(along))


def _plain(access: Read) -> ph.Leaf:
    """A whole tensor, each of its axes along an index of its own. Raises NoWords for a part."""
    labels = tuple(i for i in access.indices if isinstance(i, Index))
    if len(labels) != len(access.indices):
        raise NoWords
    return ph.Leaf(labels, tensor_name(access), (None,) * len(labels))


def _is_selection(name: str, network: Network) -> bool:
    return any(isinstance(e.rhs, nodes.Selection) for e in network.equation_of(name))


def _spread(total: nodes.Sum, target: tuple) -> tuple[Expr, Phrase]:
    """Σ over the windows i that hold p, of g[i]: one condition for each end of a window."""
    factors = Mul.make_args(total.body)
    found = [f for f in factors if isinstance(f, Read)]
    rest = Mul(*(f for f in factors if f not in found))
    if len(found) != 1 or reads(rest) or free_indices(rest):
        raise NoWords
    signal = found[0]
    leaf = _plain(signal)
    along, extents = [], []
    for label in (i for i in target if i not in signal.indices):
        axis, extent = _window(label, total, set(target))
        along.append(axis)
        extents.append(extent)
    if not along or {a.over for a in along} != set(total.indices):
        raise NoWords
    labels = tuple(i for i in target if i in signal.indices or i in {a.label for a in along})
    ones = ph.Ones(tuple(a.over for a in along), tuple(extents))
    return rest, ph.Convolution(labels, leaf, ones, tuple(along), False)


def _window(label: Index, total: nodes.Sum, target: set) -> tuple[Along, Expr]:
    """0 ≤ p + P − S·i ≤ K − 1: how a window moves, and how wide it is."""
    statements = [
        c.args[0]
        for c in total.conditions
        if isinstance(c, nodes.AtLeastZero) and label in free_indices(c)
    ]
    for low in statements:
        for high in statements:
            width = (low + high + 1).expand()
            if low is not high and not free_indices(width):
                axis = convolution_along(low, target, set(total.indices))
                if len(statements) == 2:
                    return axis, width
    raise NoWords
