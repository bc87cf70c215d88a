"""A network as a whole: its forward pass in dual numbers, against the derived gradients."""

from __future__ import annotations

import numpy as np

from deltarule.arithmetic.dual import Dual, DualArray
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.calculus import Derivation


def gap(derivation: Derivation, seed: int = 0, **sizes: int):
    """The change of the loss along a random direction, by gradients and by dual numbers.

    The direction moves every parameter and input at once, so that any wrong gradient shows.
    """
    network, ball = derivation.network, Ball(200)
    probe = Probe(network, ball, seed, **sizes)
    arrays = probe.values.arrays
    moves = {
        t.name: probe.noise(t.axes) for t in network.tensors.values() if t.given and not t.integral
    }
    for name in derivation.upstream:
        arrays[f"d{derivation.of}/d{name}"] = probe.noise(network.tensors[name].axes)
    run(derivation.equations(), probe.values, ball)
    with ball.context():
        backward = sum(
            _total(arrays[f"d{derivation.of}/d{name}"] * move)
            for name, move in moves.items()
            if name in derivation.gradients
        )
        return backward, _forward(derivation, probe, moves)


def agrees(derivation: Derivation, seed: int = 0) -> bool:
    """Whether both are the same, where the first of many draws has a value."""
    one, two = next(filter(usable, (gap(derivation, seed + 10 * k) for k in range(40))))
    return bool(one == two or one.overlaps(two))


def usable(pair) -> bool:
    """Finite and sharp. A mask may hide everything, a window lie wholly in the padding: 0/0; and
    the exponential as an activation explodes, as the lectures say."""
    return all(x == 0 or (x.is_finite() and x.rad() < 1e-12 * max(abs(x.mid()), 1)) for x in pair)


def _forward(derivation: Derivation, probe: Probe, moves: dict):
    network, ball = derivation.network, probe.arithmetic
    arrays = {}
    for tensor in network.tensors.values():
        if tensor.given:
            value = probe.values.arrays[tensor.name]
            still = tensor.integral or tensor.name not in derivation.gradients
            move = ball.zeros(value.shape) if still else moves[tensor.name]
            arrays[tensor.name] = value if tensor.integral else DualArray(value, move)
    values = Values(arrays, probe.sizes, probe.values.scalars, probe.values.tensors)
    run(network.equations, values, Dual(ball))
    if derivation.upstream:
        return sum(
            _total(probe.values.arrays[f"d{derivation.of}/d{name}"] * values.arrays[name].tangent)
            for name in derivation.upstream
        )
    return values.arrays[derivation.of].tangent[()]


def _total(array):
    return sum(np.ravel(np.asarray(array, dtype=object)))
