"""Why wrong functions are wrong: causes, lines and counterexamples of planted mistakes."""

from functools import lru_cache

import pytest

from deltarule.sandbox import Sandbox
from deltarule.submissions import check_submission
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict

RIGHT = """\
import numpy as np
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w, b)
def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(len(x), -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = rows.T @ dout
    db = dout.sum(0)
    return dx, dw, db
def relu_forward(x):
    return np.maximum(x, 0), x
def relu_backward(dout, cache):
    return dout * (cache > 0)
def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape; F, _, K, L = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    out = np.zeros((N, F, 1 + (H + 2*p - K)//s, 1 + (W + 2*p - L)//s))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            win = xp[:, :, i*s:i*s+K, j*s:j*s+L]
            out[:, :, i, j] = np.einsum("nckl,fckl->nf", win, w) + b
    return out, (x, w, b, conv_param)
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape; F, _, K, L = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            g, at = dout[:, :, i, j], np.s_[:, :, i*s:i*s+K, j*s:j*s+L]
            dw += np.einsum("nf,nckl->fckl", g, xp[at])
            dxp[at] += np.einsum("nf,fckl->nckl", g, w)
    dx = dxp[:, :, p:p+H, p:p+W]
    return dx, dw, dout.sum((0, 2, 3))
def svm_loss(x, y):
    N = len(x)
    m = np.maximum(0, x - x[np.arange(N), y][:, None] + 1)
    m[np.arange(N), y] = 0
    d = (m > 0) * 1.0
    d[np.arange(N), y] = -d.sum(1)
    return m.sum() / N, d / N
"""

#: The function, what is written, what stands there then, and how its cause is said.
PLANTED = [
    ("affine_backward", "dout.sum(0)", "dout.sum(1)", "db is summed over m, not over n"),
    ("affine_backward", "dout.sum(0)", "dout.mean(0)", "the mean over n stands for the sum"),
    ("affine_backward", "dout.sum(0)", "dout[0]", "only the first term of the sum over n"),
    ("affine_backward", "dout.sum(0)", "np.full(b.shape, dout.sum())", "the same everywhere"),
    ("affine_backward", "rows.T @ dout", "dout.T @ rows", "dw stands transposed"),
    ("affine_backward", "return dx, dw", "return dw, dx", "dx and dw are exchanged"),
    ("affine_backward", ".reshape(x.shape)", "", "it is not reshaped"),
    ("affine_backward", "rows.T @ dout", "np.round(rows.T @ dout, 2)", "rounded to 2 decimals"),
    ("relu_forward", "np.maximum(x, 0)", "np.abs(x)", "|x[n, m]| stands where"),
    ("relu_backward", "(cache > 0)", "(dout > 0)", "the slope is taken of dout"),
    ("relu_backward", "(cache > 0)", "(cache < 0)", "the mask is turned"),
    ("conv_backward_naive", "dxp[at] +=", "dxp[at] =", "written over, not added up"),
    ("conv_backward_naive", "i*s:i*s+K, j*s:j*s+L]\n", "i:i+K, j:j+L]\n", "the stride is lost"),
    ("conv_backward_naive", "p:p+H, p:p+W]", "p:-p, p:-p]", "dx is empty where the padding is 0"),
    ("conv_backward_naive", "dxp[:, :, p:p+H, p:p+W]", "dxp", "the padded border is not cut off"),
    ("conv_backward_naive", "sum((0, 2, 3))", "sum(0)", "summed over n, not over n, i, j"),
    ("svm_loss", "    m[np.arange(N), y] = 0\n", "", "the case that is to be left out is counted"),
    ("svm_loss", "d / N", "d", "dx is not divided by N"),
    ("svm_loss", "    d[np.arange(N), y] = -d.sum(1)\n", "", "the entry of the label, the correct"),
    ("conv_backward_naive", "i*s:i*s+K, j*s", "i:i+K, j*s", "lost along one axis"),
    ("affine_forward", "x.reshape(len(x), -1) @", "x.reshape(-1, len(x)).T @", "and transposed"),
    ("svm_loss", "-d.sum(1)", "-d.sum()", "runs over n as well: without its axis"),
    ("svm_loss", "d = (m > 0)", "d = (m >= 0)", "≥ 0 stands where > 0 belongs"),
    ("conv_forward_naive", "(p, p)))", "(p, p)), mode='edge')", "padded by its nearest entry"),
    ("conv_forward_naive", "1 + (H + 2*p - K)//s, 1 + (W + 2*p - L)//s", "H//s, W//s", "as H // S"),
    ("affine_forward", "@ w + b", "@ w * b", "are multiplied, where they should be added"),
]  # fmt: skip


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


