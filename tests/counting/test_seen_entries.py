"""Receptive fields entry by entry, from the subscripts, against where gradients are not 0."""

from random import Random

import numpy as np
import pytest
from once import derived

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.random_arrays import random_arrays
from deltarule.arithmetic.run import run
from deltarule.arithmetic.small_sizes import choose_sizes
from deltarule.counting.receptive_fields import fields_of
from deltarule.counting.seen_entries import SeenEntries

#: Layers, and sizes with which edges, strides and holes show.
LAYERS = {
    "conv1d": {"T": 11, "K": 3, "S": 2, "D": 2, "P": 1},
    "conv2d": {"H": 8, "W": 7, "K": 3, "L": 2, "S": 2, "D": 1, "P": 2},
    "causal_conv1d": {"T": 9, "K": 3, "D": 2},
    "transposed_conv2d": {"H": 4, "W": 3, "K": 3, "L": 4, "S": 2, "P": 1},
    "true_convolution": {"H": 6, "W": 5, "K": 3, "L": 2},
    "avg_pool2d": {"H": 7, "W": 6, "K": 3, "L": 2, "S": 2, "P": 0},
    "separable_conv2d": {},
    "upsampled_conv2d": {},
    "pixel_shuffle": {},
    "min_gru": {},
    "attention": {},
    "concatenation": {},
}
#: Layers of which some gradients are 0 by their numbers: behind a ReLU, a maximum, or at h0 = 0.
ZERO_AT_TIMES = ("max_pool2d", "conv_lstm", "rnn2d", "bilinear_upsampling")


@pytest.mark.parametrize("name", [*LAYERS, *ZERO_AT_TIMES])
def test_an_entry_is_computed_from_what_its_gradient_is_not_0_at(name):
    derivation = derived(name)
    network = derivation.network
    fixed = {s.name: n for s, n in network.attributes.items()} | LAYERS.get(name, {})
    sizes = choose_sizes(network, Random(1), fixed)
    values = Values(random_arrays(network, sizes), sizes, dict(network.scalars), network.tensors)
    run(network.equations, values, Float64())
    seen = SeenEntries(network, values)
    target = derivation.upstream[-1]
    shape = seen.shape(target)
    for at in {tuple(n // 2 for n in shape), tuple(0 for _ in shape), tuple(n - 1 for n in shape)}:
        for other in derivation.upstream:
            seed = np.zeros(seen.shape(other))
            if other == target:
                seed[at] = 1
            values.arrays[derivation.gradient_name(other)] = seed
        run(derivation.equations(), values, Float64())
        found = seen.seen_by(target, at)
        for given in (n for n in derivation.gradients if network.tensors[n].given):
            support = values.arrays[derivation.gradient_name(given)] != 0
            none = [np.zeros(n, bool) for n in support.shape]
            for axis, places in enumerate(found.get(given, none)):
                others = tuple(a for a in range(support.ndim) if a != axis)
                along = support.any(axis=others)
                assert (places >= along).all()
                assert name in ZERO_AT_TIMES or (places == along).all(), (given, axis, at)


def test_the_span_is_that_of_the_table_of_counts():
    network = derived("conv2d").network
    fixed = {"H": 20, "W": 19, "K": 3, "L": 4, "S": 2, "D": 2, "P": 1}
    sizes = choose_sizes(network, Random(1), fixed)
    seen = SeenEntries(network, Values({}, sizes, {}, network.tensors))
    places = seen.seen_by("y", (0, 0, 4, 4))["x"]
    for field in fields_of(network)["y"]:
        (rows,) = np.nonzero(places[field.axis])
        assert rows[-1] - rows[0] + 1 == field.rows.subs(sizes)
        later = seen.seen_by("y", (0, 0, 5, 5))["x"][field.axis]
        assert np.nonzero(later)[0][0] - rows[0] == field.step.subs(sizes)
