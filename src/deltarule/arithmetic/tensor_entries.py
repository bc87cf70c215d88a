"""How many entries tensors have at some sizes: no more than can be worked with."""

from __future__ import annotations

import math
from collections.abc import Mapping

from sympy import Symbol

from deltarule.arithmetic.evaluate import Values
from deltarule.errors import DeltaruleError
from deltarule.networks.network import Network


def refuse_many(network: Network, sizes: Mapping[Symbol, int], most: int, what: str) -> None:
    """Raises DeltaruleError where a tensor has more than `most` entries: too many to be `what`."""
    values = Values({}, sizes, {}, {})
    for tensor in network.tensors.values():
        fixed = math.prod(int(a) for a in tensor.axes if a.is_Integer)
        if fixed > most:
            raise DeltaruleError(
                f"{network.name} is too large to be {what}, whatever its sizes: {tensor.name} has "
                f"{fixed} entries or more, and {most} can be worked with",
                network.path,
                "work with one of its layers, or with a copy of its file in which that is smaller; "
                f"or count them: derive {network.name} --count",
            )
    for tensor in network.tensors.values():
        entries = math.prod(values.extent(a) for a in tensor.axes)
        if entries > most:
            raise DeltaruleError(
                f"{network.name} is too large to be {what}: {tensor.name} has {entries} entries",
                network.path,
                f"work with its layers or smaller sizes, or count them: derive {network.name} "
                "--count",
            )
