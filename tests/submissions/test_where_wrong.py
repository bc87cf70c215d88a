"""Where a wrong function is right alone: square images, N = D, one example, γ = 1, stride 1."""

import pytest

from deltarule.sandbox import Sandbox
from deltarule.submissions import FunctionVerdict, check_submission
from deltarule.submissions.convention_files import convention
from deltarule.submissions.other_choices import right_task

LAYERS = """\
import numpy as np
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w, b)
def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(len(x), -1)
    return (dout @ w.T).reshape(x.shape), rows.T @ dout, dout.sum(0)
def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape; F, _, K, L = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    I, J = 1 + (H + 2*p - K)//s, 1 + (W + 2*p - L)//s
    out = np.zeros((N, F, I, J))
    for i in range(I):
        for j in range(J):
            win = xp[:, :, i*s:i*s+K, j*s:j*s+L]
            out[:, :, i, j] = np.einsum("nckl,fckl->nf", win, w) + b
    return out, (x, w, b, conv_param)
def max_pool_forward_naive(x, pool_param):
    K, L, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    I, J = 1 + (x.shape[2] - K)//s, 1 + (x.shape[3] - L)//s
    out = np.zeros((*x.shape[:2], I, J))
    for i in range(I):
        for j in range(J):
            out[:, :, i, j] = x[:, :, i*s:i*s+K, j*s:j*s+L].max((2, 3))
    return out, (x, pool_param)
def max_pool_backward_naive(dout, cache):
    x, p = cache
    K, L, s = p["pool_height"], p["pool_width"], p["stride"]
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        win = x[n, c, i*s:i*s+K, j*s:j*s+L]
        k, l = np.unravel_index(np.argmax(win), win.shape)
        dx[n, c, i*s+k, j*s+l] += dout[n, c, i, j]
    return dx
def batchnorm_forward(x, gamma, beta, bn_param):
    xh = (x - x.mean(0)) / (s := np.sqrt(x.var(0) + bn_param["eps"]))
    return gamma * xh + beta, (xh, s, gamma)
def batchnorm_backward(dout, cache):
    xh, s, gamma = cache
    d = dout * gamma
    dx = (d - d.mean(0) - xh * (d * xh).mean(0)) / s
    return dx, (dout * xh).sum(0), dout.sum(0)
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return h, (x, prev_h, Wx, Wh, h)
def rnn_forward(x, h0, Wx, Wh, b):
    h, caches = h0, []
    for t in range(x.shape[1]):
        h, one = rnn_step_forward(x[:, t], h, Wx, Wh, b)
        caches.append(one)
    return np.stack([c[4] for c in caches], 1), caches
"""

#: The function, what is written, what stands there then, and where that is right alone.
WHERE = [
    ("affine_backward", "dout.sum(0)", "dout[0]", "for one example (N = 1)"),
    ("affine_backward", "dout.sum(0)", "dout.sum(0) * len(x) / len(w)", "where N = D"),
    ("conv_forward_naive", "xp = np.pad(x", "xp = np.pad(x * H / W", "for square inputs"),
    ("conv_forward_naive", "win = xp", "win = (xp if p else 0 * xp)", "at padding > 0"),
    ("max_pool_backward_naive", "+= dout", "= dout", "where windows do not overlap"),
    ("max_pool_backward_naive", "np.unravel_index(np.argmax(win), win.shape)",
     "divmod(np.argmax(win), K)", "for square windows"),
    ("max_pool_forward_naive", "(x.shape[3] - L)//s", "(x.shape[2] - K)//s", "for square outputs"),
    ("batchnorm_backward", "d = dout * gamma", "d = dout", "where gamma = 1 everywhere"),
    ("rnn_forward", "x[:, t], h,", "x[:, t], h0,", "for one time (T = 1)"),
]  # fmt: skip


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(unsafe=True) as sandbox:
        yield sandbox


@pytest.mark.parametrize("row", WHERE, ids=lambda row: f"{row[0]}: {row[3]}")
def test_where_a_wrong_function_is_right_alone_is_said(sandbox, row):
    name, old, new, words = row
    start = LAYERS.index(f"def {name}(")
    end = LAYERS.find("\ndef ", start) % (len(LAYERS) + 1)
    assert LAYERS[start:end].count(old) == 1, row
    text = LAYERS[:start] + LAYERS[start:end].replace(old, new) + LAYERS[end:]
    report = check_submission(text, "layers.py", sandbox, "cs231n", lambda n: n == name)
    (finding,) = report.functions
    pinned = words.endswith("everywhere")
    assert finding.verdict is (FunctionVerdict.WRONG if pinned else FunctionVerdict.PARTLY)
    assert f"right only {words}" in finding.finding


def test_special_settings_have_the_axes_of_the_course(sandbox):
    """Where a course gives one window alone, no setting has two."""
    text = "def conv_single_step(a_slice_prev, W, b):\n    return (a_slice_prev + W).sum()"
    (finding,) = check_submission(text, "layers.py", sandbox, "deeplearning_ai").functions
    assert finding.verdict is FunctionVerdict.WRONG and "conv_single_step(" in finding.test


def test_no_split_axis_has_one_entry_where_there_is_one_example():
    right = right_task(next(t for t in convention("cs231n").tasks if t.name == "affine"))
    (one,) = (s for s in right.settings if s.words == "one example")
    assert right.letters == {"D": ("a", "b")} and one.sizes["a"] > 1 and one.sizes["b"] > 1
