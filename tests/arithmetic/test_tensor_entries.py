"""Tensors of too many entries: what is said, and a remedy that works when it is typed."""

from __future__ import annotations

import math
import re

import pytest

from deltarule.arithmetic.tensor_entries import fewer, refuse_many
from deltarule.errors import DeltaruleError
from deltarule.language.load import network_of
from deltarule.typed.typed_network import typed_network

MOST = 300_000


@pytest.mark.parametrize("most", [4, 100, 300_000])
@pytest.mark.parametrize(
    "extents", [[999_999], [3000, 3000], [999_999, 2], [2, 999_999], [3000, 300], [548, 548]]
)
def test_fewer_entries_are_as_many_as_can_be_worked_with(extents, most):
    found = fewer(extents, most)
    assert len(found) == len(extents) and min(found) >= 2 and math.prod(found) <= most
    if math.prod(extents) > most:
        assert math.prod(found) > most / 4


@pytest.mark.parametrize("equations", ["y = W x", "y = tanh(W x + b)", "p = σ(W x) + σ(b)"])
@pytest.mark.parametrize("shape", ["3000x3000", "100000x3000", "4x100000", "90000x20"])
def test_the_remedy_for_typed_equations_is_a_shape_that_can_be_worked_with(equations, shape):
    network = typed_network(equations, (), {"W": shape})
    with pytest.raises(DeltaruleError) as refused:
        refuse_many(network, {}, MOST, "worked through")
    error = refused.value
    assert error.fact.startswith("this is too large to be worked through: W has ")
    assert error.place == equations or error.place == network.title
    said = re.fullmatch(r"give it fewer: --set W=(\d+x\d+)", error.remedy or "")
    assert said is not None, error.remedy
    refuse_many(typed_network(equations, (), {"W": said[1]}), {}, MOST, "worked through")


@pytest.mark.parametrize("shape", ["100001x2", "2x999999999", "3x100000000000000000000"])
def test_an_axis_that_is_too_long_is_refused_with_one_that_is_not(shape):
    with pytest.raises(DeltaruleError) as refused:
        typed_network("y = W x", (), {"W": shape})
    error = refused.value
    assert error.fact == f"W={shape} has an axis of more than 100000 entries"
    said = re.fullmatch(r"write W=(\d+x\d+), or less", error.remedy or "")
    assert said is not None, error.remedy
    typed_network("y = W x", (), {"W": said[1]})


def test_a_sum_over_too_much_says_that_its_tensors_are_too_large():
    with pytest.raises(DeltaruleError, match="sums over more than 300000 points") as refused:
        typed_network("E = ½‖W x − t‖²", (), {"W": "3000x3000"})
    assert refused.value.remedy == "sum over the axes of tensors, and give these fewer entries"


def test_the_remedy_for_a_derivation_names_it_as_the_command_line_does():
    network = network_of("dense")
    sizes = {size: 3000 for t in network.tensors.values() for size in t.axes}
    with pytest.raises(DeltaruleError) as refused:
        refuse_many(network, sizes, MOST, "worked through")
    assert (refused.value.remedy or "").endswith("or count them: derive dense --count")
