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
        entries = math.prod(values.extent(a) for a in tensor.axes)
        if entries > most:
            raise DeltaruleError(
                f"{network.name} is too large to be {what}: {tensor.name} has {entries} entries",
                network.path,
                f"work with its layers or smaller sizes, or count them: derive {network.name} "
                "--count",
            )
