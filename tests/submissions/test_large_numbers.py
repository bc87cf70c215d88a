"""Scores that are large: a max shift is enough, and its lack hides neither mistakes nor choices."""

import pytest

from deltarule.sandbox import Sandbox
from deltarule.submissions import check_submission
from deltarule.submissions.findings import FunctionVerdict

LINEAR = """\
import numpy as np
def softmax_loss_vectorized(W, X, y, reg):
    N, s = len(X), X @ W
    s = SHIFT
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(N), y]).sum() / N + reg * (W ** 2).sum()
    p[np.arange(N), y] -= 1
    return loss, X.T @ p / N + 2 * reg * W
"""
TWO_LAYERS = """\
import numpy as np
class TwoLayerNet:
    def __init__(self, D, H, C):
        self.params = {}
    def loss(self, X, y, reg=0.0):
        W1, b1, W2, b2 = (self.params[k] for k in ("W1", "b1", "W2", "b2"))
        N, h = len(X), np.maximum(0, X @ W1 + b1)
        s = h @ W2 + b2
        s = SHIFT
        p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(N), y]).sum() / N + reg * ((W1 ** 2).sum() + (W2 ** 2).sum())
        p[np.arange(N), y] -= 1
        p /= N
        dh = p @ W2.T * (h > 0)
        return loss, {"W1": X.T @ dh + 2 * reg * W1, "b1": dh.sum(0),
                      "W2": h.T @ p + 2 * reg * W2, "b2": p.sum(0)}
"""
TEMPORAL = """\
import numpy as np
def temporal_softmax_loss(x, y, mask):
    N, T, V = x.shape
    s, t, m = x.reshape(N * T, V), y.ravel(), mask.ravel()
    s = SHIFT
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    loss = -(m * np.log(p[np.arange(N * T), t])).sum() / N
    p[np.arange(N * T), t] -= 1
    return loss, (p * m[:, None] / N).reshape(x.shape)
"""
CROSS_ENTROPY = """\
import numpy as np
class CrossEntropyLoss:
    def forward(self, A, Y):
        s = A
        s = SHIFT
        self.p, self.Y = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True), Y
        return -(Y * np.log(self.p)).sum() / len(A)
    def backward(self):
        return (self.p - self.Y) / len(self.Y)
"""
TEXTS = {
    "cs231n": (LINEAR, TWO_LAYERS, TEMPORAL),
    "mytorch": (CROSS_ENTROPY,),
    "deeplearning_ai": (
        "import numpy as np\ndef softmax(x):\n    s = x.T\n    s = SHIFT\n"
        "    return (np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)).T\n",
    ),
}
ALL = [(course, text) for course, texts in TEXTS.items() for text in texts]


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(unsafe=True) as made:
        yield made


def checked(sandbox, course, text, shift):
    text = text.replace("SHIFT", shift)
    report = check_submission(text, "hw.py", sandbox, course)
    return next((f for f in report.functions if not f.verdict.passes), None)


@pytest.mark.parametrize(("course", "text"), ALL, ids=["linear", "net", "temporal", "loss", "p"])
def test_a_max_shift_by_row_is_enough_and_its_lack_overflows(sandbox, course, text):
    assert checked(sandbox, course, text, "s - s.max(axis=1, keepdims=True)") is None
    for shift in ("s", "s - s.max()"):
        found = checked(sandbox, course, text, shift)
        assert found.verdict is FunctionVerdict.PARTLY
        assert found.finding.startswith("overflows at large numbers: ")
        assert {c.kind for c in found.causes} <= {"overflow"}
        assert len(found.causes) <= 1 and (found.causes or "backward" in found.name)


def test_an_overflow_hides_no_mistake(sandbox):
    text = TEMPORAL.replace("m[:, None] / N", "m[:, None] / N / T")
    found = checked(sandbox, "cs231n", text, "s")
    assert found.finding.startswith("dx: ") and "; overflows at large numbers" in found.finding
    assert [c.kind == "overflow" for c in found.causes] == [False, True]
    assert "divided by T" in found.causes[0].words and found.causes[0].outputs == ("dx",)


def test_another_choice_is_one_though_it_overflows(sandbox):
    text = TWO_LAYERS.replace("+ reg *", "+ 0.5 * reg *").replace("2 * reg", "reg")
    whole = checked(sandbox, "cs231n", text, "s - s.max(axis=1, keepdims=True)")
    overflowing = checked(sandbox, "cs231n", text, "s")
    assert whole.verdict is overflowing.verdict is FunctionVerdict.CONVENTION
    assert whole.finding == "the penalty is halved: λ/2 Σ W², as in 2016"
    assert overflowing.finding.startswith(f"{whole.finding}; overflows at large numbers: ")


def test_a_choice_that_the_course_leaves_open_is_right(sandbox):
    text = LINEAR.replace("+ reg *", "+ 0.5 * reg *").replace("2 * reg", "reg")
    stable = text.replace("SHIFT", "s - s.max(axis=1, keepdims=True)")
    (whole,) = check_submission(stable, "own.py", sandbox, "cs231n").functions
    overflowing = checked(sandbox, "cs231n", text, "s")
    assert whole.verdict is FunctionVerdict.RIGHT
    assert overflowing.verdict is FunctionVerdict.PARTLY
    assert whole.notes == overflowing.notes == ["the penalty is halved: λ/2 Σ W²"]
    assert overflowing.finding.startswith("overflows at large numbers: ")


@pytest.mark.parametrize(("kept", "choice"), [("p", False), ("(1 - p)", True)])
def test_an_argument_may_be_computed_of_two_numbers(sandbox, kept, choice):
    text = """\
import numpy as np
def dropout_forward(x, dropout_param):
    p, mask = dropout_param["p"], None
    if dropout_param["mode"] == "train":
        mask = (np.random.rand(*x.shape) < KEPT) / KEPT
        x = x * mask
    return x, (dropout_param, mask)
def dropout_backward(dout, cache):
    return dout if cache[1] is None else dout * cache[1]
"""
    report = check_submission(text.replace("KEPT", kept), "hw.py", sandbox, "cs231n")
    verdicts = {f.verdict for f in report.functions}
    assert verdicts == {FunctionVerdict.CONVENTION if choice else FunctionVerdict.RIGHT}
    assert all(("probability of dropping" in f.finding) is choice for f in report.functions)
