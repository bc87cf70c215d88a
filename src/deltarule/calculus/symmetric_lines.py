"""Which lines are symmetric matrices because what they are made of is: P⁻ = A P Aᵀ + Q, XᵀX + λI.

Such a matrix is looked for where one is declared, or where inverses or determinants are taken. They
are found by their values, at two settings of numbers in which what is declared to be
symmetric is; every step that uses it is checked by itself.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.errors import DeltaruleError
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.networks.network import Network

#: Seeds of the numbers.
SEEDS = (0, 1)


def with_symmetric_lines(network: Network) -> Network:
    """The network with such lines marked; itself where it has none."""
    tensors = network.tensors
    declared = any(t.symmetric or t.definite for t in tensors.values())
    if not declared and not any(e.rhs.has(Inverse, LogDet) for e in network.equations):
        return network
    square = [
        t.name
        for t in tensors.values()
        if network.equation_of(t.name) and len(t.axes) > 1 and t.axes[-1] == t.axes[-2]
    ]
    try:
        probes = [Probe(network, Float64(), seed) for seed in SEEDS] if square else []
    except DeltaruleError:  # no numbers meet all that is declared
        return network
    found = [name for name in square if all(_is_symmetric(p, name) for p in probes)]
    marked = {name: replace(tensors[name], symmetric=True) for name in found}
    return replace(network, tensors={**tensors, **marked}) if marked else network


def _is_symmetric(probe: Probe, name: str) -> bool:
    values = np.asarray(probe.values.arrays[name], dtype=float)
    return values.shape[-1] > 1 and np.allclose(values, np.swapaxes(values, -1, -2), rtol=1e-9)
