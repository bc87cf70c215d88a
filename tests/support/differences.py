"""Central differences of a whole network in float64: a check that knows no derivative at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.calculus import Derivation
from deltarule.tracing.frozen_values import with_frozen_values

STEP = 1e-5


def slopes(derivation: Derivation, seed: int) -> list[tuple[str, float, float]]:
    """For each given tensor: the change along a direction, by the gradient and by differences."""
    network, floats = derivation.network, Float64()
    probe = Probe(network, floats, seed)
    for name in derivation.upstream:
        axes = network.tensors[name].axes
        probe.values.arrays[f"d{derivation.of}/d{name}"] = probe.noise(axes)
    run(derivation.equations(), probe.values, floats)
    equations, held = with_frozen_values(network.equations, probe.values, floats)
    found = []
    for tensor in network.tensors.values():
        if not tensor.given or tensor.integral or tensor.name not in derivation.gradients:
            continue
        direction = probe.noise(tensor.axes)
        gradient = probe.values.arrays[f"d{derivation.of}/d{tensor.name}"]
        with floats.context():  # infinities are the caller's to notice
            ahead, behind = (
                _value(derivation, equations, held, tensor.name, direction * step)
                for step in (STEP, -STEP)
            )
            by_gradient = float(np.sum(gradient * direction))
            found.append((tensor.name, by_gradient, float(ahead - behind) / (2 * STEP)))
    return found


def _value(derivation: Derivation, equations, held: Values, name: str, move: np.ndarray):
    """The loss, or the outputs weighted with their gradients, after a move of one tensor.

    What no gradient flows through has its values among those `held`.
    """
    computed = {e.name for e in equations}
    arrays = {n: a for n, a in held.arrays.items() if n not in computed}
    arrays[name] = arrays[name] + move
    values = replace(held, arrays=arrays)
    run(equations, values, Float64())
    if not derivation.upstream:
        return values.arrays[derivation.of]
    return sum(
        np.sum(held.arrays[f"d{derivation.of}/d{n}"] * _finite(values.arrays[n]))
        for n in derivation.upstream
    )


def _finite(outputs: np.ndarray) -> np.ndarray:
    """The largest of nothing, a window that lies wholly in the padding, is −∞ and never moves."""
    return np.where(np.isneginf(outputs), 0, outputs)
