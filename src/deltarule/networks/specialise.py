"""A network with numbers put in for some of its sizes and attributes: N = 2, S = 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sympy import Expr, Integer

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.expressions.given_numbers import whole_number
from deltarule.expressions.nodes import free_symbols
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Attribute, Size
from deltarule.networks.empty_axes import refuse_empty
from deltarule.networks.network import Network
from deltarule.networks.recurrences import Recurrence, blocks, no_times
from deltarule.networks.respelled import resized, with_sizes


def specialise(network: Network, numbers: Mapping[str, int]) -> Network:
    """The network with numbers for the sizes and attributes that `numbers` names.

    Sizes that follow from them are filled in as far as they become numbers. Raises DeltaruleError
    for an unknown name, a size that follows from others, a number that is too small, and
    sizes at which a tensor has no entries.
    """
    if not numbers:
        return network
    known = given_sizes(network)
    table: dict[Size, Expr] = {
        _symbol(name, known, network): Integer(whole_number(name, value, network.name))
        for name, value in numbers.items()
    }
    for symbol, value in table.items():
        least = 1 if symbol.is_positive else 0
        if value < least:
            # An axis without entries is refused where something is computed (`empty_axes`).
            entries = any(symbol in tensor.axes for tensor in network.tensors.values())
            raise DeltaruleError(
                f"{symbol} = {value} is too small",
                network.name,
                f"{symbol} is at least {1 if entries else least}",
            )
    _refuse_no_times(network, table)
    definitions = {}
    for symbol, definition in network.definitions.items():
        filled = substitute(definition, table)
        if not filled.is_Integer:
            definitions[symbol] = filled
            continue
        if filled < 0:
            raise _does_not_fit(network, symbol, definition, filled)
        table[symbol] = filled
    if any(value == 0 for value in table.values()):
        refuse_empty(network, lambda axis: substitute(axis, table))
    return replace(
        in_other_sizes(network, table),
        definitions=definitions,
        attributes={s: v for s, v in network.attributes.items() if s not in table},
    )


def in_other_sizes(network: Network, table: Mapping[Size, Expr]) -> Network:
    """The network with other expressions for its sizes: names, or numbers."""
    definitions = network.definitions.items()
    return replace(
        network,
        tensors={name: resized(t, table) for name, t in network.tensors.items()},
        equations=tuple(with_sizes(e, table) for e in network.equations),
        definitions={substitute(s, table): substitute(d, table) for s, d in definitions},
        uses=tuple(use.specialised(table) for use in network.uses),
    )


def _refuse_no_times(network: Network, table: Mapping[Size, Expr]) -> None:
    """A sequence has at least one time."""
    for block in blocks(network.equations):
        if isinstance(block, Recurrence) and substitute(block.extent, table) == 0:
            raise no_times(block.extent, block.equations[0].place)


def given_sizes(network: Network) -> dict[str, Size]:
    """The sizes and attributes that may be given, by name, in order of appearance."""
    axes = [axis for tensor in network.tensors.values() for axis in tensor.axes]
    bodies = [equation.rhs for equation in network.equations]
    found: dict[str, Size] = {}
    for expression in (*axes, *network.definitions.values(), *bodies):
        for symbol in sorted(free_symbols(expression), key=str):
            if isinstance(symbol, Size) and symbol not in network.definitions:
                found.setdefault(symbol.name, symbol)
    plain = {n: s for n, s in found.items() if not isinstance(s, Attribute)}
    return {**plain, **{n: s for n, s in found.items() if isinstance(s, Attribute)}}


def _symbol(name: str, known: Mapping[str, Size], network: Network) -> Size:
    if name in known:
        return known[name]
    derived = [s for s in network.definitions if s.name == name]
    if derived:
        raise DeltaruleError(
            f"{name} follows from other sizes and cannot be given",
            network.name,
            "give one of " + ", ".join(_sizes_in(network.definitions[derived[0]])),
        )
    raise DeltaruleError(
        f"{network.name} has no size {name}",
        network.path or network.name,
        did_you_mean(name, known) or "its sizes are " + (", ".join(known) or "all numbers"),
    )


def _does_not_fit(network: Network, symbol: Size, definition: Expr, value: Expr) -> DeltaruleError:
    return DeltaruleError(
        f"the sizes do not fit: {symbol} = {value}",
        network.name,
        "change one of " + ", ".join(_sizes_in(definition)),
    )


def _sizes_in(expression: Expr) -> Iterable[str]:
    return sorted(s.name for s in free_symbols(expression) if isinstance(s, Size))
