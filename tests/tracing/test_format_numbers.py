"""Numbers of any arithmetic as text."""

import flint
import pytest

from deltarule.reports.trace_lines import check_text
from deltarule.tracing.format_numbers import shown, with_decimals
from deltarule.tracing.trace import trace


@pytest.mark.parametrize("text", [shown, lambda number: with_decimals(number, 2)])
def test_a_finite_ball_beyond_all_fractions_is_shown_by_its_power_of_ten(text):
    """Neither NaN nor an error: 2^10000 is too long to be written out, and still a number."""
    huge = flint.arb(2) ** 10_000
    assert huge.is_finite()
    assert text(huge).startswith("1.99506") and text(huge).endswith("e3010")
    assert text(-huge) == "−" + text(huge)
    assert text(1 / huge) in {"5.01237e−3011", "0.00"}


def test_numbers_that_end_as_0_in_float64_are_put_in_as_what_they_are():
    """Else −1·log(0) = 2000 and −0/0 = 0 would be said."""
    found = trace("softmax_cross_entropy", {"z": [[1000, -1000, 0]], "t": [[0, 1, 0]]})
    (said,) = (found.numbers(line, ()) for line in found.lines if line.quantity == "E")
    assert said == "−(0·log(1) + 1·log(2.57654e−869) + 0·log(5.07596e−435))"
    line = found.by_name["dE/dp"]
    assert found.numbers(line, (0, 2)) == "−0/5.07596e−435"


def test_what_balls_cannot_enclose_is_not_said_to_be_infinite():
    upstream = {"dL/dh": [[1, 1, 1]]}
    found = trace("activation", {"z": [[1e300, -1e300, 0]], **upstream}, activation="sigmoid")
    line = found.by_name["dL/dz"]
    assert line.value.tolist() == [[0, 0, 0.25]] and not found.faults
    assert check_text(line.check).startswith("? not compared: on the way there are numbers too ")
