"""The sizes of a network, read off the shapes of the arrays that it is given."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sympy import Symbol

from deltarule.arithmetic.small_sizes import with_definitions
from deltarule.errors import DeltaruleError
from deltarule.kernels.passes.program import known_sizes
from deltarule.networks.network import Network
from deltarule.spelling.counted import counted


def sizes_of(
    network: Network, arrays: Mapping[str, np.ndarray], known: Mapping[Symbol, tuple] | None = None
) -> dict[Symbol, int]:
    """All sizes by symbol; `known` is what `known_sizes` gives, if that is at hand.

    Raises DeltaruleError for a missing array, or one of too few axes.
    """
    found: dict[Symbol, int] = {}
    for size, (tensor, axis, rest, coefficient) in (known or known_sizes(network)[0]).items():
        if tensor not in arrays:
            raise DeltaruleError(f"{tensor} is missing", network.name, f"give {tensor}=…")
        shape = np.shape(arrays[tensor])
        if axis >= len(shape):
            axes = network.tensors[tensor].axes
            raise DeltaruleError(
                f"{tensor} has {counted(len(shape), 'axis')}",
                network.name,
                f"it has {len(axes)}: [{', '.join(map(str, axes))}]",
            )
        if rest == 0 and coefficient == 1:
            found[size] = shape[axis]
        else:
            found[size] = (shape[axis] - int(rest.subs(found))) // int(coefficient.subs(found))
    return with_definitions(network, found)
