"""Whether a value in float64 is printed so: as exact rounding says, or not decided beside a tie."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

import numpy as np
import pytest

from deltarule.arithmetic.printed import Printed
from deltarule.marking.aligned_answers import Written
from deltarule.marking.nearness import decided

RULES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "truncate": ROUND_DOWN}
NUMBERS = ("1.25", "-1.3", "0.00", "0.07", "-0.05", "12", "0.0000003", "-7.000", "1234.5")
#: How far from the number values lie, in units of its last digit, and from there in such units.
STEPS, BESIDE = ("-1.5", "-1", "-0.5", "0", "0.5", "1"), ("0", "1e-9", "-1e-9", "0.02", "-0.02")


def asked(number: str, value: float, rule: str) -> bool | None:
    written = Written("s", np.array([Printed(number, "here")]))
    return decided(written, [(0,)], np.array([value]), rule)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("number", NUMBERS)
def test_what_is_decided_is_what_exact_rounding_says(rule, number):
    unit, wide = Decimal(1).scaleb(Decimal(number).as_tuple().exponent), Context(prec=60)
    told = set()
    for step in STEPS:
        for beside in BESIDE:
            exact = Decimal(number) + (Decimal(step) + Decimal(beside)) * unit
            right = exact.quantize(unit, RULES[rule], wide) == Decimal(number)
            found = asked(number, float(exact), rule)
            assert found in (right, None), (step, beside)
            told.add(found)
    assert told == {True, False, None}


@pytest.mark.parametrize("rule", ["half-up", "half-even"])
@pytest.mark.parametrize("tie", [-0.5, 0.5])
def test_nothing_is_decided_at_a_tie(rule, tie):
    assert asked("0.25", 0.25 + 0.01 * tie, rule) is None
    assert asked("0.25", 0.25 + 0.0098 * tie, rule) is True
    assert asked("0.25", 0.25 + 0.0103 * tie, rule) is False


def test_nothing_is_decided_where_digits_are_cut_off():
    assert asked("0.25", 0.25, "truncate") is None  # 0.2499999999 is cut off to 0.24
    assert asked("0.25", 0.26, "truncate") is None
    assert asked("0.25", 0.255, "truncate") is True
    assert asked("-0.25", -0.255, "truncate") is True
    assert asked("-0.25", -0.245, "truncate") is False
    assert asked("0.00", -0.005, "truncate") is True


def test_one_entry_that_is_not_printed_so_decides_for_all():
    written = Written("s", np.array([Printed(n, "here") for n in ("0.25", "0.50")]))
    entries = [(0,), (1,)]
    assert decided(written, entries, np.array([0.255, 0.52]), "half-up") is False
    assert decided(written, entries, np.array([0.255, 0.50]), "half-up") is None
    assert decided(written, entries, np.array([0.252, 0.50]), "half-up") is True
