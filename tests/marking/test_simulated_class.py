"""Papers of a simulated class: nothing right is accused, and no mistake is charged twice."""

from __future__ import annotations

import pytest
from simulated import KINDS, paper


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [0, 1])
def test_right_values_are_right(kind, seed):
    found = paper(kind, seed)
    assert found.accused == []
    assert found.marking.right == found.marking.of


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [0, 1])
def test_one_mistake_is_charged_once(kind, seed):
    names = list(KINDS[kind].mistakes)
    found = paper(kind, seed, names[seed % len(names)])
    assert len(found.charged) == 1


def test_a_number_out_of_nowhere_is_followed_from_its_digits():
    found = paper("dense", 3, "a number out of nowhere")
    assert found.charged == ["s2"]


def test_two_mistakes_are_charged_twice_and_carried_on_together():
    found = paper("dense", 5, "slope lost", "slope lost in the hidden layer")
    assert found.charged == ["dE/ds2", "dE/ds1"]
