"""Helpers that a course hands out are no homework where a file merely copies them."""

from deltarule.sandbox import Sandbox
from deltarule.submissions import check_submission
from deltarule.submissions.convention_files import convention
from deltarule.submissions.copied_helpers import copied_helpers

TEXT = '''\
import numpy as np
def softmax(x):
    """Softmax."""
    e_x = np.exp(x - np.max(x))
    return e_x / e_x.sum(axis=0)
'''
COST = "def compute_cost(AL, Y):\n    return -np.mean(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))\n"


def checked(text, only=None):
    with Sandbox(unsafe=True) as sandbox:
        return check_submission(text, "hw.py", sandbox, "deeplearning_ai", only)


def test_a_copy_is_left_out_with_a_note():
    report = checked(TEXT + COST)
    assert [f.name for f in report.functions] == ["compute_cost"] and report.right
    (note,) = (n for n in report.notes if "hands out" in n)
    assert note.startswith("softmax: as the course hands out, not checked; -k softmax")


def test_what_is_asked_for_stands_alone_or_is_otherwise_is_checked():
    own = TEXT.replace("np.max(x)", "np.max(x, axis=0)")
    for text, only in ((TEXT + COST, lambda n: n == "softmax"), (TEXT, None), (own + COST, None)):
        report = checked(text, only)
        assert "softmax" in {f.name for f in report.functions}
        assert not any("hands out" in n for n in report.notes)


HELPERS = """\
import numpy as np
def sigmoid(Z):
    A = 1 / (1 + np.exp(-Z))
    cache = Z
    assert A.shape == Z.shape
    return A, cache
def relu(Z):
    A = np.maximum(0, Z)
    cache = Z
    return A, cache
def relu_backward(dA, cache):
    Z = cache
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ
def sigmoid_backward(dA, cache):
    Z = cache
    s = 1 / (1 + np.exp(-Z))
    dZ = dA * s * (1 - s)
    assert dZ.shape == Z.shape
    return dZ
"""


def test_names_for_parts_of_it_make_no_other_function():
    provided = convention("deeplearning_ai").provided.values()
    names = {"sigmoid", "relu", "relu_backward", "sigmoid_backward"}
    assert copied_helpers(HELPERS, provided) == names
    other = HELPERS.replace("Z <= 0", "Z < 0").replace("1 - s", "s - 1")
    assert copied_helpers(other, provided) == {"sigmoid", "relu"}


def test_long_chains_of_names_are_not_written_out():
    lines = [f"    a{k + 1} = a{k} + a{k}" for k in range(200)]
    text = "def sigmoid(a0):\n" + "\n".join(lines) + "\n    return a200, a0\n"
    assert copied_helpers(text, [text]) == {"sigmoid"}
