"""Which parameters are added up, and which scale: weights, slopes and biases."""

import pytest
from once import loaded

from deltarule.networks.weights import added_up, scales


@pytest.mark.parametrize(
    ("name", "options", "tensor", "axes", "slope"),
    [
        ("dense", {}, "W", [0], False),
        ("dense", {"orientation": "Wx"}, "W", [1], False),
        ("dense", {}, "b", [], False),
        ("conv2d", {}, "w", [1, 2, 3], False),
        ("batch_norm", {}, "gamma", [], True),
        ("batch_norm", {}, "beta", [], False),
        ("rnn", {}, "W_hh", [0], False),
        ("prelu", {}, "a", [], False),
    ],
)
def test_how_a_parameter_takes_part(name, options, tensor, axes, slope):
    network = loaded(name, **options)
    assert (added_up(network, tensor), scales(network, tensor)) == (axes, slope)
