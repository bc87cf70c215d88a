"""Only definitions run, with what they need; every line keeps its number."""

import ast

import pytest

from deltarule.submissions.reading import RemarkKind, read_source

TRAINED = """\
'''Homework 1'''
from __future__ import print_function, division
import numpy as np, os
import matplotlib.pyplot as plt
EPS = 1e-5
W0 = np.random.randn(3, 2) * EPS
data = np.load('mnist.npy')
unused = np.zeros((10, 10))
print(data); SCALE = 2 * EPS

def affine(x, w, b):
    return x.dot(w) * SCALE + b + helper(W0)

helper = lambda w: w.sum()
relu = np.vectorize(lambda v: max(v, 0))
net = affine
model = train(data)
for epoch in range(10):
    model.step()
with open('log') as f:
    f.read()
del model
np.random.seed(0)

class Linear(object):
    bias = EPS

    def forward(self, x):
        return x

Linear.backward = affine
os.system('ls')

if __name__ == '__main__':
    affine(1, 2, 3)
"""


def lines(text, *numbers):
    return [text.split("\n")[n - 1] for n in numbers]


def test_definitions_and_what_they_need_are_kept_at_their_lines():
    found = read_source(TRAINED.encode(), "hw.py")
    assert list(found.definitions) == ["affine", "helper", "relu", "net", "Linear"]
    assert found.definitions["affine"].parameters == ("x", "w", "b")
    assert found.definitions["net"].parameters == ("x", "w", "b")
    assert found.definitions["Linear"].methods == ("forward",)
    kept = [n for n, line in enumerate(found.text.split("\n"), 1) if line.strip()]
    assert kept == [3, 5, 6, 9, 11, 12, 14, 15, 16, 25, 26, 28, 29, 31]
    assert lines(found.text, 3, 9) == ["import numpy as np, os", "0          ; SCALE = 2 * EPS"]
    assert ast.parse(found.text).body[-1].lineno == 31
    (said,) = found.remarks
    assert said.kind is RemarkKind.LEFT_OUT
    assert str(said) == (
        "line 7; line 9; line 17; line 18 and 5 more: "
        "9 statements outside of definitions did not run"
    )


def test_what_a_definition_takes_from_statements_that_do_not_run_is_said():
    text = b"params = train()\ndef predict(x):\n    return x @ params\n"
    found = read_source(text, "hw.py")
    said = found.remarks[0]
    assert (said.kind, said.place, said.names) == (RemarkKind.LEFT_OUT, "line 1", ("predict",))
    assert said.fact == "params is set outside of definitions, and only those run"
    assert said.remedy == "give params to predict as an argument"
    assert found.imports["names"]["params"] == "which is set at line 1, and only definitions run"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("np.arange(6).reshape(2, 3)", True),
        ("[i ** 2 for i in range(3)]", True),
        ("{'a': (1, -2.5), **{}}", True),
        ("math.sqrt(2) if True else None", True),
        ("rng.normal(size=3)", True),
        ("rng.tofile('x')", False),
        ("np.loadtxt('x.csv')", False),
        ("open('x').read()", False),
        ("input()", False),
        ("own()", False),
        ("torch.zeros(3)", False),
        ("__import__('os').getcwd()", False),
        ("eval('1')", False),
        ("(yield)", False),
    ],
)
def test_constants_are_literals_numpy_and_names(value, kept):
    text = (
        "import math, torch\nimport numpy as np\nrng = np.random.default_rng(0)\n"
        f"VALUE = {value}\ndef own():\n    return VALUE\n"
    )
    found = read_source(text.encode(), "hw.py")
    assert lines(found.text, 4)[0].startswith("VALUE") is kept


def test_a_constant_of_what_was_left_out_is_left_out():
    text = b"n = int(input())\nM = n + 1\nK = M * 2\ndef f(x):\n    return x * K\n"
    found = read_source(text, "hw.py")
    assert lines(found.text, 1, 2, 3) == [" " * 16, " " * 9, " " * 9]
    assert found.imports["names"]["K"] == "which is set at line 3, and only definitions run"


def test_names_of_functions_are_not_the_modules():
    """A local variable, a parameter or a comprehension's name keeps no constant of that name."""
    text = (
        b"x = 1\ny = 2\nz = 3\nw = 4\nv = 5\ndef f(x):\n    y = x\n    q = [z for z in y]\n"
        b"    def g():\n        nonlocal y\n        y = 1\n        return w\n    return g, v\n"
    )
    found = read_source(text, "hw.py")
    assert [line.strip() for line in lines(found.text, 1, 2, 3, 4, 5)] == [
        "",
        "",
        "",
        "w = 4",
        "v = 5",
    ]


def test_if_and_try_keep_their_definitions_alone():
    text = (
        "import sys\nif sys.version_info[0] >= 3:\n    print('three'); xrange = range\n"
        "    def three(): return 3\nelse:\n    raise SystemExit\n"
        "try:\n    from fast import conv\nexcept ImportError:\n    def conv(x):\n        return x\n"
        "def use(x):\n    return conv(x), xrange(3)\n"
    )
    found = read_source(text.encode(), "hw.py")
    assert lines(found.text, 3, 6) == ["    0             ; xrange = range", "    0               "]
    assert set(found.definitions) == {"three", "conv", "use"}
    assert "fast" not in found.imports["absent"]


def test_the_last_definition_of_a_name_counts():
    found = read_source(b"def f(a): pass\ndef f(b, *, c=1): pass\n", "hw.py")
    assert found.definitions["f"].parameters == ("b", "c")
    assert found.definitions["f"].first == 2


def test_what_is_assigned_a_function_is_a_definition():
    text = (
        "from functools import partial\ndef f(a, b): pass\ng = f\nh = lambda c: c\n"
        "k = partial(f, b=1)\nn = 3\nm = sorted(h)\n"
    )
    found = read_source(text.encode(), "hw.py").definitions
    assert list(found) == ["f", "g", "h", "k"]
    assert found["g"].parameters == ("a", "b") and found["h"].parameters == ("c",)
