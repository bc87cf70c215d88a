"""Objects and functions that are used for a second batch, and what of it is a convention."""

import pytest

from deltarule.sandbox import Sandbox
from deltarule.submissions import FunctionVerdict, check_submission

LINEAR = """
import numpy as np
class Linear:
    def __init__(self, d, m):
        self.W, self.b = np.zeros((m, d)), np.zeros((m, 1))
        self.dLdW, self.dLdb, self.A = np.zeros((m, d)), np.zeros((m, 1)), None
    def forward(self, A):
        self.A = A
        return A @ self.W.T + self.b.T
    def backward(self, dLdZ):
        self.dLdW = dLdZ.T @ self.A
        self.dLdb = dLdZ.sum(0)[:, None]
        return dLdZ @ self.W
"""
RELU = """
import numpy as np
kept = []
def relu_forward(x):
    kept.append(x)
    return np.maximum(0, x), x
def relu_backward(dout, cache):
    return dout * (cache > 0)
"""
MSE = """
import numpy as np
class MSELoss:
    def forward(self, A, Y):
        self.A, self.Y = A, Y
        return np.mean((A - Y) ** 2)
    def backward(self):
        return 2 * (self.A - self.Y) / self.A.size
"""
CHOICE = "the error is halved, as in 2022"


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(unsafe=True) as made:
        yield made


def findings(sandbox, text, edits, course):
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return check_submission(text, "own.py", sandbox, course).functions


def test_gradients_that_are_added_up_are_a_convention(sandbox):
    edits = [("self.dLdW = dLdZ", "self.dLdW += dLdZ")]
    assert all(f.verdict.passes for f in findings(sandbox, LINEAR, [], "mytorch"))
    backward = findings(sandbox, LINEAR, edits, "mytorch")[-1]
    assert backward.verdict is FunctionVerdict.CONVENTION
    assert backward.finding == "dLdW: added to what an earlier call of the object left there"


@pytest.mark.parametrize("course", ["accumulates = true\n", ""])
def test_a_course_may_say_that_gradients_are_added_up(sandbox, tmp_path, course):
    own = tmp_path / "own.toml"
    own.write_text(
        f'[linear]\nderivation = "dense"\n{course}'
        'options = { orientation = "Wx" }\n'
        'values = { A = "x", W = "W", b = "b: m -> m 1", Z = "y" }\n'
        '[[linear.calls]]\nclass = "Linear"\narguments = ["D", "M"]\nsets = { W = "W", b = "b" }\n'
        '[[linear.calls]]\nmethod = "forward"\narguments = ["A"]\nreturns = "Z"\n'
        '[[linear.calls]]\nmethod = "backward"\narguments = ["dZ"]\nreturns = "dA"\n'
        'reads = { dLdW = "dW", dLdb = "db" }\n',
        encoding="utf-8",
    )
    edits = [("self.dLdW = dLdZ", "self.dLdW += dLdZ")]
    backward = findings(sandbox, LINEAR, edits, str(own))[-1]
    assert backward.verdict.passes is bool(course)


def test_what_an_object_keeps_of_its_first_batch_is_found(sandbox):
    edits = [("self.A = A\n", "self.A = A if self.A is None else self.A\n")]
    backward = findings(sandbox, LINEAR, edits, "mytorch")[-1]
    assert backward.finding.endswith("right only for an object's first batch")
    assert "Z = layer.forward(A_other)" in backward.test and not backward.causes


def test_what_a_function_keeps_beside_its_cache_is_found(sandbox):
    assert all(f.verdict.passes for f in findings(sandbox, RELU, [], "cs231n"))
    backward = findings(sandbox, RELU, [("cache > 0", "kept[-1] > 0")], "cs231n")[-1]
    words = "right only where nothing is computed for another batch between"
    assert backward.finding.endswith(words) and "_ = relu_forward(x_other)" in backward.test


@pytest.mark.parametrize(
    ("edits", "notes"),
    [
        ([("np.mean((A - Y) ** 2)", "np.mean((A - Y) ** 2) / 2")], (CHOICE, "own choice")),
        ([("2 * (self.A", "(self.A")], ("own choice", CHOICE)),
    ],
)
def test_a_function_and_those_before_it_are_right_by_one_choice(sandbox, edits, notes):
    forward, backward = findings(sandbox, MSE, edits, "mytorch")
    assert forward.verdict in (FunctionVerdict.RIGHT, FunctionVerdict.CONVENTION)
    assert backward.verdict is FunctionVerdict.WRONG and backward.causes
    assert notes[1] in backward.notes[0] and notes[0] in backward.notes[1]
    both = findings(sandbox, MSE, [("** 2)", "** 2) / 2"), ("2 * (self.A", "(self.A")], "mytorch")
    assert both[0].verdict is FunctionVerdict.CONVENTION and both[1].verdict.passes
    assert both[1].finding.endswith(f"own forward pass, where {CHOICE}")


def test_a_permitted_choice_is_no_reason_for_a_mistake_beside_it(sandbox):
    text = (
        "import numpy as np\n"
        "def svm_loss_vectorized(W, X, y, reg):\n"
        "    rows, s = np.arange(len(X)), X @ W\n"
        "    m = np.maximum(0, s - s[rows, y][:, None] + 1)\n"
        "    m[rows, y] = 0\n"
        "    d = (m > 0) * 1.0\n"
        "    d[rows, y] = -d.sum(1)\n"
        "    return m.sum() / len(X) + 0.5 * reg * (W * W).sum(), X.T @ d + reg * W\n"
    )
    (finding,) = check_submission(text, "own.py", sandbox, "cs231n").functions
    assert ["1/N is missing" in c.words for c in finding.causes] == [True]
    assert "the penalty is halved" in finding.notes[0]
    (finding,) = check_submission(
        text.replace("@ d +", "@ d / len(X) +"), "own.py", sandbox
    ).functions
    assert finding.verdict is FunctionVerdict.RIGHT
