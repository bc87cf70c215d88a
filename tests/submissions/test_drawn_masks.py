"""Masks that a function draws at random: how often, of which shape, and anew at every call."""

import numpy as np
import pytest

from deltarule.sandbox import Sandbox
from deltarule.submissions import FunctionVerdict, check_submission
from deltarule.submissions.drawn_masks import CHANCE, binomial_bounds

DROPOUT = """
import numpy as np
def dropout_forward(x, dropout_param):
    p, mask = dropout_param["p"], None
    if dropout_param["mode"] == "test":
        return x * 1.0, (dropout_param, mask)
    mask = (np.random.rand(*x.shape) < p) / p
    return x * mask, (dropout_param, mask)
"""
DRAWN = "np.random.rand(*x.shape) < p"


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as made:
        yield made


def found(sandbox, old, new):
    assert old in DROPOUT
    text = DROPOUT.replace(old, new)
    (finding,) = check_submission(text, "own.py", sandbox, "cs231n").functions
    return finding


@pytest.mark.parametrize(
    "drawn",
    [
        DRAWN,
        "np.random.binomial(1, p, size=x.shape)",
        "np.random.random_sample(x.shape) >= 1 - p",
        "np.random.default_rng().uniform(size=x.shape) < p",
    ],
)
def test_any_way_of_drawing_is_right(sandbox, drawn):
    assert found(sandbox, DRAWN, drawn).verdict is FunctionVerdict.RIGHT


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        ("np.random.rand(*x.shape[1:]) < p", "one mask is drawn for all examples of the batch"),
        ("np.random.rand(len(x), 1) < p", "one mask is drawn for all entries along axis 1"),
        ("np.random.randn(*x.shape) < p", "69% of the entries are kept, not 50%, where p = 0.5"),
        ("np.random.rand(*x.shape) > p", "70% of the entries are kept, not 30%, where p = 0.3"),
        ("np.random.RandomState(3).rand(*x.shape) < p", "a second call draws the same mask"),
        ("np.argsort(np.argsort(x.ravel())).reshape(x.shape) < p * x.size", "depends on the input"),
        ("np.random.rand(*x.shape) < np.where(x > 0, p + 0.2, p - 0.2)", "depends on the input"),
    ],
)
def test_a_mask_that_is_drawn_wrongly_is_none(sandbox, drawn, words):
    wrong = found(sandbox, DRAWN, drawn)
    assert wrong.verdict is FunctionVerdict.WRONG
    assert words[3:] in wrong.finding  # the share that is kept is drawn, too
    assert wrong.test


def test_test_mode_is_tried_with_several_probabilities(sandbox):
    wrong = found(sandbox, "x * 1.0", "x * 2 * p")
    assert wrong.verdict is not FunctionVerdict.RIGHT
    wrong = found(sandbox, "x * 1.0", "x * p")
    assert [c.words for c in wrong.causes] == ["out is multiplied by p too much"]


def test_bounds_hold_all_but_a_chance():
    low, high = binomial_bounds(40, 0.3)
    drawn = np.random.default_rng(0).binomial(40, 0.3, 10**5)
    assert low <= drawn.min() and drawn.max() <= high
    tails = [0.7**40, 0.7**40 + 40 * 0.3 * 0.7**39]
    assert (low > 0) is (tails[0] <= CHANCE) and (low > 1) is (tails[1] <= CHANCE)
