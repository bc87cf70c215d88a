"""Sizes that windows fit exactly: no row or column is left over behind the last window."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import cast

from sympy import Expr, Symbol

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.small_sizes import with_definitions
from deltarule.expressions.nodes import FloorQuotient, free_symbols, walk
from deltarule.expressions.symbols import Attribute
from deltarule.networks.network import Network


def remainders(network: Network, sizes: Mapping[Symbol, int]) -> dict[Symbol, int]:
    """What is left over in each defined size that counts windows: 0 where they fit exactly."""
    filled = with_definitions(network, dict(sizes))
    values = Values({}, filled, {}, {})
    return {
        symbol: sum(values.extent(span) % values.extent(step) for span, step in found)
        for symbol, found in _quotients(network).items()
    }


def fitted(
    network: Network, sizes: Mapping[Symbol, int], fixed: Collection[str]
) -> dict[Symbol, int]:
    """The sizes, those made larger that leave a remainder; as they are where none may be.

    `fixed` names sizes that stay as they are, as attributes do.
    """
    chosen = {s: n for s, n in sizes.items() if s not in network.definitions}
    for symbol, found in _quotients(network).items():
        left = remainders(network, chosen)
        if left[symbol]:
            step = max(Values({}, dict(sizes), {}, {}).extent(stride) for _, stride in found)
            chosen = _grown(network, chosen, symbol, step, fixed, sum(left.values()))
    return with_definitions(network, chosen)


def _grown(network, chosen, symbol, step: int, fixed, most: int) -> dict[Symbol, int]:
    """One of the sizes in a definition larger by less than a stride, so that it fits."""
    often = {s: sum(s in free_symbols(d) for d in network.definitions.values()) for s in chosen}
    plain = [
        s
        for s in chosen
        if s in free_symbols(network.definitions[symbol])
        and not isinstance(s, Attribute)
        and s.name not in fixed
    ]
    for grown in sorted(plain, key=often.__getitem__):
        for more in range(1, step):
            larger = {**chosen, grown: chosen[grown] + more}
            left = remainders(network, larger)
            if not left[symbol] and sum(left.values()) < most:
                return larger
    return chosen


def _quotients(network: Network) -> dict[Symbol, list[tuple[Expr, Expr]]]:
    """What is divided, and by what, in the floor quotients of each defined size that has some."""
    found: dict[Symbol, list[tuple[Expr, Expr]]] = {}
    for symbol, definition in network.definitions.items():
        for node in walk(definition):
            if isinstance(node, FloorQuotient):
                span, stride = node.args
                found.setdefault(symbol, []).append((cast(Expr, span), cast(Expr, stride)))
    return found
