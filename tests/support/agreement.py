"""Kernels held against the evaluator, at small random sizes."""

from __future__ import annotations

import numpy as np

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.kernels.passes.program import Program


def probed(made: Program, seed: int, **sizes: int) -> dict:
    """All tensors and gradients at small random sizes (or some given), by the evaluator."""
    return evaluated(made, seed, **sizes).arrays


def evaluated(made: Program, seed: int, **sizes: int) -> Values:
    """The same, with the sizes."""
    probe = Probe(made.network, Float64(), seed, **sizes)
    for name, gradient in made.upstream.items():
        probe.values.arrays[gradient] = probe.noise(made.network.tensors[name].axes)
    probe.values.scalars.update(made.scalars)
    run(made.network.equations, probe.values, Float64())
    run(made.derivation.lines(), probe.values, Float64())
    return probe.values


def agree(module, made: Program, arrays: dict, told: str = "") -> None:
    """Compare every result of both passes; `told` names the case."""
    given = [arrays[n] for n in module.GIVEN]
    values = module.forward(*given)
    for tensor, value in values.items():
        if not value.size and arrays[tensor].size:
            continue  # too large to be kept
        if value.ndim < arrays[tensor].ndim:
            value = selected(value, arrays[tensor].shape)
        np.testing.assert_allclose(value, arrays[tensor], 1e-9, 1e-11, False, f"{tensor} {told}")
    kept = [values[n] for n in module.KEPT]
    upstream = [arrays[g] for g in made.upstream.values()]
    gradients = module.backward(*given, *kept, *upstream)
    assert gradients.keys() == made.gradients.keys()
    for tensor, gradient in made.gradients.items():
        np.testing.assert_allclose(
            gradients[tensor], arrays[gradient], 1e-9, 1e-11, False, f"{gradient} {told}"
        )


def selected(numbers: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A selection that is kept as numbers as the evaluator has it: 1 at one entry of a window."""
    window = int(np.prod(shape[numbers.ndim :]))
    return (np.arange(window) == numbers[..., None]).reshape(shape)
