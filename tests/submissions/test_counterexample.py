"""What is said of a wrong function is true: its printed test fails, its reason fits everywhere."""

import subprocess
import sys

import numpy as np
import pytest

from deltarule.sandbox import Sandbox
from deltarule.submissions import check_submission
from deltarule.submissions.convention_files import convention
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict
from deltarule.submissions.other_choices import right_task
from deltarule.submissions.small_examples import small_examples

LOSS = """\
import numpy as np
class CrossEntropyLoss:
    def forward(self, A, Y):
        self.A, self.Y = A, Y
        p = np.exp(A - A.max(1, keepdims=True))
        self.p = p / p.sum(1, keepdims=True)
        return -(Y * np.log(self.p)).sum()
    def backward(self):
        return (self.p - self.Y) / len(self.Y)
"""
COUNTING = """\
calls = [0]
def affine_forward(x, w, b):
    calls[0] += 1
    out = x.reshape(len(x), -1) @ w + b
    return out + (calls[0] > 3), (x, w, b)
"""
TEMPORAL = """\
def temporal_affine_forward(x, w, b):
    return x @ w + b, (x, w)
def temporal_affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, np.einsum("ntd,ntm->dm", x, dout), dout.sum(axis=1).mean(0)
"""
VARIANCE = """\
def batchnorm_forward(x, gamma, beta, bn_param):
    N = x.shape[0]
    mean = x.mean(0)
    var = 1.0 / (N - 1) * ((x - mean) ** 2).sum(0)
    return gamma * (x - mean) / np.sqrt(var + bn_param["eps"]) + beta, None
"""
BOUNDARY = """\
def svm_loss(x, y):
    N = len(x)
    m = np.maximum(0, x - x[np.arange(N), y][:, None] + 1)
    m[np.arange(N), y] = 0
    d = np.zeros_like(x)
    d[m >= 0] = 1
    d[np.arange(N), y] -= (m > 0).sum(1)
    return m.sum() / N, d / N
"""
FIRST_TIME = """\
def temporal_affine_forward(x, w, b):
    return x @ w + b, (x, w)
def temporal_affine_backward(dout, cache):
    x, w = cache
    dx = dout @ w.T
    dx[:, 0] = 0
    return dx, np.einsum("ntd,ntm->dm", x, dout), dout.sum((0, 1))
"""
POWER = """\
def batchnorm_forward(x, gamma, beta, bn_param):
    mean, s = x.mean(0), (x.var(0) + bn_param["eps"]) ** -0.5
    return gamma * (x - mean) * s + beta, (x - mean, s, gamma)
def batchnorm_backward(dout, cache):
    xc, s, gamma = cache
    d = dout * gamma
    dvar = -0.5 * (d * xc).sum(0) * s
    dx = d * s + (2 * dvar * xc - (d * s).sum(0)) / len(xc)
    return dx, (dout * xc * s).sum(0), dout.sum(0)
"""
DROPOUT = """\
def dropout_forward(x, dropout_param):
    mask = np.random.rand(*x.shape) < dropout_param["p"]
    return x * mask / dropout_param["p"], (dropout_param, mask)
def dropout_backward(dout, cache):
    param, mask = cache
    return dout * (np.random.rand(*dout.shape) < 0.5) / param["p"]
"""
CRASH = """\
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w, b)
def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout @ w
    return dx, x.reshape(len(x), -1).T @ dout, dout.sum(0)
"""
NUMPY = "import numpy as np\n"


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(unsafe=True) as made:
        yield made


def found(sandbox, text: str, name: str, course: str = "cs231n") -> FunctionFinding:
    report = check_submission(text, "layers.py", sandbox, course, lambda n: n == name)
    (finding,) = (f for f in report.functions if f.name == name)
    return finding


def test_a_printed_test_calls_methods_of_an_object_and_fails(sandbox, tmp_path):
    finding = found(sandbox, LOSS, "CrossEntropyLoss.forward", "mytorch")
    assert "layer = CrossEntropyLoss()\nL = layer.forward(A, Y)\n" in finding.test
    (tmp_path / "layers.py").write_text(LOSS)
    (tmp_path / "shown.py").write_text(finding.test)
    ran = subprocess.run([sys.executable, "shown.py"], cwd=tmp_path, capture_output=True, text=True)
    assert "AssertionError" in ran.stderr and "Not equal to tolerance" in ran.stderr


