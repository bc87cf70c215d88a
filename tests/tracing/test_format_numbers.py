"""Numbers of any arithmetic as text."""

import flint
import pytest

from deltarule.tracing.format_numbers import shown, with_decimals


@pytest.mark.parametrize("text", [shown, lambda number: with_decimals(number, 2)])
def test_a_finite_ball_beyond_all_bounds_is_shown_as_nan(text):
    """As wherever a ball is turned into a fraction; not a TypeError."""
    huge = flint.arb(2) ** 10_000
    assert huge.is_finite()
    assert text(huge) == text(-huge) == "NaN"
    assert text(1 / huge) in {"0", "0.00"}
