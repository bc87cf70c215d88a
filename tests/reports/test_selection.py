"""Which gradients are told, and what about them."""

import pytest
from once import derived

from deltarule.errors import DeltaruleError
from deltarule.language.load import load
from deltarule.reports.selection import beside, chosen, in_a_row, is_seed, outside, through
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
    ((state, value),) = beside(load("rnn"))
    assert text(state).startswith("h[−1") and text(value).startswith("h₀[")


@pytest.mark.slow
def test_of_many_steps_those_by_one_rule_in_a_row_stand_together():
    gradient = derived("lstm").gradients["x"]
    rows = list(in_a_row(gradient.steps))
    assert len(rows) < len(gradient.steps) > 10
    first, last, joined = next(row for row in rows if row[0] != row[1])
    mine = gradient.steps[first - 1 : last]
    assert {step.rule for step in mine} == {joined.rule}
    assert joined.after == mine[-1].after and joined.before == mine[0].before
    for step in mine:
        assert step.detail.removeprefix("Here: ").rstrip(".") in joined.detail
    assert [number for row in rows for number in range(row[0], row[1] + 1)] == list(
        range(1, len(gradient.steps) + 1)
    )
    for steps, every in ((gradient.steps, True), (gradient.steps[:10], False)):
        assert [step for _, _, step in in_a_row(steps, every)] == list(steps)
