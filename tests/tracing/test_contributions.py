"""Contributions of each time: they add up to the gradient, and are those of Gomez's two steps."""

import numpy as np
import pytest
from once import derived

from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.tracing.contributions import over_time


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru", "hmm", "kalman", "bidirectional_rnn"])
def test_they_add_up_to_the_gradient(name):
    derivation = derived(name)
    probe = Probe(derivation.network, Float64(), T=4)
    for upstream in derivation.upstream:
        axes = derivation.network.tensors[upstream].axes
        probe.values.arrays[f"d{derivation.of}/d{upstream}"] = probe.noise(axes)
    run(derivation.equations(), probe.values, Float64())
    told = []
    for tensor in derivation.network.with_role("parameter"):
        gradient = derivation.gradients[tensor.name]
        parts = over_time(gradient, derivation.network)
        if parts is None:
            continue
        told.append(tensor.name)
        run([parts], probe.values, Float64())
        found = probe.values.arrays[parts.name]
        assert len(found) == 4
        whole = probe.values.arrays[gradient.name]
        np.testing.assert_allclose(found.sum(0), whole, rtol=1e-12, atol=1e-14)
    single = {"h0", "c0", "f0", "b0", "m0", "P0", "log_pi"}
    assert set(told) == {t.name for t in derivation.network.with_role("parameter")} - single


def test_states_and_initial_states_have_no_such_parts():
    derivation = derived("rnn")
    for name in ("h", "s", "h0", "x"):
        assert over_time(derivation.gradients[name], derivation.network) is None
