"""Printed numbers: what the digits say, and which values could have been printed so."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltarule.arithmetic.printed import LARGEST_ANSWER, Interval, Printed
from deltarule.arithmetic.rounding import RULES, round_decimal
from deltarule.errors import DeltaruleError

READ = [  # text, value, decimals, significant figures
    ("12", "12", 0, 2),
    ("-0.50", "-1/2", 2, 2),
    ("−0,5", "-1/2", 1, 1),
    ("– 0.5", "-1/2", 1, 1),
    ("+1.5", "3/2", 1, 2),
    (".5", "1/2", 1, 1),
    ("5.", "5", 0, 1),
    ("0.0120", "0.012", 4, 3),
    ("0.00", "0", 2, 0),
    ("0.0000351085", "0.0000351085", 10, 6),
    ("1.2e-3", "0.0012", 4, 2),
    ("1.2E+3", "1200", -2, 2),
    ("1.2·10^-3", "0.0012", 4, 2),
    ("1,2·10⁻³", "0.0012", 4, 2),
    ("1.2 × 10^{-3}", "0.0012", 4, 2),
    ("1.2*10**3", "1200", -2, 2),
    ("3/4", "3/4", None, None),
    ("−1 / 3", "-1/3", None, None),
    (" 0.25 ", "1/4", 2, 2),
    ("62.5%", "0.625", 3, 3),
    ("12 %", "0.12", 2, 2),
    ("-.07", "-0.07", 2, 1),
    ("~0.07", "0.07", 2, 1),
    ("≈ −0,07", "-0.07", 2, 1),
    ("ca. 0.5", "1/2", 1, 1),
    ("about 1", "1", 0, 1),
    ("0.07 (approx.)", "0.07", 2, 1),
    ("1 234,5", "1234.5", 1, 5),
    ("1'234.5", "1234.5", 1, 5),
    ("1,234.5", "1234.5", 1, 5),
    ("−1.234.567,89", "-1234567.89", 2, 9),
    ("1,234", "1.234", 3, 4),
    ("−０．６２", "-0.62", 2, 2),
    ("٠٫٦٢", "0.62", 2, 2),
    ("०.६२", "0.62", 2, 2),
    ("𝟎.𝟔𝟐", "0.62", 2, 2),
    ("—0.5", "-1/2", 1, 1),
    ("6２％", "0.62", 2, 2),
    ("62.5 percent", "0.625", 3, 3),
    ("½", "1/2", None, None),
    ("−1½", "-3/2", None, None),
    ("$0.62$", "0.62", 2, 2),
    ("0.62;", "0.62", 2, 2),
    ("0.6\u200b2", "0.62", 2, 2),
]
REFUSED = {
    "": "write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    ".": "write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    "abc": "write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    "1 1/2": "write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    "1.5/2": "write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    "2**8": "write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    "0x10": "write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    "1_000": "write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    "--1": "write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    "__import__('os')": "write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    "0.6²": "write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    "²": "write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    "①": "write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    "1/½": "write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    "\u202e26.0": "write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    "nan": "only finite numbers are marked; write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    "-Inf": "only finite numbers are marked; write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    "1,23,4.5": "one decimal point or comma, and three digits between marks of thousands",
    "%": "write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    "?": "write 0.5, 0,5, -3, 3/4 or 1.2e-3",
}
numbers = st.builds(
    lambda digits, places: Printed(f"{Decimal(digits).scaleb(-places):f}"),
    st.integers(-(10**5), 10**5),
    st.integers(0, 4),
)


@pytest.mark.parametrize(("text", "value", "decimals", "figures"), READ)
def test_read(text, value, decimals, figures):
    number = Printed(text)
    assert number.value == Fraction(value)
    assert (number.decimals, number.figures) == (decimals, figures)
    assert str(number) == text


@pytest.mark.parametrize(("text", "remedy"), REFUSED.items())
def test_refused_with_place_and_remedy(text, remedy):
    with pytest.raises(DeltaruleError) as caught:
        Printed(text, "exam.toml, line 3")
    assert str(caught.value) == (
        f"{text!r} is not a number\n  where: exam.toml, line 3\n  remedy: {remedy}"
    )


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("1/0", "'1/0' divides by zero"),
        ("1e999999999", "'1e999999999' is beyond 10^300"),
        ("1e309", "'1e309' is beyond 10^300"),
        ("9" * 301, f"'{'9' * 57}…' is beyond 10^300"),
        ("9" * 500, "a number of 500 characters"),
    ],
)
def test_numbers_that_would_not_end_well(text, fact):
    with pytest.raises(DeltaruleError) as caught:
        Printed(text)
    assert caught.value.fact == fact


@given(numbers, st.fractions(), st.sampled_from(RULES))
def test_printable_is_rounding(number, offset, rule):
    near = number.value + number.unit * (offset % 2 - 1)
    assert number.printable(near, rule) == (
        round_decimal(near, number.decimals, rule) == number.value
    )


@given(numbers, st.sampled_from(RULES), st.sampled_from(["-1", "-1/2", "0", "1/2", "1"]))
def test_ends_of_the_interval(number, rule, units):
    end = number.value + number.unit * Fraction(units)
    rounded = round_decimal(end, number.decimals, rule)
    assert (end in number.interval(rule)) == (rounded == number.value)


@given(numbers, st.fractions())
def test_any_rule_is_the_union_of_the_rules(number, offset):
    near = number.value + number.unit * (offset % 2 - 1)
    assert number.printable(near, None) == any(number.printable(near, rule) for rule in RULES)


def test_intervals():
    assert Printed("0.62").interval() == Interval(Fraction("0.615"), Fraction("0.625"), True, False)
    assert Printed("-0.62").interval("truncate") == Interval(
        Fraction("-0.63"), Fraction("-0.62"), False, True
    )
    assert Printed("1.2e3").interval().high == 1250
    assert not Printed("0.62").printable(Fraction("0.625017"))
    assert Printed("0.62").printable(Decimal("0.625017"), "truncate")


def test_a_fraction_stands_for_itself():
    assert Printed("1/3").printable(Fraction(1, 3))
    assert not Printed("1/3").printable(Fraction(33, 100))
    assert Printed("1/3").unit is None


def test_where_digits_are_asked_a_fraction_is_the_decimal_that_it_is():
    found = Printed("4/25").as_asked(2, None)
    assert found.printable(Fraction(1612, 10000)) and str(found) == "4/25" and found.figures == 2
    assert Printed("-4/25").as_asked(None, 2).unit == Fraction(1, 100)
    for itself in ("1/3", "1/8", "0.5"):
        number = Printed(itself)
        assert number.as_asked(2, None) is number is number.as_asked(None, None)


def test_the_same_text_is_the_same_number():
    assert Printed("0.50", "here") == Printed("0.50", "there")
    assert Printed("0.50") != Printed("0.5")


@given(st.integers(-999, 999), st.integers(-500, 3), st.integers(0, 4))
def test_zeros_behind_a_number_are_digits_of_it(digits, decimals, more):
    """Also where nobody would write them out: of 1e400."""
    printed = Printed(f"{digits}e{-decimals}", None, LARGEST_ANSWER)
    places = max(decimals, 0) + more
    longer = printed.with_decimals(places)
    unit = Fraction(10) ** -places
    assert longer.value == printed.value and longer.unit == unit
    zeros = places - decimals
    assert longer.figures == ((printed.figures or 0) + zeros if digits else 0)
    assert longer.printable(printed.value) and not longer.printable(printed.value + unit)
    assert (longer == printed) == (longer.text == printed.text)
