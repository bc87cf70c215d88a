"""Small sizes that fit a network: different where possible, mostly coprime, stride not kernel."""

from __future__ import annotations

from random import Random
from typing import cast

import numpy as np
from sympy import Basic, Expr, Integer, Symbol

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.literal_shifts import least_sizes, named_entries
from deltarule.arithmetic.ranks import enough_terms
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import free_symbols
from deltarule.expressions.symbols import Attribute, Size
from deltarule.networks.network import Network
from deltarule.networks.recurrences import sequence_lengths

_SIZES = (2, 3, 5, 4, 7)

#: Sizes are made smaller until one equation has no more points times entries than this.
MOST_TRIED = 60_000

#: So many draws are made before sizes are made to fit that leave a single entry.
TRIED_AS_DRAWN = 60


def choose_sizes(
    network: Network, random: Random, fixed: dict[str, int], varied: bool = False
) -> dict[Symbol, int]:
    """Small values for all sizes and attributes, such that every defined size is at least 1.

    `fixed` holds some of them by name; `varied` draws the others at random from the start.
    Raises DeltaruleError if nothing small fits.
    """
    free = [s for s in free_sizes(network) if s.name not in fixed]
    pinned = {s: fixed[s.name] for s in free_sizes(network) if s.name in fixed}
    if not free:
        if not _fits(network, pinned, 1):
            raise _nothing_fits(network)
        return with_definitions(network, pinned)
    times, lags = sequence_lengths(network.equations), least_sizes(network)
    free.sort(key=lambda s: s in times)
    for attempt in range(1 if varied else 0, 2 * TRIED_AS_DRAWN):
        chosen = dict(pinned)
        for k, symbol in enumerate(free):
            # Three times at least, so that the first, the last and one between them differ.
            least = 3 if symbol in times else 1
            chosen[symbol] = max(least, lags.get(symbol, 0), _pick(symbol, k, attempt, random))
        chosen = _grown(network, chosen, {*pinned, *times})
        if attempt >= TRIED_AS_DRAWN:
            chosen = _shrunk(network, chosen, {*pinned, *times})
        least = 2 if attempt < TRIED_AS_DRAWN else 1
        if _fits(network, chosen, least):
            return _lightened(network, chosen, [s for s in free if s not in pinned], least)
    raise _nothing_fits(network)


def _nothing_fits(network: Network) -> DeltaruleError:
    return DeltaruleError(
        f"no small sizes fit the network {network.name}",
        network.path,
        "check the definitions of its sizes; give some sizes with --set",
    )


def _grown(network: Network, chosen: dict, pinned: set) -> dict:
    """The sizes, those of which too little is left (an image behind its windows) made larger."""
    for definition in demanded(network):
        given = _given_for(network, definition)
        for _ in range(24):
            left = left_of(network, chosen, definition)
            grow = [
                s
                for s in chosen
                if s not in pinned
                and not isinstance(s, Attribute)
                and s in given
                and left_of(network, {**chosen, s: chosen[s] + 6}, definition) > left
            ]
            if left >= 2 or not grow:
                break
            chosen = {**chosen, grow[0]: chosen[grow[0]] + 1}
    return chosen


def _given_for(network: Network, size: Expr) -> set[Basic]:
    """The symbols that a size follows from, also through others that are defined."""
    found: set[Basic] = set()
    waiting = [*free_symbols(size)]
    for symbol in waiting:
        if symbol not in found:
            found.add(symbol)
            waiting += free_symbols(network.definitions.get(cast(Size, symbol), Integer(0)))
    return found


def _shrunk(network: Network, chosen: dict, pinned: set) -> dict:
    """The sizes, those made smaller that leave nothing: the window over an image of one column."""
    for definition in demanded(network):
        while (left := left_of(network, chosen, definition)) < 1:
            shrink = [
                s
                for s in chosen
                if s not in pinned
                and chosen[s] > 1
                and left_of(network, {**chosen, s: chosen[s] - 1}, definition) > left
            ]
            if not shrink:
                break
            largest = max(shrink, key=chosen.__getitem__)
            chosen = {**chosen, largest: chosen[largest] - 1}
    return chosen