@lru_cache(maxsize=1)
def _texts() -> dict[tuple, str]:
    texts = {}
    for row in PLANTED:
        name, old, new, _ = row
        start = RIGHT.index(f"def {name}(")
        end = RIGHT.find("\ndef ", start) % (len(RIGHT) + 1)
        body = RIGHT[start:end]
        assert body.count(old) >= 1, row
        texts[row] = RIGHT[:start] + body.replace(old, new, 1) + RIGHT[end:]
    return texts


def found(sandbox: Sandbox, text: str, name: str) -> FunctionFinding:
    """What is found of one function of a file."""
    report = check_submission(text, "layers.py", sandbox, "cs231n", only=lambda n: n == name)
    return report.functions[0]


@pytest.mark.parametrize("row", PLANTED, ids=lambda row: f"{row[0]}: {row[3]}")
def test_a_planted_mistake_is_named_at_its_line_and_shown_by_a_test(sandbox, row):
    name, _, _, words = row
    finding = found(sandbox, _texts()[row], name)
    assert finding.verdict in (FunctionVerdict.WRONG, FunctionVerdict.PARTLY)
    assert words in " | ".join(cause.words for cause in finding.causes)
    assert "np.testing.assert_allclose" in finding.test
    test = finding.test.replace("from layers import", "# from layers import")
    for text, fails in ((_texts()[row], True), (RIGHT, False)):
        submission = sandbox.submission()
        loaded = submission.load(f"{text}\n{test}", "pasted.py")
        assert loaded.returned is not fails, loaded
        submission.close()


def test_a_cause_says_its_formula_beside_the_right_one_in_the_names_of_the_course(sandbox):
    finding = found(sandbox, _texts()[PLANTED[1]], "affine_backward")
    (cause,) = finding.causes
    assert cause.formula == "db[m] = Σ_n dout[n, m]/N"
    assert cause.right_formula == "db[m] = Σ_n dout[n, m]"
    assert cause.outputs == ("db",)
    assert cause.line == 9 == finding.line


def test_a_counterexample_has_one_number_where_one_shows_the_mistake(sandbox):
    finding = found(sandbox, _texts()[PLANTED[1]], "affine_backward")
    assert "x = np.array([[[" in finding.test and "conv" not in finding.test
    assert finding.test.count("\n") <= 10


def test_ties_are_shown_by_an_interval(sandbox):
    text = """\
import numpy as np
def max_pool_forward_naive(x, pool_param):
    K, L, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    I, J = 1 + (x.shape[2] - K)//s, 1 + (x.shape[3] - L)//s
    out = np.zeros((*x.shape[:2], I, J))
    for i in range(I):
        for j in range(J):
            out[:, :, i, j] = x[:, :, i*s:i*s+K, j*s:j*s+L].max((2, 3))
    return out, (x, pool_param)
def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    K, L, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            win = x[:, :, i*s:i*s+K, j*s:j*s+L]
            m = win == win.max((2, 3), keepdims=True)
            dx[:, :, i*s:i*s+K, j*s:j*s+L] += m * dout[:, :, i:i+1, j:j+1]
    return dx
"""
    finding = found(sandbox, text, "max_pool_backward_naive")
    assert finding.verdict is FunctionVerdict.PARTLY
    assert "every one of several largest passes the whole gradient" in finding.causes[0].words
    assert "any subgradient is right" in finding.test and "<= np.sum(dx) <=" in finding.test
    assert finding.line == 18


def test_a_gradient_that_is_wrong_at_zeros_alone_is_said_to_be_so(sandbox):
    text = RIGHT.replace("(cache > 0)", "((cache > 0) + 2.0 * (cache == 0))")
    (cause,) = found(sandbox, text, "relu_backward").causes
    assert cause.words == "dx is wrong only where x is exactly 0"


def test_a_mistake_of_two_outputs_is_one_cause(sandbox):
    text = RIGHT.replace("dw = rows.T @ dout", "dw = rows.T @ dout / len(x)")
    text = text.replace("db = dout.sum(0)", "db = dout.sum(0) / len(x)")
    (cause,) = found(sandbox, text, "affine_backward").causes
    assert cause.outputs == ("db", "dw")
