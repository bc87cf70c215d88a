"""Second derivatives, Jacobians and tangents against central differences of the forward pass alone.

python tests/support/second_differences.py FILE     one text a line; all that is wrong is said
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from deltarule.arithmetic.evaluate import evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.calculus import derive
from deltarule.calculus.gradient_network import hessian_vector_network
from deltarule.calculus.jacobians import hessian, jacobian
from deltarule.calculus.tangents import tangent_network
from deltarule.errors import DeltaruleError
from deltarule.networks.network import Network
from deltarule.tracing.frozen_values import with_frozen_values
from deltarule.typed import layer

STEP = 2e-4
CLOSE = 2e-5

Arrays = dict[str, np.ndarray]


class Forward:
    """A network at one point: its outputs as functions of the tensors that are given."""

    def __init__(self, network: Network, seed: int, **sizes: int):
        self.network, self.floats = network, Float64()
        self.probe = Probe(network, self.floats, seed, **sizes)
        self.at = {n: np.array(a) for n, a in self.probe.values.arrays.items()}
        self.equations, self.held = with_frozen_values(
            network.equations, self.probe.values, self.floats
        )

    def of(self, moved: Arrays) -> Arrays:
        """All tensors where some of what is given has moved."""
        computed = {e.name for e in self.equations}
        arrays = {n: a for n, a in self.held.arrays.items() if n not in computed}
        values = replace(self.held, arrays={**arrays, **self.at_given(), **moved})
        run(self.equations, values, self.floats)
        return values.arrays

    def at_given(self) -> Arrays:
        """What is given, where it is."""
        return {n: self.at[n] for n, t in self.network.tensors.items() if t.given}


def _entries(array: np.ndarray) -> list[tuple[int, ...]]:
    return list(np.ndindex(array.shape))


def _moved(at: Arrays, *steps: tuple[str, tuple[int, ...], float]) -> Arrays:
    found = {name: at[name].astype(float) for name, _, _ in steps}
    for name, place, step in steps:
        found[name][place] += step
    return found


def _apart(claimed: np.ndarray, measured: np.ndarray) -> bool:
    scale = max(1.0, float(np.max(np.abs(measured), initial=0)))
    return not np.allclose(claimed, measured, atol=CLOSE * scale, rtol=CLOSE)


def hessian_faults(network: Network, wrt: tuple[str, ...] = (), seed: int = 0) -> list[str]:
    """The blocks of the Hessian that differ from second differences of the loss."""
    forward, found = Forward(network, seed), []
    blocks = hessian(network, wrt)
    derivation = blocks[0].first
    assert derivation is not None
    values = forward.probe.values
    upstream = {n: forward.probe.noise(network.tensors[n].axes) for n in derivation.upstream}
    values.arrays |= {derivation.gradient_name(n): a for n, a in upstream.items()}
    run(derivation.equations(), values, forward.floats)
    loss = _loss(network, upstream)
    for block in blocks:
        one, two = block.value.name, block.tensor.name
        claimed = evaluate(block.equation.rhs, block.equation.ranges, values, forward.floats)
        measured = np.zeros(forward.at[one].shape + forward.at[two].shape)
        for i in _entries(forward.at[one]):
            for j in _entries(forward.at[two]):
                total = 0.0
                for p in (1, -1):
                    for q in (1, -1):
                        moved = _moved(forward.at, (one, i, 0.0), (two, j, 0.0))
                        moved[one][i] += p * STEP
                        moved[two][j] += q * STEP
                        total += p * q * loss(forward.of(moved))
                measured[i + j] = total / (4 * STEP * STEP)
        if _apart(np.broadcast_to(claimed, measured.shape), measured):
            found.append(f"∂²/∂{one}∂{two}")
    return found


def _loss(network: Network, upstream: Arrays) -> Callable[[Arrays], float]:
    end = network.loss
    if end is not None:
        return lambda arrays: float(arrays[end.name])
    return lambda arrays: float(sum(np.sum(a * arrays[n]) for n, a in upstream.items()))


def jacobian_faults(network: Network, of: str, wrt: str, seed: int = 0) -> list[str]:
    """Whether the entries of ∂of/∂wrt differ from differences."""
    forward = Forward(network, seed)
    entries = jacobian(network, of, wrt)
    ranges = entries.equation.ranges
    claimed = evaluate(entries.equation.rhs, ranges, forward.probe.values, forward.floats)
    measured = np.zeros(forward.at[of].shape + forward.at[wrt].shape)
    for j in _entries(forward.at[wrt]):
        ahead, behind = (forward.of(_moved(forward.at, (wrt, j, s)))[of] for s in (STEP, -STEP))
        measured[(..., *j)] = (ahead - behind) / (2 * STEP)
    return [f"∂{of}/∂{wrt}"] if _apart(np.broadcast_to(claimed, measured.shape), measured) else []


def tangent_faults(network: Network, seed: int = 0) -> list[str]:
    """The tangents that differ from differences along the direction."""
    whole, _ = tangent_network(network)
    probe = Probe(whole, Float64(), seed)
    forward = Forward(network, seed, **{str(size): n for size, n in probe.sizes.items()})
    arrays = probe.values.arrays
    given = {n: np.array(arrays[n]) for n, t in network.tensors.items() if t.given}
    forward.at |= given
    ends = []
    for sign in (1, -1):
        moved = {
            n: a + sign * STEP * arrays[f"v_{n}"] for n, a in given.items() if f"v_{n}" in arrays
        }
        ends.append(forward.of(moved))
    names = [n for n in network.tensors if f"v_{n}" in arrays and n not in given]
    wanted = {n: (ends[0][n] - ends[1][n]) / (2 * STEP) for n in names}
    return [f"v_{n}" for n in names if _apart(arrays[f"v_{n}"], wanted[n])]


def product_faults(network: Network, seed: int = 0) -> list[str]:
    """The products H v that differ from differences of the slope S."""
    product = hessian_vector_network(network)
    derivation, forward = derive(product), Forward(product, seed)
    values = forward.probe.values
    run(derivation.equations(), values, forward.floats)
    slope, found = product.loss.name, []
    for name, gradient in derivation.gradients.items():
        if not gradient.tensor.given:
            continue
        measured = np.zeros(forward.at[name].shape)
        for j in _entries(measured):
            ahead, behind = (
                float(forward.of(_moved(forward.at, (name, j, s)))[slope]) for s in (STEP, -STEP)
            )
            measured[j] = (ahead - behind) / (2 * STEP)
        if _apart(values.arrays[gradient.name], measured):
            found.append(f"H·v by {name}")
    return found


def faults(text: str) -> list[str]:
    """All that is wrong, or refused, of a text's second order."""
    network, found = layer(text), []
    for check in (hessian_faults, product_faults, tangent_faults):
        try:
            found += check(network)
        except DeltaruleError as refused:
            found.append(f"{check.__name__} refused: {refused.fact[:100]}")
    return found


if __name__ == "__main__":
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        wrong = faults(line) if line.strip() else []
        print(line, "->", "; ".join(wrong) or "agrees", flush=True)
