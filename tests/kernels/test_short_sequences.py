"""Kernels of sequences of one and of two times."""

import numpy as np
import pytest
from once import programmed
from sequences import times
from uncompiled_kernel import uncompiled_kernel

from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run


@pytest.mark.parametrize("name", ["rnn", "lstm", "hmm", "kalman", "bidirectional_rnn"])
@pytest.mark.parametrize("count", [1, 2])
def test_kernels_of_one_and_two_times(name, count, tmp_path, monkeypatch):
    made = programmed(name, **dict.fromkeys(times(name), count))
    probe = Probe(made.network, Float64(), 1)
    arrays = probe.values.arrays
    for tensor, gradient in made.upstream.items():
        arrays[gradient] = probe.noise(made.network.tensors[tensor].axes)
    probe.values.scalars.update(made.scalars)
    run((*made.network.equations, *made.derivation.equations()), probe.values, Float64())
    module = uncompiled_kernel(made, tmp_path, monkeypatch)
    values = module.forward(*(arrays[n] for n in module.GIVEN))
    kept = [values[n] for n in module.KEPT]
    found = module.backward(
        *(arrays[n] for n in module.GIVEN), *kept, *(arrays[g] for g in made.upstream.values())
    )
    for tensor, gradient in made.gradients.items():
        np.testing.assert_allclose(found[tensor], arrays[gradient], 1e-9, 1e-11, err_msg=gradient)
