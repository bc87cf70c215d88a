"""Numbers of any arithmetic as text."""

import flint
import pytest

from deltarule.tracing.format_numbers import shown, with_decimals


@pytest.mark.parametrize("text", [shown, lambda number: with_decimals(number, 2)])
def test_a_finite_ball_beyond_all_fractions_is_shown_by_its_power_of_ten(text):
    """Neither NaN nor an error: 2^10000 is too long to be written out, and still a number."""
    huge = flint.arb(2) ** 10_000
    assert huge.is_finite()
    assert text(huge).startswith("1.99506") and text(huge).endswith("e3010")
    assert text(-huge) == "−" + text(huge)
    assert text(1 / huge) in {"5.01237e−3011", "0.00"}
