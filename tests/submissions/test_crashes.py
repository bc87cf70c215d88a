"""Code that raises errors: at some settings, by assertions, for what did not run."""

import pytest

from deltarule.arithmetic.small_sizes import free_sizes
from deltarule.language.load import network_of
from deltarule.sandbox import Sandbox
from deltarule.submissions import FunctionVerdict, check_submission
from deltarule.submissions.convention_files import convention, convention_names
from deltarule.submissions.exposing_settings import SettingMaker
from deltarule.submissions.fitting_windows import remainders

CONVOLUTION = """
import numpy as np
def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param['stride'], conv_param['pad']
    {line}
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    v = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    return np.einsum('ncijkl,fckl->nfij', v, w) + b[None, :, None, None], None
"""
AFFINE = """
import numpy as np
{above}
def affine_forward(x, w, b):
    {forward}
    return x.reshape(len(x), -1) @ w + b, (x, w, b)
def affine_backward(dout, cache):
    x, w, b = cache
    {backward}
    dx = (dout @ w.T).reshape(x.shape)
    return dx, x.reshape(len(x), -1).T @ dout, dout.sum(0)
"""


@pytest.fixture(scope="module")
def found():
    with Sandbox(unsafe=True) as sandbox:
        yield lambda text: check_submission(text, "layers.py", sandbox, "cs231n").functions


def affine(above="", forward="pass", backward="pass"):
    return AFFINE.format(above=above, forward=forward, backward=backward)


def test_windows_fit_exactly_at_all_settings_but_one():
    tasks = [t for c in convention_names() for t in convention(c).tasks]
    wide = {t.derivation: t for t in tasks if "conv" in t.name or "pool" in t.name}
    assert len(wide) >= 4
    for task in wide.values():
        network = network_of(task.derivation, **task.options)
        inexact = []
        for setting in SettingMaker(network, {"S", "P"}, {}, {}).settings:
            sizes = {s: setting.sizes[s.name] for s in free_sizes(network)}
            assert setting.exact is not any(remainders(network, sizes).values())
            inexact += [] if setting.exact else [setting.words]
        assert len(inexact) <= 1, task.name


@pytest.mark.parametrize("axis", [2, 3])
def test_an_assertion_that_windows_fit_is_right(found, axis):
    line = f"assert (x.shape[{axis}] + 2 * p - w.shape[{axis}]) % s == 0, 'no fit'"
    (one,) = found(CONVOLUTION.format(line=line))
    assert one.verdict is FunctionVerdict.RIGHT


def test_an_error_at_some_settings_alone_is_right_in_part(found):
    (one,) = found(CONVOLUTION.format(line="1 / p"))
    assert one.verdict is FunctionVerdict.PARTLY
    assert one.finding.endswith("ZeroDivisionError: division by zero, crashes only at padding 0")
    assert one.remedy.startswith("call it yourself with x of shape 2 × ")
    assert one.remedy.endswith("pad 0")


def test_settings_at_which_the_forward_pass_raises_are_not_tried(found):
    forward, backward = found(affine(forward="assert len(x) == 1"))
    assert forward.verdict is FunctionVerdict.PARTLY
    assert backward.verdict is FunctionVerdict.UNCHECKED
    assert backward.finding == "needs cache, which no function before it gives but at one example"
    assert all(s.sizes["N"] == 1 for o in backward.outputs for s in o.right)


@pytest.mark.parametrize(
    ("fill", "read"),
    [
        ("T = {}\nfor n in 'ab':\n    T[n] = 0", "b = b + T['a']"),
        ("T = []\nfor n in 'ab':\n    T.append(0)", "b = b + T[0]"),
    ],
)
def test_a_table_filled_by_what_did_not_run_is_named(found, fill, read):
    one = found(affine(fill, forward=read))[0]
    assert one.verdict is FunctionVerdict.UNCHECKED
    assert "; T is filled at line 4, which did not run: only definitions run" in one.finding
    other = found(affine(fill, forward="{}['a']"))[0]
    assert other.verdict is FunctionVerdict.CRASHED


def test_a_change_in_place_is_said_of_what_is_wrong_too(found):
    one = found(affine(backward="dout *= 2"))[1]
    assert one.verdict is FunctionVerdict.WRONG
    assert "it changes its argument dout in place, too" in one.notes
