"""What is not finished is called so, in whatever form a handout leaves it; and what rests on it."""

import pytest

from deltarule.sandbox import Sandbox
from deltarule.submissions import check_submission
from deltarule.submissions.findings import Obstacle

HANDOUT = """\
import numpy as np


def affine_forward(x, w, b):
    out = None
    pass
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = None, None, None
    dx = dout.dot(w.T).reshape(x.shape)
    db = dout.sum(axis=0)
    return dx, dw, db


def relu_forward(x):
    out, cache = None, x
    return out, cache


def relu_backward(dout, cache):
    dx, x = None, cache
    return dx


def dropout_forward(x, dropout_param):
    p, mode = dropout_param['p'], dropout_param['mode']
    mask = None
    out = None
    if mode == 'train':
        pass
    elif mode == 'test':
        out = x
    cache = (dropout_param, mask)
    out = out.astype(x.dtype, copy=False)
    return out, cache


def layernorm_forward(x, gamma, beta, ln_param):
    out, cache = None, None
    return out, cache


def layernorm_backward(dout, cache):
    dx, dgamma, dbeta = None, None, None
    x, xhat, std = cache
    return dx, dgamma, dbeta


def svm_loss(x, y):
    loss, dx = 0.0, np.zeros_like(x)
    return loss, dx


def softmax_loss(x, y):
    raise NotImplemented


def word_embedding_forward(x, W):
    out = None
    rows = relu_backward(x, None)
    out = W[rows.shape]
    return out, None
"""
CLASSES = """\
import numpy as np
from mytorch.nn.module import Module


class Linear:
    def __init__(self, in_features, out_features):
        self.weights = np.zeros((out_features, in_features))
        self.biases = np.zeros(out_features)

    def forward(self, A):
        return A @ self.weights.T + self.biases

    def backward(self, dLdZ):
        return dLdZ @ self.weights


class ReLU(Module):
    def forward(self, Z):
        return Z


class Flatten:
    def forward(self, A):
        self.shape = A.shape
        return A.nothing

    def backward(self, dLdZ):
        return dLdZ.reshape(self.other)
"""


@pytest.fixture(scope="module")
def found():
    def check(text, course):
        report = check_submission(text, "handout.py", sandbox, course)
        return {f.name: (f.verdict.value, f.finding, f.obstacle) for f in report.functions}

    with Sandbox(unsafe=True) as sandbox:
        yield check


def test_handouts_are_not_finished_rather_than_wrong_or_crashed(found):
    said = found(HANDOUT, "cs231n")
    unfinished = {name: words for name, (verdict, words, _) in said.items() if "not f" in verdict}
    assert unfinished == {
        "affine_forward": "out is still None",
        "affine_backward": "dw is still None",
        "relu_forward": "out is still None",
        "relu_backward": "returns nothing yet",
        "dropout_forward": "in training mode: out is still None",
        "layernorm_forward": "returns nothing yet",
        "svm_loss": "returns zeros alone",
        "softmax_loss": "raises NotImplementedError",
    }
    given = "works on cache of layernorm_forward, which is not finished"
    assert said["layernorm_backward"] == ("could not be checked", given, Obstacle.NOTHING_GIVEN)
    words = "it calls relu_backward, which is not finished"
    assert said["word_embedding_forward"][:2] == ("could not be checked", words)


def test_classes_of_another_kind_could_not_be_checked(found):
    said = found(CLASSES, "mytorch")
    assert {v for v, *_ in said.values()} == {"could not be checked", "crashed"}
    words = "objects of Linear have no W and no b, which the task sets"
    assert said["Linear.forward"][1:] == (words, Obstacle.ATTRIBUTES)
    assert said["ReLU"][1].startswith("uses mytorch.nn.module.Module, ")
    assert said["ReLU.forward"][1] == "works on an object of ReLU, which could not be made"
    assert said["Flatten.backward"][1] == (
        "works on the attributes of Flatten.forward, which crashed"
    )


def test_a_mask_is_false_and_true_where_the_course_says_so(found):
    text = """import numpy as np
def temporal_softmax_loss(x, y, mask, verbose=False):
    N, T, V = x.shape
    p = np.exp(x - x.max(axis=2, keepdims=True))
    p /= p.sum(axis=2, keepdims=True)
    rows = np.arange(mask.sum())
    loss = -np.log(p[mask][rows, y[mask]]).sum() / N
    dx = p.copy()
    dx.reshape(-1, V)[np.arange(N * T), y.reshape(-1)] -= 1
    dx[~mask] = 0
    return loss, dx / N
"""
    assert found(text, "cs231n")["temporal_softmax_loss"][0] == "right"
