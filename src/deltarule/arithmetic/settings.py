"""Sizes and attributes at which mistakes show: small, unequal and mostly coprime, never 1.

Settings that hide mistakes are a batch of one, a single time, square weights, a stride as large
as its kernel, a stride of 1, and padding that is never 0 or always 0. The settings of a few
rounds together avoid them all; nothing here knows a layer, only what role a size plays.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from random import Random

from sympy import Basic, S, Symbol

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.literal_shifts import least_sizes
from deltarule.arithmetic.small_sizes import (
    choose_sizes,
    demanded,
    free_sizes,
    left_of,
    with_definitions,
)
from deltarule.expressions.nodes import Read, Reduction, free_symbols, reads
from deltarule.expressions.symbols import Attribute, Index, Size
from deltarule.networks.network import Network
from deltarule.networks.recurrences import sequence_lengths

_PLAIN = ((2, 3, 5, 4, 7, 6, 9, 8), (3, 2, 4, 5, 7, 6, 8, 9), (2, 5, 3, 7, 4, 9, 6, 8))
#: Strides and dilations; windows; padding.
_STEPS, _WINDOWS, _EDGES = (2, 1, 3), (3, 2, 4), (0, 1, 2)

#: Sizes are made smaller until no equation has more points than this.
MOST_POINTS = 12_000


def setting(
    network: Network, number: int = 0, fixed: Mapping[str, int] | None = None
) -> dict[str, int]:
    """All sizes and attributes of round `number` by name; `fixed` holds some of them.

    Raises DeltaruleError if nothing small fits.
    """
    pinned = dict(fixed or {})
    windows = windows_of(network)
    free = [s for s in free_sizes(network) if s.name not in pinned]
    movable = [s for s in free if not isinstance(s, Attribute) and s not in windows]
    chosen = {s: pinned[s.name] for s in free_sizes(network) if s.name in pinned}
    chosen |= _steps_and_windows(network, [s for s in free if s not in movable], windows, number)
    chosen |= _plain(network, movable, number)
    grown = _grown(network, chosen, movable)
    if grown is None:
        found = choose_sizes(network, Random(number), pinned, varied=number > 0)
        return {s.name: n for s, n in found.items() if s not in network.definitions}
    return {s.name: n for s, n in _lightened(network, grown, movable).items()}


def sizes_at(network: Network, named: Mapping[str, int]) -> dict[Symbol, int]:
    """The numbers of a setting by symbol, with those that follow from them."""
    return with_definitions(network, {s: named[s.name] for s in free_sizes(network)})


def windows_of(network: Network) -> set[Symbol]:
    """The sizes of windows: what an index counts that is added to another in a subscript."""
    found: set[Symbol] = set()
    for equation in network.equations:
        inner = dict(equation.inner_ranges)
        for access in reads(equation.rhs):
            for subscript in access.indices:
                indices = {s for s in free_symbols(subscript) if isinstance(s, Index)}
                if len(indices) > 1:
                    found |= {n for i in indices if isinstance(n := inner.get(i), Size)}
    return found


def below_infinity(network: Network) -> bool:
    """Whether something is padded with −∞."""
    return any(t.outside is S.NegativeInfinity for t in network.tensors.values())


def _steps_and_windows(
    network: Network, symbols: list[Symbol], windows: set[Symbol], number: int
) -> dict[Symbol, int]:
    # A window that lies wholly in padding of −∞ has no largest entry.
    below = below_infinity(network)
    seen = {_STEPS: 0, _WINDOWS: 0, _EDGES: 0}
    found = {}
    for symbol in symbols:
        row = _WINDOWS if symbol in windows else _STEPS if symbol.is_positive else _EDGES
        value = row[(number + seen[row]) % len(row)]
        seen[row] += 1
        found[symbol] = min(value, 1) if row is _EDGES and below else value
    return found


def _plain(network: Network, sizes: list[Symbol], number: int) -> dict[Symbol, int]:
    times = sequence_lengths(network.equations)
    row = _PLAIN[number % len(_PLAIN)]
    found = {s: row[k % len(row)] for k, s in enumerate(s for s in sizes if s not in times)}
    lags = least_sizes(network)
    for symbol in sizes:
        # Three times at least, so that the first, the last and one between them differ.
        least = max(3 if symbol in times else 0, lags.get(symbol, 0))
        if found.get(symbol, 0) < least:
            found[symbol] = next(n for n in range(least, 99) if n not in found.values())
    return found


def _grown(
    network: Network, chosen: dict[Symbol, int], movable: list[Symbol]
) -> dict[Symbol, int] | None:
    """Sizes made larger until what follows from them is 3 at least, and no two are equal."""
    for symbol, definition in network.definitions.items():
        mine = [s for s in movable if s in free_symbols(definition)]
        for _ in range(30):
            now = with_definitions(network, chosen)
            others = [n for s, n in now.items() if s in network.definitions and s != symbol]
            if now[symbol] >= 3 and (now[symbol] not in others or not mine):
                break
            better = [s for s in mine if _after(network, chosen, s, symbol) > now[symbol]]
            if not better:
                break
            chosen = {**chosen, better[0]: chosen[better[0]] + 1}
    for axis in demanded(network):
        mine = [s for s in movable if s in free_symbols(axis)]
        while (left := left_of(network, chosen, axis)) < 2:
            more = ({**chosen, s: chosen[s] + 1} for s in mine)
            chosen = next((c for c in more if left_of(network, c, axis) > left), None) or chosen
            if left_of(network, chosen, axis) == left:
                break
    return chosen if all(left_of(network, chosen, d) >= 1 for d in demanded(network)) else None


def _after(network: Network, chosen: dict, symbol: Symbol, defined: Symbol) -> int:
    """What a defined size becomes where another is larger by more than any stride."""
    return with_definitions(network, {**chosen, symbol: chosen[symbol] + 6})[defined]


def _lightened(
    network: Network, chosen: dict[Symbol, int], movable: list[Symbol]
) -> dict[Symbol, int]:
    """Sizes made smaller until no equation has too many points: large ones first, none equal."""
    stuck: set[Symbol] = set()
    lags = least_sizes(network)
    while most_points(network, with_definitions(network, chosen)) > MOST_POINTS:
        rest = [s for s in movable if s not in stuck and chosen[s] > max(2, lags.get(s, 0))]
        if not rest:
            break
        taken = {chosen[s] for s in movable}
        largest = max(rest, key=lambda s: (chosen[s] - 1 not in taken, chosen[s]))
        smaller = {**chosen, largest: chosen[largest] - 1}
        if all(left_of(network, smaller, d) >= 2 or d.is_number for d in demanded(network)):
            chosen = smaller
        else:
            stuck.add(largest)
    return chosen


def most_points(network: Network, sizes: dict[Symbol, int]) -> int:
    """The points of the largest equation, sums written out."""
    values = Values({}, sizes, {}, {})
    most = 0
    for equation in network.equations:
        extents = [values.extent(n) for _, n in (*equation.ranges, *equation.inner_ranges)]
        most = max(most, math.prod(extents))
    return most


def points_added(network: Network, sizes: dict[Symbol, int]) -> int:
    """As `most_points`, but sums that stand side by side are added up and not multiplied.

    The slope of a Hessian times a vector has one sum beside another for every tensor.
    """
    values = Values({}, sizes, {}, {})

    def points(node: Basic) -> int:
        """How many numbers are added up for one value of an expression; 1 for none."""
        if isinstance(node, Reduction):
            return math.prod(values.extent(n) for _, n in node.ranges) * points(node.body)
        if isinstance(node, Read):
            return 1
        return max(1, sum(k for k in map(points, node.args) if k > 1))

    return max(
        (
            math.prod(values.extent(n) for _, n in e.ranges) * points(e.rhs)
            for e in network.equations
        ),
        default=0,
    )
