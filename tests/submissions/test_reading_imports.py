"""A package that is missing costs the functions that use it, and no others."""

import numpy as np
import pytest

from deltarule.sandbox import Sandbox, Verdict
from deltarule.submissions.reading import RemarkKind, load_into, loadable, read_source


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as opened:
        yield opened


def called(sandbox, text, *calls, **options):
    """Each call's outcome, in one process."""
    submitted, loading = loadable(read_source(text.encode(), "layers.py", **options), sandbox)
    assert loading.returned, loading
    with sandbox.submission() as own:
        assert load_into(submitted, own).returned
        return submitted, [own.call(name, *args) for name, *args in calls]


COURSE = """\
from builtins import range
from past.builtins import xrange
import numpy as np
import matplotlib.pyplot as plt
from cs231n.im2col import *
from .fast_layers import conv_fast
import torch.nn as nn, torch
try:
    from cs231n.im2col_cython import col2im_cython
except ImportError:
    print('run setup.py')
@torch.no_grad()
def double(x: torch.Tensor | None) -> nn.Module:
    return sum(x for _ in xrange(2))
def by_star(x):
    return im2col_indices(x)
def by_name(x):
    return conv_fast(x) + 1
def by_try(x):
    return col2im_cython * x
def plotted(x):
    plt.plot(x)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
def inside(x):
    import h5py
    return h5py.File(x)
"""


def test_what_is_missing_raises_where_it_is_used(sandbox):
    x = np.ones(2)
    names = ["double", "by_star", "by_name", "by_try", "plotted"]
    submitted, found = called(sandbox, COURSE, *[(n, x) for n in names], ("Net",), ("inside", x))
    assert list(found[0].value) == [2, 2]
    assert [o.verdict for o in found[1:]] == [Verdict.RAISED] * 6
    hand_in = "is not part of the file: hand {}.py in too, or write it in this file"
    own = "which is not NumPy's or Python's own: write it with NumPy"
    assert [o.detail for o in found[1:]] == [
        "NotHandedIn: uses im2col_indices, which comes from cs231n.im2col, and that "
        + hand_in.format("im2col"),
        "NotHandedIn: uses fast_layers.conv_fast, which " + hand_in.format("fast_layers"),
        "NotHandedIn: uses cs231n.im2col_cython.col2im_cython, which "
        + hand_in.format("im2col_cython"),
        f"NotHandedIn: uses matplotlib.pyplot.plot, {own}",
        f"NotHandedIn: uses torch.nn.Module, {own}",
        "ModuleNotFoundError: No module named 'h5py'",
    ]
    assert found[2].line == 18
    said = [(r.place, r.fact, r.names) for r in submitted.remarks if r.kind is RemarkKind.MISSING]
    assert said == [
        ("line 4", "matplotlib.pyplot is not NumPy's or Python's own", ("plotted",)),
        ("line 6", ".fast_layers.conv_fast is not part of the file", ("by_name",)),
        ("line 7", "torch.nn is not NumPy's or Python's own", ("Net", "double")),
        ("line 9", "cs231n.im2col_cython.col2im_cython is not part of the file", ("by_try",)),
        (
            "line 5",
            "cs231n.im2col is not part of the file (im2col_indices may come from there)",
            ("by_star",),
        ),
    ]


def test_modules_that_are_provided_are_loaded_in_their_place(sandbox):
    text = (
        "import numpy as np\nfrom rnn_utils import *\nfrom cs231n.layers import affine\n"
        "from .layers import affine as again\nfrom . import layers\nimport utils.rnn_utils as ru\n"
        "def f(x):\n    from rnn_utils import sigmoid as s\n"
        "    return sigmoid(x), affine(x), again(x), layers.affine(x), ru.TWO, s(x)\n"
    )
    provided = {
        "rnn_utils": "import numpy as np\nprint('hello')\nTWO = 2\n"
        "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n",
        "layers": "from .deep import scale\ndef affine(x):\n    return scale * x\ntrain()\n",
        "deep": "scale = 3\n",
        "never": "raise SystemExit\n",
    }
    submitted, (found,) = called(sandbox, text, ("f", 0.0), provided=provided)
    assert found.value == (0.5, 0.0, 0.0, 0.0, 2, 0.5)
    assert set(submitted.imports["texts"]) == {"rnn_utils", "layers", "deep"}
    assert submitted.remarks == []


def test_an_import_that_fails_by_itself_is_left_to_its_own_except(sandbox):
    text = (
        "try:\n    import cupy as np\nexcept ImportError:\n    import numpy as np\n"
        "try:\n    from itertools import izip as zip\nexcept ImportError:\n    zip = zip\n"
        "def f(x):\n    return [np.sum(a * b) for a, b in zip(x, x)]\n"
    )
    _, (found,) = called(sandbox, text, ("f", np.arange(3.0)))
    assert found.value == [0.0, 1.0, 4.0]


def test_functions_beside_a_missing_import_are_those_of_its_except(sandbox):
    text = (
        "import numpy as np\ntry:\n    import cupy\n    def f(x):\n        return cupy.abs(x)\n"
        "except ImportError:\n    def f(x):\n        return np.abs(x)\n"
    )
    submitted, (found,) = called(sandbox, text, ("f", -1.0))
    assert found.value == 1.0 and submitted.definitions["f"].first == 7
    assert submitted.remarks == []
    used = text + "def g(x):\n    return cupy.sin(x)\n"
    submitted, (found,) = called(sandbox, used, ("g", -1.0))
    assert "uses cupy.sin, which is not NumPy's" in found.detail


@pytest.mark.parametrize(
    "decorator", ["@njit", "@numba.njit(cache=True)", "@jit(nopython=True)\n@profile"]
)
def test_decorators_that_change_no_value_are_left_out(sandbox, decorator):
    text = f"import numba\nfrom numba import njit, jit\n{decorator}\ndef f(x):\n    return x + 1\n"
    submitted, (found,) = called(sandbox, text, ("f", 1))
    assert found.value == 2
    assert "decorator" in submitted.remarks[0].fact


def test_a_function_in_a_missing_wrapper_is_left_out(sandbox):
    text = (
        "from course import cached\n@cached\ndef f(x):\n    return x\ndef g(x):\n    return f(x)\n"
    )
    submitted, (found,) = called(sandbox, text, ("g", 1))
    assert list(submitted.definitions) == ["g"]
    assert "uses f, which has a decorator that is missing (line 2)" in found.detail


def test_statements_that_raise_when_the_file_loads_are_left_out(sandbox):
    text = (
        "import numpy as np\nfrom numpy import no_such\nBAD = np.zeros(-1)\n"
        "def f(x, y=[][1]):\n    return x\n\ndef g(x):\n    return x + BAD\n"
        "def k(x):\n    return x\nreturn 3\n@undefined\nclass C: pass\n"
    )
    submitted, (g, k) = called(sandbox, text, ("g", 1), ("k", 1))
    assert k.value == 1
    assert "uses BAD, which could not be loaded (line 3: ValueError: negative" in g.detail
    assert list(submitted.definitions) == ["g", "k"] and submitted.lost == {"f": 4}
    said = [str(r) for r in submitted.remarks if r.kind is RemarkKind.NOT_LOADED]
    assert said == [
        "line 3: ValueError: negative dimensions are not allowed: see that the line runs by itself",
        "line 4: IndexError: list index out of range: see that the line runs by itself",
    ]
