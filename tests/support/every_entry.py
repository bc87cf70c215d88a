"""Every single entry of a gradient against dual numbers, exactly, in any arithmetic."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.dual import Dual, DualArray
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.calculus import Derivation


def wrong_entries(
    derivation: Derivation, arithmetic: Arithmetic, seed: int, most: int = 10**6, **sizes: int
) -> list:
    """(name, entry, derived, by dual numbers) wherever the two differ.

    Of a tensor with more than `most` entries, so many are tried, drawn from the seed.
    """
    network = derivation.network
    probe = Probe(network, arithmetic, seed, **sizes)
    for name in derivation.upstream:
        axes = network.tensors[name].axes
        probe.values.arrays[f"d{derivation.of}/d{name}"] = probe.noise(axes)
    run(derivation.equations(), probe.values, arithmetic)
    wrong = []
    for tensor in network.tensors.values():
        if not tensor.given or tensor.name not in derivation.gradients:
            continue
        found = probe.values.arrays[f"d{derivation.of}/d{tensor.name}"]
        entries = list(np.ndindex(found.shape))
        for at in Random(seed).sample(entries, min(most, len(entries))):
            slope = _slope(derivation, probe, tensor.name, at)
            if found[at] != slope:
                wrong.append((tensor.name, at, found[at], slope))
    return wrong


def _slope(derivation: Derivation, probe: Probe, name: str, at: tuple):
    """The change of the loss with one entry."""
    network, arithmetic = derivation.network, probe.arithmetic
    arrays = {}
    for tensor in network.tensors.values():
        if not tensor.given:
            continue
        value = probe.values.arrays[tensor.name]
        move = arithmetic.zeros(value.shape)
        if tensor.name == name:
            move[at] = arithmetic.number(Fraction(1))
        arrays[tensor.name] = value if tensor.integral else DualArray(value, move)
    values = Values(arrays, probe.sizes, probe.values.scalars, probe.values.tensors)
    run(network.equations, values, Dual(arithmetic))
    if not derivation.upstream:
        return values.arrays[derivation.of].tangent[()]
    total = arithmetic.number(Fraction(0))
    for out in derivation.upstream:
        upstream = probe.values.arrays[f"d{derivation.of}/d{out}"]
        change = arithmetic.multiply(upstream, values.arrays[out].tangent)
        change = np.asarray(change, dtype=arithmetic.dtype)
        total = arithmetic.add(total, arithmetic.total(change, tuple(range(change.ndim))))
    return np.asarray(total)[()]
