"""Numbers as text."""

from fractions import Fraction

import flint
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltarule.arithmetic.exact import Ball, MinusInfinity, Rational, Rounded
from deltarule.arithmetic.floats import Float64
from deltarule.reports.json import plain
from deltarule.reports.number_text import (
    brief,
    decimal_text,
    exact_text,
    nested,
    number_text,
    one_line,
    power_of_ten,
    rows,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.1971264, "1.197126"),
        (0.0028736344, "0.00287363"),
        (-12.3456789, "−12.345679"),
        (0.0, "0"),
        (0.5, "0.5"),
        (float("nan"), "NaN"),
        (-float("inf"), "−∞"),
        (flint.arb("-inf"), "−∞"),
        (MinusInfinity(), "−∞"),
    ],
)
def test_brief(value, text):
    assert brief(value) == text


def test_rationals_are_told_in_full():
    assert exact_text(flint.fmpq(1, 3)) == "1/3"
    assert exact_text(flint.fmpq(1, 8)) == "0.125"
    assert exact_text(Fraction(-7, 2)) == "-3.5"
    assert exact_text(flint.arb("0.5")) == "0.5"


@given(st.fractions(max_denominator=10**6).filter(lambda f: abs(f) > 1e-9))
def test_decimals_are_near(value):
    assert abs(Fraction(decimal_text(value, 20)) - value) <= abs(value) * Fraction(1, 10**19)


def test_each_arithmetic_has_its_way():
    assert number_text(Rounded(decimals=2))(flint.fmpq(1, 2)) == "0.50"
    assert number_text(Rational())(flint.fmpq(-1, 3)) == "−1/3"
    assert number_text(Float64())(0.1 + 0.2) == "0.3"
    with Ball(160).context():
        assert number_text(Ball(160))(flint.arb(2).sqrt()) == "1.4142135623731"


def test_arrays_leave_out_axes_of_length_1():
    assert one_line(np.array([[1.0], [2.0]]), brief) == "(1, 2)"
    assert rows(np.array([[1.0, 2.0], [3.0, 4.0]]), brief) == ["(1, 2)", "(3, 4)"]
    assert one_line(np.array(3.0), brief) == "3"
    assert one_line(np.arange(200.0), brief).startswith("200 numbers: 0, 1, 2, …, 199")


def test_small_differences():
    assert power_of_ten(4.2e-48) == "1e−47"
    assert power_of_ten(0.5) == "1e0"
    assert power_of_ten(0.0) == "0"


def test_json_keeps_float64_alone():
    assert plain(np.array([1.0, np.inf])) == [1.0, "inf"]
    assert plain({"a": (1, True, None, Fraction(1, 3))}) == {"a": [1, True, None, "1/3"]}
    assert nested(np.array([Fraction(1, 3)], dtype=object), exact_text) == ["1/3"]