def demanded(network: Network) -> list[Expr]:
    """What has to come to at least 1: the defined sizes, axes such as N − 2, M − 3 where x[n, 3] is
    read, and N − D + 1 where XᵀX has an inverse.
    """
    axes = (a for t in network.tensors.values() for a in t.axes if not (a.is_Symbol or a.is_number))
    known = (*network.definitions.values(), *axes, *named_entries(network), *enough_terms(network))
    return list(dict.fromkeys(known))


def left_of(network: Network, chosen: dict, definition: Expr) -> int:
    """What a defined size, or an axis, comes to at some sizes."""
    return Values({}, with_definitions(network, chosen), {}, {}).extent(definition)


def _fits(network: Network, chosen: dict, least: int) -> bool:
    values = Values({}, with_definitions(network, chosen), {}, {})
    return all(values.extent(d) >= (1 if d.is_number else least) for d in demanded(network))


def _lightened(network: Network, chosen: dict, free: list, least: int) -> dict[Symbol, int]:
    """The sizes, the largest made smaller until no equation has too many points to try.

    A derivative is tried at every entry of a tensor and every point of an equation together.
    """
    plain = [s for s in free if not isinstance(s, Attribute)]
    stuck: set[Symbol] = set()
    lags = least_sizes(network)
    filled = with_definitions(network, chosen)
    while _points(network, filled) > MOST_TRIED:
        largest = max(
            (s for s in plain if s not in stuck and chosen[s] > max(2, lags.get(s, 0))),
            key=chosen.__getitem__,
            default=None,
        )
        if largest is None:
            break
        smaller = {**chosen, largest: chosen[largest] - 1}
        if _fits(network, smaller, least):
            chosen, filled = smaller, with_definitions(network, smaller)
        else:
            stuck.add(largest)
    return filled


def _points(network: Network, filled: dict[Symbol, int]) -> int:
    values = Values({}, filled, {}, {})

    def product(extents) -> int:
        return int(np.prod([values.extent(n) for n in extents], dtype=np.int64))

    most = 0
    for equation in network.equations:
        inner = equation.inner_ranges
        if inner:
            entries = [product(network.tensors[n].axes) for n in equation.read_names()]
            grid = product(n for _, n in (*equation.ranges, *inner))
            most = max(most, grid * max(entries, default=1))
    return most


def _pick(symbol: Symbol, position: int, attempt: int, random: Random) -> int:
    if isinstance(symbol, Attribute):
        return random.randint(1, 3) if symbol.is_positive else random.randint(0, 2)
    if attempt == 0:
        return _SIZES[position % len(_SIZES)]
    return random.choice(_SIZES) + random.randint(0, attempt // 20)


def free_sizes(network: Network) -> list[Symbol]:
    """The sizes and attributes that have to be given, in order of appearance."""
    found: dict[Symbol, None] = {}
    for tensor in network.tensors.values():
        for axis in tensor.axes:
            found.update(dict.fromkeys(sorted(_sizes_in(axis), key=str)))
        if tensor.integers_below is not None:
            found.update(dict.fromkeys(sorted(_sizes_in(tensor.integers_below), key=str)))
    for definition in network.definitions.values():
        found.update(dict.fromkeys(sorted(_sizes_in(definition), key=str)))
    for equation in network.equations:
        found.update(dict.fromkeys(sorted(_sizes_in(equation.rhs), key=str)))
    return [s for s in found if s not in network.definitions]


def _sizes_in(expression: Expr) -> set[Size]:
    return {s for s in free_symbols(expression) if isinstance(s, Size)}


def with_definitions(network: Network, sizes: dict[Symbol, int]) -> dict[Symbol, int]:
    """The sizes with those added that follow from them."""
    filled = dict(sizes)
    values = Values({}, filled, {}, {})
    for symbol, definition in network.definitions.items():
        filled[symbol] = values.extent(definition)
    return filled
