"""When an array counts as right: digits, shapes, intervals, and what is no array."""

import numpy as np
import pytest

from deltarule.submissions.agreement import Fit, compare
from deltarule.submissions.function_verdicts import said

RIGHT = np.array([[1.0, -2.0, 3.0], [0.5, 0.25, -4.0]])


def fit(given, low=RIGHT, high=None, total=None):
    return compare(given, low, low if high is None else high, total).fit


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (RIGHT, Fit.RIGHT),
        (RIGHT.tolist(), Fit.RIGHT),
        (RIGHT.astype(np.float32), Fit.RIGHT),
        (RIGHT[None], Fit.RIGHT),
        (RIGHT * (1 + 3e-6), Fit.SINGLE),
        (RIGHT.T, Fit.SHAPE),
        (RIGHT.ravel(), Fit.SHAPE),
        (RIGHT * 1.001, Fit.NUMBERS),
        (-RIGHT, Fit.NUMBERS),
        (np.where(RIGHT > 2, np.nan, RIGHT), Fit.NOT_FINITE),
        (None, Fit.MISSING),
        ("text", Fit.NO_ARRAY),
        ([[1.0], [2.0, 3.0]], Fit.NO_ARRAY),
        (RIGHT + 0j, Fit.NO_ARRAY),
        ({}, Fit.NO_ARRAY),
    ],
)
def test_how_a_value_agrees(given, expected):
    assert fit(given) is expected


def test_what_was_rounded_to_single_precision_agrees():
    random = np.random.default_rng(0)
    right = random.normal(size=(5, 7))
    rounded = (right.astype(np.float32) * np.float32(3) / np.float32(3)).astype(float)
    assert fit(rounded, right).right


def test_one_entry_is_enough_to_be_wrong():
    random = np.random.default_rng(1)
    right = random.normal(size=(4, 5))
    for entry in np.ndindex(right.shape):
        other = right.copy()
        other[entry] += 0.01
        found = compare(other, right, right)
        assert found.fit is Fit.NUMBERS and found.at == entry
        assert found.right == right[entry] and found.given == other[entry]


def test_between_the_sides_is_right_and_together_no_more_than_there_is():
    low, high = np.zeros(3), np.array([1.0, 1.0, 0.0])
    for tie in ([1.0, 0, 0], [0, 1.0, 0], [0.5, 0.5, 0]):
        assert fit(np.array(tie), low, high, (1.0, 1.0)) is Fit.RIGHT
    assert fit(np.array([1.0, 1.0, 0]), low, high, (1.0, 1.0)) is Fit.NUMBERS
    assert fit(np.array([0.0, 0.0, 0]), low, high, (1.0, 1.0)) is Fit.NUMBERS
    assert fit(np.array([1.0, 0, 0.1]), low, high, (1.0, 1.1)) is Fit.NUMBERS


def test_rounding_behind_saturated_units_is_not_wrong():
    assert fit(np.full(3, 1e-14), np.zeros(3)) is Fit.RIGHT
    assert fit(np.full(3, 1e-3), np.zeros(3)) is Fit.NUMBERS


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "None, or nothing, stands there, not an array of numbers"),
        ("text", "a value of type str, not an array of numbers"),
    ],
)
def test_what_is_no_array_is_said_in_words(given, words):
    assert said(compare(given, np.zeros(2), np.zeros(2))) == words


def test_a_column_of_one_entry_is_a_column():
    right = np.array([[2.0]])
    assert compare(2.0, right, right).fit is Fit.RIGHT
    for given in (2.0, np.array([2.0])):
        assert compare(given, right, right, column=True).fit is Fit.SHAPE
    assert compare(right, right, right, column=True).fit is Fit.RIGHT


def test_rounding_to_decimals_is_not_single_precision():
    right = np.array([1.23456789, -0.87654321, 0.5555555])
    rounded = compare(np.round(right, 5), right, right)
    assert rounded.fit is Fit.NUMBERS and rounded.words == "rounded to 5 decimals"
    assert compare(right.astype(np.float32), right, right).fit is Fit.RIGHT
    assert compare(right * (1 + 5e-5), right, right).fit is Fit.SINGLE
    assert compare(right * (1 + 5e-5), right, right, single=1e-5).fit is Fit.NUMBERS
