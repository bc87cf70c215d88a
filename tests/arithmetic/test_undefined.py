"""What is no number stays so when it is carried exactly, and −∞ is less than all."""

import math

import pytest

from deltarule.arithmetic.exact import Rational, Rounded, finite_fraction
from deltarule.arithmetic.undefined import MINUS_INFINITY, UNDEFINED


@pytest.mark.parametrize("arithmetic", [Rational(), Rounded(decimals=2)], ids=lambda a: a.name)
def test_what_has_no_value_keeps_its_place_in_an_array(arithmetic):
    found = arithmetic.array([[UNDEFINED, 1], [MINUS_INFINITY, 2]])
    assert found[0, 0] is UNDEFINED and found[1, 0] is MINUS_INFINITY
    assert found[0, 1] == 1 and found[1, 1] == 2


def test_as_a_float():
    assert math.isnan(float(UNDEFINED)) and float(MINUS_INFINITY) == -math.inf


@pytest.mark.parametrize("value", [UNDEFINED, MINUS_INFINITY])
def test_no_fraction(value):
    with pytest.raises(ValueError, match="is not finite"):
        finite_fraction(value)
