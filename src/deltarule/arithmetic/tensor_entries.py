"""How many entries tensors have at some sizes: no more than can be worked with."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from sympy import Symbol

from deltarule.arithmetic.evaluate import Values
from deltarule.errors import DeltaruleError
from deltarule.networks.network import Network


def refuse_many(network: Network, sizes: Mapping[Symbol, int], most: int, what: str) -> None:
    """Raises DeltaruleError where a tensor has more than `most` entries: too many to be `what`."""
    values = Values({}, sizes, {}, {})
    for tensor in network.tensors.values():
        fixed = math.prod(int(a) for a in tensor.axes if a.is_Integer)
        if fixed > most and not network.path:
            extents = [int(a) for a in tensor.axes if a.is_Integer]
            raise DeltaruleError(
                f"this is too large to be {what}: {tensor.name} has {fixed} entries, and "
                f"{most} can be worked with",
                network.title or "the equations",
                f"give it fewer: --set {tensor.name}={'x'.join(map(str, fewer(extents, most)))}",
            )
        if fixed > most:
            raise DeltaruleError(
                f"{network.name} is too large to be {what}, whatever its sizes: {tensor.name} has "
                f"{fixed} entries or more, and {most} can be worked with",
                network.path,
                "work with one of its layers, or with a copy of its file in which that is smaller; "
                f"or count them: derive {_called(network)} --count",
            )
    for tensor in network.tensors.values():
        entries = math.prod(values.extent(a) for a in tensor.axes)
        if entries > most:
            raise DeltaruleError(
                f"{network.name} is too large to be {what}: {tensor.name} has {entries} entries",
                network.path,
                f"work with its layers or smaller sizes, or count them: derive {_called(network)} "
                "--count",
            )


def fewer(extents: Sequence[int], most: int) -> list[int]:
    """Extents in about the same proportion that have no more than so many entries in all."""
    share = (most / math.prod(extents)) ** (1 / len(extents))
    found = [max(int(extent * share), 2) for extent in extents]
    while math.prod(found) > most:
        largest = found.index(max(found))
        found[largest] -= max((math.prod(found) - most) * found[largest] // math.prod(found), 1)
    return found


def _called(network: Network) -> str:
    """What a network is called on the command line: a derivation of a file of one's own by path."""
    path = Path(network.path)
    return network.name if "derivations" in path.parts else str(path)
