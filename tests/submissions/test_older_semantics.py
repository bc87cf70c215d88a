"""Code runs as it did when it was written: Python 2's quotients, and numbers of older NumPy."""

from dataclasses import replace

import numpy as np
import pytest

from deltarule.sandbox import Sandbox
from deltarule.submissions import FunctionVerdict, check_submission
from deltarule.submissions.reading import load_into, read_source
from deltarule.submissions.reading.older_semantics import numpy_refuses_arrays, unkept_divisions


@pytest.fixture(scope="module")
def ran():
    """What the function f of a text gives in a sandbox."""

    def call(text, *args, division=True):
        found = replace(
            read_source(f"import numpy as np\n{text}".encode(), "own.py"), division=division
        )
        assert found.running.count("\n") == found.text.count("\n") + 2
        with sandbox.submission() as own:
            assert load_into(found, own).returned
            return own.call("f", *args).value

    with Sandbox(unsafe=True) as sandbox:
        yield call


@pytest.mark.parametrize(
    ("body", "args", "right"),
    [
        ("return (a - 1) / b + 1", (8, 3), 3),
        ("return a / b / 2 * 2", (9, 2), 4),
        ("return -a / b", (3, 2), -2),
        ("return a ** -3/2", (2.0, 1), 2.0**-3 / 2),
        ("return a / (b  # a / b\n      + 1)", (7, 1), 3),
        ("return a / \\\n      b", (7, 2), 3),
        ("return a / float(b)", (7, 2), 3.5),
        ("return 'é' + str(a / b) + 'é'", (7, 2), "é3é"),
        ("return [x / b for x in range(a)][-1]", (8, 2), 3),
        ("a /= b\n    return a", (7, 2), 3),
        ("a[0] /= b / 2.0\n    return a[0]", (np.array([7.0]), 2), 7.0),
        ("c = a\n    a /= b\n    return c[1]", (np.array([7, 7]), 2), 3),
        ("return np.mean(a / b)", (np.array([7, 8]), 2), 3.5),
        ("return a / b", (np.float32(7), 2), np.float32(3.5)),
    ],
)
def test_quotients_of_integers_are_rounded_down(ran, body, args, right):
    assert ran(f"def f(a, b):\n    {body}\n", *args) == right


def test_what_stays_python_3s_is_told_by_its_line():
    text = "def f(a, b):\n    s = f'{a / b}'\n    a[g()] /= 2\n    return a / b\n"
    assert unkept_divisions(text) == (2, 3)
    found = read_source(b"def p(x):\n    print x\n" + text.encode(), "own.py", compat=True)
    assert found.division
    assert [str(r) for r in found.remarks][1:] == [
        "quotients of integers are rounded down, as Python 2 did: write // where that is meant",
        "line 4; line 5: a quotient that could not be translated is Python 3's: write // if it is "
        "to round down",
    ]


@pytest.mark.parametrize(
    ("first", "compat"),
    [("from __future__ import division\n", True), ("", False), ("from past import xrange\n", True)],
)
def test_a_file_that_asks_for_it_has_python_3s_division(first, compat):
    text = first + "def p(x):\n    return [x / 2 for _ in xrange(3)]\n"
    assert not read_source(text.encode(), "own.py", compat=compat).division


@pytest.mark.parametrize(
    ("body", "right"),
    [
        ("return float(a)", 3.0),
        ("return int(a) + 1", 4),
        ("z = np.zeros((2, 2))\n    z[1, 0] = a + (1)\n    return z[1, 0]", 4.0),
        ("z = np.zeros((2, 2))\n    z[1][0] += a\n    return z[1][0]", 3.0),
        ("z = np.zeros((2, 2))\n    z[1, :] = a\n    return z[1].sum()", 6.0),
        ("z = {}\n    z['a'] = a\n    return z['a'].ndim", 3),
        ("z = [0]\n    z[0] = a\n    return z[0].ndim", 3),
        ("z = np.zeros(3)\n    z[np.arange(1)] = a[0, 0]\n    return z[0]", 3.0),
        ("z = np.zeros((1, 2))\n    z[0, 0], z[0, 1] = 1, 2\n    return z.sum()", 3.0),
        ("return np.zeros(None).ndim", 0),
        ("return np.sum(x for x in (1, 2))", 3),
        ("return np.sum([x for x in (1, 2)], axis=0)", 3),
    ],
)
def test_an_array_of_one_entry_is_a_number(ran, body, right):
    assert ran(f"def f(a):\n    {body}\n", np.full((1, 1, 1), 3.0), division=False) == right


def test_that_numpy_refuses_it_is_said_with_the_line():
    text = """import numpy as np
def conv_single_step(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W) + float(b)
"""
    with Sandbox(unsafe=True) as sandbox:
        (one,) = check_submission(text, "own.py", sandbox, "deeplearning_ai").functions
    assert one.verdict is FunctionVerdict.RIGHT
    fact = "line 3: an array of one entry is taken as a number, which NumPy refuses from 2.4 on"
    assert one.notes == ([f"{fact}: write .item() behind it"] if numpy_refuses_arrays() else [])
