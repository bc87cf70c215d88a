"""What a function leaves in a dictionary that it is given: the running averages of batch norm."""

import pytest

from deltarule.sandbox import Kept, Sandbox
from deltarule.submissions import FunctionVerdict, check_submission
from deltarule.submissions.this_process import ThisProcess

BATCH_NORM = """
import numpy as np
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, m = bn_param["eps"], bn_param.get("momentum", 0.9)
    mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "test":
        return gamma * (x - mean) / np.sqrt(var + eps) + beta, None
    mu, v = x.mean(0), x.var(0)
    bn_param["running_mean"] = m * mean + (1 - m) * mu
    bn_param["running_var"] = m * var + (1 - m) * v
    return gamma * (x - mu) / np.sqrt(v + eps) + beta, None
"""


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as made:
        yield made


def found(sandbox, *edit):
    text = BATCH_NORM.replace(*edit) if edit else BATCH_NORM
    assert (text != BATCH_NORM) is bool(edit)
    (finding,) = check_submission(text, "own.py", sandbox, "cs231n").functions
    return finding


def test_an_argument_is_read_after_the_call(sandbox):
    with sandbox.submission() as own:
        assert own.load("def f(a, d): d['b'] = 2 * a\n").returned
        call = own.call("f", 3, {"a": 1})
        assert own.get("", of=Kept(call.number, (-1, 1))).value == {"a": 1, "b": 6}
        assert not own.get("", of=Kept(call.number, (-1, 7))).returned


def test_an_argument_is_read_after_a_call_in_this_process():
    own = ThisProcess({"f": lambda a, d: d.update(b=2 * a)}).submission()
    call = own.call("f", 3, {"a": 1})
    assert own.get("", of=Kept(call.number, (-1, 1))).value == {"a": 1, "b": 6}
    assert not own.get("", of=Kept(call.number, (-1, 7))).returned


def test_right_running_averages_pass(sandbox):
    assert found(sandbox).verdict is FunctionVerdict.RIGHT


@pytest.mark.parametrize(
    "edit",
    [
        ("m * mean + (1 - m) * mu", "(1 - m) * mean + m * mu"),
        ("(1 - m) * v\n", "(1 - m) * np.sqrt(v)\n"),
        ('    bn_param["running_mean"] = m * mean + (1 - m) * mu\n', ""),
        ('bn_param["running_var"] = m * var + (1 - m) * v', 'bn_param["running_var"] = v'),
    ],
    ids=["momentum turned", "root of the variance", "not kept", "no average"],
)
def test_wrong_running_averages_are_said(sandbox, edit):
    finding = found(sandbox, *edit)
    assert not finding.verdict.passes and finding.finding.startswith("running averages: running_")
