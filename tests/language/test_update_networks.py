"""Optimisers as networks of their own: for parameters of chosen names and sizes."""

import pytest

from deltarule.calculus import derive
from deltarule.errors import DeltaruleError
from deltarule.language.update_networks import update_network
from deltarule.spelling.text import text


def test_each_parameter_has_its_own_gradient_and_memory_and_powers_come_once():
    network = update_network("adam", {"W": ["M", "D"], "b": ["M"]})
    assert list(network.tensors)[:4] == ["W", "g_W", "m_W", "v_W"]
    assert [e.name for e in network.equations].count("p1 after") == 1
    last = network.equation_of("W after")[0]
    assert text(last.lhs) == "W after[m, d]" and [str(s) for _, s in last.ranges] == ["M", "D"]
    assert derive(network).gradients == {}


def test_two_axes_of_one_size_have_two_indices():
    network = update_network("gradient_descent", {"U": ["H", "H"]})
    (equation,) = network.equations
    assert text(equation.rhs) == "U[h, h′] − γ·g_U[h, h′]"


@pytest.mark.parametrize(
    ("name", "parameters", "fact"),
    [
        ("adam", {}, "the optimiser adam is given no parameters"),
        ("dense", {"W": ["M"]}, "dense is no optimiser: it declares 0 gradients and 2 parameters"),
    ],
)
def test_what_is_no_update_is_refused(name, parameters, fact):
    with pytest.raises(DeltaruleError) as caught:
        update_network(name, parameters)
    assert caught.value.fact == fact and caught.value.remedy
