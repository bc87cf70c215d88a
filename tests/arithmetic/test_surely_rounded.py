"""Rounding in float64 that is sure of its digits, against rounding in fractions."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import flint
import numpy as np
import pytest

from deltarule.arithmetic.exact import Rounded, fraction
from deltarule.arithmetic.pocket import SurelyRounded, Unsure
from deltarule.arithmetic.rounding import RULES


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("digits", [(0, None), (2, None), (5, None), (None, 1), (None, 4)])
def test_the_digits_of_exact_rounding_or_none(rule, digits):
    random, like, sure = Random(1), Rounded(*digits, rule), 0
    for _ in range(200):
        value = Fraction(random.randint(-(10**6), 10**6), random.choice([1, 2, 8, 10, 1000, 7, 99]))
        exact = like.settle(np.array(flint.fmpq(value.numerator, value.denominator), dtype=object))
        try:
            found = SurelyRounded(like).settle(np.array(float(value)))
        except Unsure:
            continue
        sure += 1
        assert float(found) == pytest.approx(float(fraction(exact[()])), rel=1e-12)
    assert sure > 20


@pytest.mark.parametrize(
    ("value", "rule"),
    [(0.125, "half-up"), (1.005, "half-even"), (0.35, "truncate"), (0.3 - 0.1, "truncate")],
)
def test_nothing_is_said_near_a_tie(value, rule):
    with pytest.raises(Unsure):
        SurelyRounded(Rounded(2, None, rule)).settle(np.array([0.5001, value]))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_has_no_digits(value):
    with pytest.raises(Unsure):
        SurelyRounded(Rounded(2)).settle(np.array(value))
