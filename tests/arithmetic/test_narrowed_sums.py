"""Sums over windows alone are the sums as they stand."""

import numpy as np
import pytest
from once import derived

from deltarule.arithmetic import evaluate as evaluation
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.narrowed_sums import narrowed
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.expressions.nodes import Sum, walk


@pytest.mark.parametrize(
    ("name", "options", "sizes"),
    [
        ("conv2d", {}, {"H": 9, "W": 11, "S": 2, "D": 3, "P": 2}),
        ("conv1d", {}, {"T": 19, "S": 3, "P": 1}),
        ("conv1d", {"stride": 1, "dilation": 1, "pad": 0}, {"T": 17}),
        ("avg_pool2d", {}, {"H": 12, "W": 13}),
        ("max_pool2d", {}, {"H": 12, "W": 13}),
        ("lrn", {}, {"C": 9, "R": 1}),
    ],
)
def test_windows_have_all_terms_that_count(name, options, sizes, monkeypatch):
    derivation = derived(name, **options)
    arrays = []
    for few in (0, 1 << 40):
        monkeypatch.setattr(evaluation, "FEW_POINTS", few)
        probe = Probe(derivation.network, Float64(), 3, **sizes)
        for tensor in derivation.upstream:
            axes = derivation.network.tensors[tensor].axes
            probe.values.arrays[derivation.gradient_name(tensor)] = probe.noise(axes)
        run(derivation.equations(), probe.values, probe.arithmetic)
        arrays.append(probe.values.arrays[derivation.gradient_name("x")])
    assert np.allclose(arrays[0].astype(float), arrays[1].astype(float), rtol=1e-14, atol=1e-14)
    sums = [n for n in walk(derivation.gradients["x"].expr) if type(n) is Sum]
    assert any(narrowed(s, probe.values.extent) is not s for s in sums)
