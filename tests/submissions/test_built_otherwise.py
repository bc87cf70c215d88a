"""What a function returns is built otherwise than the course's: said, and shown by a test."""

import pytest

from deltarule.sandbox import Sandbox
from deltarule.submissions import check_submission
from deltarule.submissions.findings import FunctionVerdict

FILE = """\
import numpy as np
def relu_forward(x):
    return np.maximum(0, x)
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w, b), "more"
def affine_backward(dout, cache):
    x, w, b = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout
def softmax_loss(x, y):
    return {"loss": 0.0, "dx": x}
def svm_loss(x, y):
    return None, None
def layernorm_forward(x, gamma, beta, ln_param):
    return "out", None
def temporal_affine_forward(x, w, b):
    x -= 1
    return (x + 1) @ w + b, None
"""
PARTLY, WRONG = FunctionVerdict.PARTLY, FunctionVerdict.WRONG
CHANGES, UNFINISHED = FunctionVerdict.CHANGES, FunctionVerdict.UNFINISHED


@pytest.fixture(scope="module")
def report():
    with Sandbox(unsafe=True) as sandbox:
        yield check_submission(FILE, "layers.py", sandbox, "cs231n")


@pytest.mark.parametrize(
    ("name", "verdict", "finding", "remedy", "shown"),
    [
        (
            *("relu_forward", PARTLY, "out is right, but it returns one array, not 2 values"),
            *("return out, cache", "out, cache = relu_forward(x)"),
        ),
        (
            *("affine_backward", WRONG, "returns 2 values, not 3"),
            *("return dx, dw, db", "dx, dw, db = affine_backward(dout, cache)"),
        ),
        (
            *("softmax_loss", WRONG, "returns a dictionary, not 2 values"),
            *("return loss, dx", "loss, dx = softmax_loss(x, y)"),
        ),
        ("svm_loss", UNFINISHED, "returns nothing yet", "write its body", ""),
        (
            *("layernorm_forward", WRONG, "out: a value of type str, not an array of numbers"),
            *("", "out, cache = layernorm_forward("),
        ),
        (
            *("temporal_affine_forward", CHANGES, "changes its argument x in place"),
            *("work on a copy: x.copy()", "np.testing.assert_array_equal(x, x_before)"),
        ),
    ],
)
def test_what_is_returned_otherwise(report, name, verdict, finding, remedy, shown):
    one = next(f for f in report.functions if f.name == name)
    assert (one.verdict, one.remedy) == (verdict, remedy)
    assert one.finding == finding
    assert shown in one.test and bool(shown) is bool(one.test)


def test_more_values_than_are_asked_for_are_no_mistake(report):
    one = next(f for f in report.functions if f.name == "affine_forward")
    assert one.verdict is FunctionVerdict.RIGHT


PROPAGATE = """\
import numpy as np
from planar_utils import plot_decision_boundary, sigmoid
def propagate(w, b, X, Y):
    A = sigmoid(w.T @ X + b)
    cost = -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A))
    return {"dW": X @ (A - Y).T / X.shape[1], "dB": np.sum(A - Y) / X.shape[1]}, cost
def sigmoid_backward(dA, cache):
    plot_decision_boundary(dA)
"""


def test_other_keys_are_no_unfinished_code_and_a_helper_lacks_what_is_not_at_hand():
    with Sandbox(unsafe=True) as sandbox:
        own = check_submission(PROPAGATE, "own.py", sandbox, "deeplearning_ai").functions
    found = {f.name: f for f in own}
    words = "dw and db: no entry in the dictionary that is returned, which has dW, dB"
    assert (found["propagate"].verdict, found["propagate"].finding) == (WRONG, words)
    assert "returned['dw']" in found["propagate"].test
    assert "plot_decision_boundary" not in str([f.notes for f in own])
