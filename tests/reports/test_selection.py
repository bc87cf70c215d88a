"""Which gradients are told, and what about them."""

import pytest
from once import derived

from deltarule.errors import DeltaruleError
from deltarule.language.load import load
from deltarule.reports.selection import chosen, is_seed, outside, starts, through
from deltarule.spelling.text import text


@pytest.fixture(scope="module")
def mlp():
    return derived("mlp")


def test_all_or_the_chosen_in_their_order(mlp):
    assert [g.tensor.name for g in chosen(mlp)] == list(mlp.gradients)
    found = chosen(mlp, ["Θ₂", "dE/ds1", "Theta2"])
    assert [g.tensor.name for g in found] == ["Theta2", "s1"]


def test_unknown_ones_are_refused(mlp):
    with pytest.raises(DeltaruleError, match="mlp has no tensor Theta3"):
        chosen(mlp, ["Theta3"])
    with pytest.raises(DeltaruleError, match="it is a target"):
        chosen(mlp, ["y"])


def test_seeds_are_those_that_say_nothing(mlp):
    assert [name for name, g in mlp.gradients.items() if is_seed(g)] == ["E", "E_o"]


def test_the_way_of_the_chain_rule(mlp):
    assert through(mlp.gradients["h1"]) == ["s2"]
    assert through(mlp.gradients["E"]) == []


def test_what_comes_from_outside():
    assert outside(derived("dense")) == ["dL/dy"]


def test_states_start_from_their_initial_value():
    ((state, value),) = starts(load("rnn"))
    assert text(state).startswith("h[−1") and text(value).startswith("h₀[")
