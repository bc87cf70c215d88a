"""Papers of a simulated class: nothing right is accused, and no mistake is charged twice."""

from __future__ import annotations

import pytest
from simulated import KINDS, paper, slips_of
from simulated_figures import NAMED, outcome
from simulated_lines import Slip

OFTEN = ("dense", "batch", "conv", "rnn")


@pytest.mark.parametrize("kind", OFTEN)
@pytest.mark.parametrize("seed", [0, 1])
def test_right_values_are_right(kind, seed):
    found = paper(kind, seed)
    assert found.accused == []
    assert found.marking.right == found.marking.of


@pytest.mark.parametrize("kind", OFTEN)
@pytest.mark.parametrize("seed", [0, 1])
def test_one_mistake_is_charged_once(kind, seed):
    slips = KINDS[kind].slips
    found = paper(kind, seed, slips[seed % len(slips)])
    assert len(found.charged) == 1
    assert outcome(found) == NAMED


def test_lines_over_time_that_come_before_their_cause_follow_from_it():
    right = KINDS["rnn"].lines["dE/ds"].work
    found = paper("rnn", 1, Slip("twice", "dE/ds", lambda q, t: 2 * right(q, t)))
    assert found.charged == ["dE/ds"]
    assert outcome(found) == NAMED


def test_a_number_out_of_nowhere_is_followed_from_its_digits():
    found = paper(
        "dense",
        3,
        Slip("a number out of nowhere", "s2", lambda q: q["h1"] @ (q["Theta2"] * 0 + 0.7) + 0.4183),
    )
    assert found.charged == ["s2"]


def test_two_mistakes_are_charged_twice_and_carried_on_together():
    found = paper("dense", 5, "slope of half", "slope lost in the hidden layer")
    assert found.charged == ["dE/ds2", "dE/ds1"]


def test_the_gradient_of_a_smallest_does_not_go_to_every_entry():
    found = paper("conv", 2, "smallest for the largest", "to every entry of the window")
    assert found.charged == ["y", "dE/ds"]


def test_digits_exchanged_in_a_value_that_follows_from_printed_lines_are_named():
    # 0.70277692 comes of the printed lines, 0.70277690 of all that the calculator holds.
    slip = next(s for s in slips_of("batch", 3011) if s.write is not None)
    found = paper("batch", 3011, slip)
    assert [(v.quantity, v.mistakes) for v in found.accused] == [("E", ("misprint",))]


def test_an_entry_of_a_larger_given_that_is_misread_is_named():
    slip = next(s for s in slips_of("conv", 3005) if "given" in s.name)
    found = paper("conv", 3005, slip)
    assert [(v.quantity, v.mistakes) for v in found.accused] == [("dE/dw", ("given misread",))]


def test_a_truncated_gradient_is_worked_out_from_what_is_printed():
    found = paper("rnn", 21, "truncated after 1")
    assert not found.carries_all
    assert [(v.quantity, v.mistakes) for v in found.accused] == [("dE/dW_hh", ("truncated",))]


def test_what_is_read_wrongly_is_offered_beside_what_is_written_wrongly():
    def read_with_another_point(q):
        come = q["dL/dy"].copy()
        come[1, 2] *= 10
        return come * q["gamma"]

    (verdict,) = paper("batch norm", 0, Slip("point", "dL/dxhat", read_with_another_point)).accused
    assert verdict.mistakes == ("misprint",)
    assert any("∂L/∂y[1, 2] is read as" in other for other in verdict.alternatives)