def test_another_answer_to_the_same_call_shows_at_the_end_and_has_no_test(sandbox):
    finding = found(sandbox, COUNTING, "affine_forward")
    assert finding.verdict is FunctionVerdict.WRONG and not finding.causes and not finding.test
    assert finding.finding == "gives another answer to the same call"


def test_a_mean_over_examples_is_not_called_a_half(sandbox):
    finding = found(sandbox, NUMPY + TEMPORAL, "temporal_affine_backward")
    assert [c.words for c in finding.causes] == ["db is divided by N, which it should not be"]


def test_an_error_at_one_setting_does_not_hide_what_is_wrong_at_the_others(sandbox):
    text = NUMPY + VARIANCE
    finding = found(sandbox, text, "batchnorm_forward")
    assert finding.verdict is FunctionVerdict.WRONG and finding.finding.startswith("out: entry")
    (cause,) = finding.causes
    assert cause.words == "your numbers are those of a wrong v: divided by N − 1, not by N"
    assert not cause.shown and cause.formula == "v[c] = Σ_n (x[n, c] − μ[c])²/(N − 1)"
    assert finding.notes[0].endswith("crashes only at one example")
    assert "raised an error: ZeroDivisionError" in finding.notes[0]


def test_no_reason_contradicts_what_is_right(sandbox):
    """x̂ without its root gives this dx, but out and dgamma show that x̂ is right: it is dvar."""
    finding = found(sandbox, NUMPY + POWER, "batchnorm_backward")
    assert [o.name for o in finding.outputs if o.wrong] == ["dx"] and finding.test
    (cause,) = finding.causes
    assert "wrong ∂L/∂v: (v[c] + ε) stands to the power −1/2, not −3/2" in cause.words


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        (BOUNDARY, "svm_loss", "≥ 0 stands where > 0 belongs: what is exactly 0"),
        (FIRST_TIME, "temporal_affine_backward", "the first entry along axis 1 of dx is left 0"),
    ],
)
def test_boundaries_and_axes_are_said_as_in_code(sandbox, text, name, words):
    finding = found(sandbox, NUMPY + text, name)
    assert words in finding.causes[0].words, finding.causes
    assert np.all([c.outputs == ("dx",) for c in finding.causes])


def test_a_call_that_raises_is_shown_by_its_smallest_call_and_the_errors_line(sandbox):
    finding = found(sandbox, NUMPY + CRASH, "affine_backward")
    assert finding.verdict is FunctionVerdict.CRASHED and finding.line == 6
    first, call, dx, *_ = finding.test.splitlines()[-5:]
    assert first.startswith("# raises ValueError: matmul: Input operand 1 has a mismatch")
    assert first.endswith(" in line 6") and call == "dx, dw, db = affine_backward(dout, cache)"
    assert dx == "np.testing.assert_allclose(dx, [[[0., -6.]]], rtol=1e-06, atol=1e-07)"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("x * mask / dropout_param", "x * mask * dropout_param", "p is taken as 1/p"),
        ("(np.random.rand(*dout.shape) < 0.5)", "mask * 2", "a factor 2 too much"),
        ("return dout *", "return dout *", ""),
    ],
)
def test_what_is_drawn_at_random_is_shown_by_what_is_right_for_any_mask(sandbox, old, new, words):
    text = NUMPY + DROPOUT.replace(old, new)
    name = "dropout_forward" if "x * mask" in old else "dropout_backward"
    finding = found(sandbox, text, name)
    assert "np.random.seed(0)" in finding.test and "np.where(out != 0, [[" in finding.test
    assert words in " ".join(c.words for c in finding.causes)


def test_no_printed_test_has_windows_that_leave_a_remainder(sandbox):
    right = right_task(next(t for t in convention("cs231n").tasks if t.name == "convolution"))
    setting = next(s for s in right.settings if s.sizes["S"] == 2 and s.exact)
    examples = small_examples(right)
    smaller = [examples.with_size(setting, "H", n) for n in range(1, setting.sizes["H"])]
    assert any(smaller) and all(
        s is None or s.sizes["H"] % 2 == setting.sizes["H"] % 2 for s in smaller
    )
