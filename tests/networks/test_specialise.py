"""Numbers put in for sizes and attributes."""

import pytest

from deltarule.calculus import derive
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import free_symbols
from deltarule.expressions.symbols import Size
from deltarule.language.load import load
from deltarule.networks.specialise import given_sizes, specialise


def sizes_left(network):
    """All sizes that a network still mentions."""
    parts = [a for t in network.tensors.values() for a in t.axes]
    parts += [e.rhs for e in network.equations]
    parts += [n for e in network.equations for _, n in e.ranges]
    return {s.name for p in parts for s in free_symbols(p) if isinstance(s, Size)}


def test_nothing_given_changes_nothing():
    network = load("dense")
    assert specialise(network, {}) is network


def test_sizes_become_numbers_everywhere():
    network = specialise(load("dense"), {"N": 2, "D": 3})
    assert sizes_left(network) == {"M"}
    assert [int(a) for a in network.tensors["x"].axes] == [2, 3]


def test_what_follows_from_numbers_becomes_a_number():
    numbers = {"H": 6, "W": 6, "K": 3, "L": 3, "S": 1, "D": 1, "P": 0}
    network = specialise(load("conv2d"), numbers)
    assert not network.definitions and not network.attributes
    assert [int(a) for a in network.tensors["y"].axes[2:]] == [4, 4]


@pytest.mark.parametrize("numbers", [{"N": 1}, {"S": 2, "D": 1}, {"P": 0, "D": 1, "S": 1, "H": 5}])
def test_what_is_left_is_derived_and_verified(numbers):
    for gradient in derive(specialise(load("conv2d"), numbers)).gradients.values():
        assert all(step.verified for step in gradient.steps)


def test_an_attribute_given_as_an_option_is_the_same():
    one = load("conv2d", stride=2, dilation=1, pad=0)
    two = specialise(load("conv2d"), {"S": 2, "D": 1, "P": 0})
    assert one.equations[0].rhs == two.equations[0].rhs
    assert one.options["stride"].value == 2 and load("conv2d").options["stride"].value is None


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"Q": 2}, "conv2d has no size Q"),
        ({"I": 2}, "I follows from other sizes"),
        ({"S": 0}, "S = 0 is too small"),
        ({"N": -1}, "N = -1 is too small"),
        ({"H": 2, "K": 4, "D": 1, "S": 1, "P": 0}, "the sizes do not fit: I = -1"),
    ],
)
def test_what_cannot_be_is_refused(numbers, message):
    with pytest.raises(DeltaruleError, match=message):
        specialise(load("conv2d"), numbers)


def test_sizes_come_before_attributes():
    assert list(given_sizes(load("conv2d")))[-3:] == ["D", "P", "S"]
