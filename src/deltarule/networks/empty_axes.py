"""Sizes at which something is left to work with: every tensor of a network has entries."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import free_symbols
from deltarule.expressions.symbols import Size
from deltarule.networks.network import Network


def refuse_empty(
    network: Network, extent: Callable[[Expr], Expr | int], place: str | None = None
) -> None:
    """Raises DeltaruleError where a tensor has no entries: nothing could be computed or compared.

    `extent` gives what an axis comes to.
    """
    for tensor in network.tensors.values():
        empty = next((a for a in tensor.axes if extent(a) == 0), None)
        if empty is not None:
            axes = ", ".join(map(str, tensor.axes))
            at = f" at {empty} = 0" if free_symbols(empty) else ""
            raise DeltaruleError(
                f"{tensor.name}[{axes}] has no entries{at}: there is nothing to compute",
                place or network.name,
                _remedy(network, empty),
            )


def _remedy(network: Network, empty: Expr) -> str:
    """What is to be at least 1, and by which sizes where it follows from others."""
    defined = network.definitions.get(empty, empty) if isinstance(empty, Size) else empty
    follows = free_symbols(defined) - {empty}
    if not free_symbols(empty):
        return "give every axis at least one entry"
    by = f": change one of {', '.join(sorted(map(str, follows)))}" if follows else ""
    return f"{empty} is at least 1{by}"
