"""Constants among the givens: ε of a network, μ, β₁ and β₂ of its optimiser."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Rate, Scalar
from deltarule.language.optimisers import optimiser as update_file
from deltarule.networks.constant_ranges import check_constant
from deltarule.networks.network import Network
from deltarule.spelling.names import pretty
from deltarule.tracing.givens import exact_array


def given_constants(
    network: Network, named: Mapping[str, object], optimiser: str | None
) -> dict[Scalar, Fraction]:
    """The values given for constants, by their symbols; a network's own come first.

    Raises DeltaruleError for several numbers where one belongs, for one out of range, and for the
    learning rate, which a sheet has elsewhere.
    """
    known = {} if optimiser is None else _constants(update_file(optimiser))
    known = {n: c for n, c in known.items() if not _is_given(network, n)} | _constants(network)
    found: dict[Scalar, Fraction] = {}
    for name, value in named.items():
        if name not in known:
            continue
        symbol, owner = known[name]
        place = f"constants of {owner.name}"
        array = exact_array(value, name)
        if array.size != 1:
            raise DeltaruleError(
                f"{pretty(name)} is given as {array.size} numbers and is one",
                place,
                f"write {name} = {float(owner.scalars[symbol]):g}",
            )
        if isinstance(symbol, Rate):
            raise DeltaruleError(
                f"{pretty(name)} is the learning rate of {owner.name}",
                place,
                "give it as the rate, as in rate = 0.1",
            )
        found[symbol] = array.flat[0]
        check_constant(name, found[symbol], owner.ranges.get(symbol), place)
    return found


def _constants(owner: Network) -> dict[str, tuple[Scalar, Network]]:
    return {symbol.name: (symbol, owner) for symbol in owner.scalars}


def _is_given(network: Network, name: str) -> bool:
    return name in network.tensors and network.tensors[name].given
