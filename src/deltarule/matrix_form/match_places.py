"""Gradients that only move entries, or weight them by where they lie: rearrangements, slices, sums
over blocks, scatters, interpolation.

    g[n, W·(H·c + i) + j]                 in another shape
    Σ_i g[U·p + i]                        sum over the block p
    Σ_r [p = row[r] + i] g[r, i]          added where it was read from
    Σ_i g[i]·max(0, 1 − |i/U − p|)        spread over the entries around
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from sympy import Expr, Integer, Mul

from deltarule.expressions import nodes
from deltarule.expressions.gradient_names import tensor_of
from deltarule.expressions.nodes import Read, free_indices, reads, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.matrix_form import tree as ph
from deltarule.matrix_form.match_correlation import correlation_of, split
from deltarule.matrix_form.match_products import scaled
from deltarule.matrix_form.moved_entries import Scattered
from deltarule.matrix_form.shares import Share, placed, shares_of
from deltarule.matrix_form.tree import NoWords, Phrase
from deltarule.networks.network import Network

Ranges = tuple[tuple[Index, Expr], ...]
#: More shares than this make no sentence.
MOST_SHARES = 6

Found = tuple[Phrase, dict[Index, Expr]]


def rearranged_of(expression: Expr, ranges: Ranges, network: Network) -> Found:
    """A part of a tensor, or the whole in another order. Raises NoWords for anything else."""
    factor, access = _scaled_read(expression)
    extents = dict(ranges)
    phrase = placed(access, extents, network)
    exchanged = phrase.places != phrase.labels and len(phrase.labels) > 2
    if len(phrase.whole) == len(phrase.places) and not exchanged:
        raise NoWords  # the whole as it is, or a matrix transposed
    return scaled(factor, phrase), extents


def fetched_of(expression: Expr, ranges: Ranges, network: Network) -> Found:
    """Entries that lie where data say. Raises NoWords for anything else."""
    factor, access = _scaled_read(expression)
    extents = dict(ranges)
    phrase = placed(access, extents, network, data=True)
    if set(phrase.labels) != set(extents):
        raise NoWords
    return scaled(factor, phrase), extents


def block_sum_of(expression: Expr, ranges: Ranges, network: Network) -> Found:
    """The sum over blocks of a tensor. Raises NoWords for anything else."""
    factor, total = split(expression)
    constant, access = _scaled_read(total.body)
    if total.conditions:
        raise NoWords
    extents = {**dict(ranges), **dict(total.ranges)}
    inner = placed(access, extents, network)
    over = tuple(i for i in inner.labels if i in total.indices)
    if set(over) != set(total.indices):
        raise NoWords
    labels = tuple(i for i in inner.labels if i not in over)
    return scaled(factor * constant, ph.SumOver(labels, inner, over)), extents


def scattered_of(expression: Expr, ranges: Ranges, network: Network) -> Found:
    """Entries that are added where data say. Raises NoWords for anything else."""
    factor, total = split(expression)
    constant, access = _scaled_read(total.body)
    extents = {**dict(ranges), **dict(total.ranges)}
    signal = _whole(access, extents, network)
    places = {}
    for condition in total.conditions:
        sides = condition.args if isinstance(condition, nodes.Equal) else ()
        label = next((s for s in sides if s in dict(ranges) and s not in signal.labels), None)
        if label is None or label in places:
            raise NoWords
        places[label] = next(s for s in sides if s != label)
        if not free_indices(places[label]) <= set(signal.labels):
            raise NoWords
    labels = tuple(i for i, _ in ranges if i in signal.labels or i in places)
    if not places or not {*total.indices} <= set(signal.labels):
        raise NoWords
    phrase = Scattered(labels, signal, tuple(places.items()))
    return scaled(factor * constant, phrase), extents


def shared_of(
    expression: Expr, ranges: Ranges, network: Network, plain: Callable[[Expr], Found]
) -> Found:
    """Shares of gradients, each in the words that there are for it; `plain` finds those of a share
    that is no sum. Raises NoWords.
    """
    shares = list(shares_of(expression))
    if not 0 < len(shares) <= MOST_SHARES:
        raise NoWords
    terms, extents = [], dict(ranges)
    for share in shares:
        phrase, own = _share(share, ranges, network, plain)
        if any(extents.setdefault(i, n) != n for i, n in own.items()):
            raise NoWords
        terms.append(phrase)
    terms.sort(key=lambda t: isinstance(t, ph.Scaled) and t.factor.could_extract_minus_sign())
    labels = tuple(i for i, _ in ranges if any(i in t.labels for t in terms))
    return (terms[0] if len(terms) == 1 else ph.Plus(labels, tuple(terms))), extents


def _share(share: Share, ranges: Ranges, network: Network, plain: Callable[[Expr], Found]) -> Found:
    """One share: moved entries, a convolution, or a sum with weights."""
    if not share.ranges and not share.conditions:
        with suppress(NoWords):
            return plain(share.expression)
    if share.ranges:
        for pattern in (correlation_of, block_sum_of, scattered_of):
            with suppress(NoWords):
                return pattern(share.expression, ranges, network)
    return share.phrase(ranges, network)


def _whole(access: Read, extents: dict[Index, Expr], network: Network) -> ph.Leaf:
    """A tensor read at each of its entries once. Raises NoWords for another."""
    axes = network.tensors[tensor_of(tensor_name(access))].axes
    labels = tuple(i for i in access.indices if isinstance(i, Index))
    if len({*labels}) != len(access.indices) or axes != tuple(extents.get(i) for i in labels):
        raise NoWords
    return ph.Leaf(labels, tensor_name(access), (None,) * len(labels))


def _scaled_read(expression: Expr) -> tuple[Expr, Read]:
    """A constant times what is read once. Raises NoWords."""
    factors = Mul.make_args(expression)
    found = [f for f in factors if isinstance(f, Read)]
    rest = Mul(*(f for f in factors if f not in found))
    if len(found) != 1 or reads(rest) or free_indices(rest) or rest == Integer(0):
        raise NoWords
    return rest, found[0]
