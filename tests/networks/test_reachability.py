"""What depends on what, through recurrences too."""

from deltarule.language.load import load
from deltarule.networks.reachability import depending_on, needed_for, reachable

ARROWS = {1: [2, 3], 2: [4], 3: [4, 1], 4: []}


def test_what_is_reached_comes_nearest_first_and_a_start_only_if_led_back_to():
    assert reachable([1], ARROWS.get) == [2, 3, 4, 1]
    assert reachable([2], ARROWS.get) == [4]
    assert reachable([], ARROWS.get) == []


def test_tensors_of_a_recurrence_depend_on_each_other():
    equations = load("rnn").equations
    both = needed_for(equations, {"h"}) & depending_on(equations, {"h"})
    assert {"h", "s"} <= both
    assert "y" not in needed_for(equations, {"h"})
