"""Rounding by hand, against the decimal module and by its own laws."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltarule.arithmetic.rounding import RULES, magnitude, round_decimal, round_significant
from deltarule.errors import DeltaruleError

PYTHONS = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "truncate": ROUND_DOWN}
decimals = st.decimals(
    min_value=-(10**6), max_value=10**6, allow_nan=False, allow_infinity=False, places=4
)
rules = st.sampled_from(RULES)


@pytest.mark.parametrize(
    ("value", "rule", "rounded"),
    [
        ("0.125", "half-up", "0.13"),
        ("-0.125", "half-up", "-0.13"),
        ("0.125", "half-even", "0.12"),
        ("0.135", "half-even", "0.14"),
        ("-0.129", "truncate", "-0.12"),
        ("0.625017", "half-up", "0.63"),
        ("2", "half-up", "2.00"),
    ],
)
def test_two_decimals(value, rule, rounded):
    assert str(round_decimal(Decimal(value), 2, rule)) == rounded
    assert round_decimal(Fraction(value), 2, rule) == Fraction(rounded)


@pytest.mark.parametrize(
    ("value", "figures", "rounded"),
    [("9.996", 3, "10.0"), ("0.00123456", 3, "0.00123"), ("123456", 2, "1.2E+5"), ("0", 3, "0")],
)
def test_significant_figures(value, figures, rounded):
    assert str(round_significant(Decimal(value), figures, "half-up")) == rounded


@given(decimals, st.integers(-3, 6), rules)
def test_decimals_agree_with_python(value, places, rule):
    context = Context(prec=50)
    python = value.quantize(Decimal((0, (1,), -places)), PYTHONS[rule], context)
    assert round_decimal(value, places, rule) == python
    assert round_decimal(Fraction(value), places, rule) == Fraction(python)


@given(decimals, st.integers(1, 8), rules)
def test_significant_figures_agree_with_python(value, figures, rule):
    python = Context(prec=figures, rounding=PYTHONS[rule]).plus(value)
    assert round_significant(value, figures, rule) == python


@given(st.fractions(), st.integers(-3, 6), rules)
def test_rounding_twice_changes_nothing(value, places, rule):
    once = round_decimal(value, places, rule)
    assert round_decimal(once, places, rule) == once
    assert round_decimal(-value, places, rule) == -once
    assert abs(once - value) <= Fraction(10) ** -places / (1 if rule == "truncate" else 2)


@given(st.fractions().filter(bool))
def test_magnitude_is_the_first_digit(value):
    power = magnitude(value)
    assert Fraction(10) ** power <= abs(value) < Fraction(10) ** (power + 1)


def test_long_decimals_lose_nothing():
    value = Decimal("1." + "123456789" * 8)
    assert round_decimal(value, 72, "half-up") == value


def test_refused():
    with pytest.raises(DeltaruleError) as caught:
        round_decimal(Fraction(1), 2, "half-upp")
    assert str(caught.value) == (
        "there is no rounding rule 'half-upp'\n"
        "  remedy: did you mean 'half-up'? the rules are half-up, half-even, truncate"
    )
    with pytest.raises(DeltaruleError, match="NaN cannot be rounded"):
        round_decimal(Decimal("NaN"), 2, "half-up")
    with pytest.raises(DeltaruleError, match="cannot round to 0 significant figures"):
        round_significant(Fraction(1), 0, "half-up")
