"""The settings at which every step of a derivation is tried: small ones that hide no mistake.

A step may be right at a stride of 1 alone, at one time, in a square, or where windows overlap.
The settings together have strides and dilations of 1, 2 and 3, padding of 0, 1 and 2, windows
larger and smaller than the stride (so that some sums are empty), unequal sizes, and 1 of
everything that may be 1. The first is larger and has no 1 but where that is asked for. Where
conditions hold numbers, as i − j < 3 does, one more has sizes beyond them: each holds and fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from sympy import Basic, Expr, Symbol

from deltarule.arithmetic.settings import MOST_POINTS, below_infinity, most_points, windows_of
from deltarule.arithmetic.small_sizes import (
    choose_sizes,
    demanded,
    free_sizes,
    left_of,
    with_definitions,
)
from deltarule.errors import DeltaruleError
from deltarule.expressions.conditions import AtLeastZero, Equal, Unequal
from deltarule.expressions.nodes import Reduction, free_indices, free_symbols, walk
from deltarule.expressions.symbols import Attribute, Size
from deltarule.networks.network import Network

#: By setting: strides and dilations, padding, windows, plain sizes, each gone round; and how
#: much is at least left of what follows from others (the outputs of a convolution).
_ROWS = (
    ((2, 1), (2, 1), (3, 2), (2, 3, 1, 4), 2),
    ((3, 3), (1, 2), (2, 2), (3, 1, 2, 2), 2),
    ((1, 1), (0, 0), (1, 1), (1, 1, 1, 1), 1),
)
#: No size is made larger than this for a number in a condition.
_FAR = 12
#: Sizes are larger than such a number by this: of several conditions some hold and some fail.
_MORE = 4
#: The attributes of the first setting: strides and dilations, padding, windows.
_FIRST = ((1, 2), (0, 1), (2, 3))


def trials(network: Network, seed: int = 0) -> tuple[dict[str, int], ...]:
    """The settings by name, the larger one first; no two are the same.

    Raises DeltaruleError if nothing small fits the network.
    """
    found = [_first(network, seed)]
    further = [_small(network, row) for row in _ROWS]
    reaching = _reaching(network, found[0])
    for chosen in (*further, reaching):
        if chosen is not None and chosen not in found:
            found.append(chosen)
    return tuple(found)


def _first(network: Network, seed: int) -> dict[str, int]:
    steps, edges, windows, _ = _groups(network)
    pinned = {s.name: _FIRST[0][k % 2] for k, s in enumerate(steps)}
    pinned |= {s.name: _within(network, _FIRST[1][k % 2]) for k, s in enumerate(edges)}
    chosen = [s for s in windows if isinstance(s, Attribute)]
    pinned |= {s.name: _FIRST[2][k % 2] for k, s in enumerate(chosen)}
    try:
        sizes = choose_sizes(network, Random(seed), pinned, varied=seed > 0)
    except DeltaruleError:
        sizes = choose_sizes(network, Random(seed), {}, varied=seed > 0)
    return {s.name: n for s, n in sizes.items() if s not in network.definitions}


def _reaching(network: Network, first: dict[str, int]) -> dict[str, int] | None:
    """The first setting with sizes that conditions' numbers lie below; None where they do, and
    where that takes long."""
    needed = _beyond_numbers(network)
    grown = {**first, **{n: least for n, least in needed.items() if first.get(n, least) < least}}
    symbols = {s: grown[s.name] for s in free_sizes(network) if s.name in grown}
    if grown == first or most_points(network, with_definitions(network, symbols)) > MOST_POINTS:
        return None
    return grown if all(left_of(network, symbols, d) >= 1 for d in demanded(network)) else None


def _beyond_numbers(network: Network) -> dict[str, int]:
    """How large a size has to be for indices below it to lie on both sides of a condition."""
    needed: dict[str, int] = {}
    for equation in network.equations:
        nodes = list(walk(equation.rhs))
        ranges = dict(equation.ranges)
        for node in nodes:
            ranges |= dict(node.ranges) if isinstance(node, Reduction) else {}
        for node in nodes:
            least = min(_number_in(node) + _MORE, _FAR)
            extents = [ranges.get(i) for i in free_indices(node)] if least > _MORE + 1 else []
            for name in (n.name for n in extents if isinstance(n, Size)):
                needed[name] = max(needed.get(name, 0), least)
    return needed


def _number_in(node: Basic) -> int:
    """The largest number that a condition holds beside its indices: 3 of i − j < 3; else 0."""
    if isinstance(node, Unequal):
        sides: tuple = (*node.args[0].args, *node.args[1].args)
    else:
        sides = node.args if isinstance(node, AtLeastZero | Equal) else ()
    return max((abs(int(side.as_coeff_Add()[0])) for side in sides if _whole(side)), default=0)


def _whole(side: Expr) -> bool:
    return side.as_coeff_Add()[0].is_Integer is True


def _groups(network: Network) -> tuple[Sequence[Symbol], ...]:
    """What is at least 1, as a stride is; what may be 0, as padding may; windows; the rest."""
    free, inside = free_sizes(network), windows_of(network)
    windows = [s for s in free if s in inside]
    others = [s for s in free if s not in inside and isinstance(s, Attribute)]
    steps, edges = ([s for s in others if bool(s.is_positive) == least] for least in (True, False))
    return steps, edges, windows, [s for s in free if s not in windows and s not in others]


def _within(network: Network, padding: int) -> int:
    """A window that lies wholly in padding of −∞ has no largest entry."""
    return min(padding, 1) if below_infinity(network) else padding


def _small(network: Network, row: tuple) -> dict[str, int] | None:
    """A small setting; None where it does not fit, or would take long."""
    groups = _groups(network)
    chosen: dict[Symbol, int] = {}
    for group, values in zip(groups, row[:4], strict=True):
        chosen |= {s: values[k % len(values)] for k, s in enumerate(group)}
    chosen |= {s: _within(network, chosen[s]) for s in groups[1]}
    grown = _grown(network, chosen, groups[3], row[4])
    if grown is None or most_points(network, with_definitions(network, grown)) > MOST_POINTS:
        return None
    return {s.name: n for s, n in grown.items()}


def _grown(network: Network, chosen: dict, movable: Sequence[Symbol], least: int) -> dict | None:
    """Sizes made larger until what follows from them is at least so much, or 1 if that is all."""
    for definition in demanded(network):
        mine = [s for s in movable if s in free_symbols(definition)]
        for _ in range(24):
            left = left_of(network, chosen, definition)
            better = [
                s for s in mine if left_of(network, {**chosen, s: chosen[s] + 6}, definition) > left
            ]
            if left >= least or not better:
                break
            chosen = {**chosen, better[0]: chosen[better[0]] + 1}
    return chosen if all(left_of(network, chosen, d) >= 1 for d in demanded(network)) else None
