"""Right answers are right and wrong ones wrong beyond float64 too; pages and JSON say true numbers.

Each case works one small sheet through, 0.1 to 0.2 s of CPU; derivations are shared.
"""

import json
from functools import cache

import flint
import numpy as np
import once
import pytest

from deltarule.arithmetic.exact import Ball
from deltarule.calculus import derive
from deltarule.language.load import load
from deltarule.marking import mark
from deltarule.marking.sheet_files.answers import read_answers
from deltarule.marking.sheet_files.sheets import load_sheet
from deltarule.reports.number_text import number_text
from deltarule.reports.things import ShownTrace
from deltarule.reports.trace_lines import check_text, exactly
from deltarule.reports.trace_values import trace_values
from deltarule.tracing.line_check import check_gradient
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import trace

LAYER = """
from deltarule.language import *

D = sizes("D")
i = indices("i")
x = input("x", D)
a = intermediate("a", D)
a[i] = {function}(x[i])
L = loss("L", Sum[i](a[i]))
"""
SHEET = 'title = "t"\nnetwork = "./layer.py"\n[given]\nx = [{x}]\n[published]\n{published}\n'


@pytest.fixture(scope="module")
def layer(tmp_path_factory):
    """The path of a layer of one function."""
    folder = tmp_path_factory.mktemp("layers")

    @cache
    def path(function):
        file = folder / function / "layer.py"
        file.parent.mkdir()
        file.write_text(LAYER.format(function=function))
        return file

    return path


@pytest.mark.parametrize(
    ("function", "x", "published", "verdicts", "expected"),
    [
        ("exp", "10000, 1", 'a = ["8.81e4342", 2.72]', ["right", "right"], ""),
        ("exp", "10000, 1", 'a = ["8.82e4342", 2.72]', ["wrong", "right"], "8.81e4342"),
        ("exp", "10000, 1", "a = [3, 2.72]", ["wrong", "right"], "8.81e4342"),
        ("exp", "10000, 1", 'a = ["8.81e4342", 3.5]', ["right", "wrong"], "2.7"),
        ("exp", "10000, 1", 'a = [1, "1e9999"]', ["wrong"], "(8.81e4342, 2.72)"),
        ("exp", "1000000", "a = [3]", ["wrong"], "beyond 1e20000"),
        ("exp", "-10000", 'a = ["1.1355e-4343"]', ["right"], ""),
        ("exp", "-10000", 'a = ["1.1455e-4343"]', ["wrong"], "1.1355e−4343"),
        ("exp", "-10000", "a = [0.00]", ["right"], ""),
        ("tanh", "1000", '"dL/dx" = ["1.03e-868"]', ["right"], ""),
        ("tanh", "1000", '"dL/dx" = ["1.04e-868"]', ["wrong"], "1.03e−868"),
        ("tanh", "10000", '"dL/dx" = ["5.157e-8686"]', ["right"], ""),
        ("tanh", "60", '"dL/dx" = ["3.07e-52"]', ["right"], ""),
        ("log", "1e-300", "a = [-690.78]", ["right"], ""),
    ],
)
def test_answers_are_judged_exactly(layer, function, x, published, verdicts, expected):
    sheet = layer(function).parent / "sheet.toml"
    sheet.write_text(SHEET.format(x=x, published=published))
    found = sorted(mark(sheet).verdicts, key=lambda v: v.entries)
    assert [v.verdict for v in found] == verdicts
    if expected:
        assert expected in [v.expected for v in found]


@pytest.mark.parametrize(
    ("function", "x", "exact", "said"),
    [
        # Of 160 bits nothing is left of 1 − tanh², and of 4000 bits at 10⁶.
        ("tanh", 60, "3.0670592294888e−52", ""),
        ("tanh", 1000, "1.03061434918446e−868", "1.03061e−868"),
        ("tanh", 1000000, "0 within 1e−1203", ""),
        ("exp", 10000, "8.80681822566292e4342", "8.80682e4342"),
        ("exp", -10000, "1.13548386531474e−4343", "1.13548e−4343"),
        ("exp", -740, "4.18873988004805e−322", "4.18874e−322"),
        ("square", "1e-300", "2e−300", ""),
        ("square", 0, "0", ""),
    ],
)
def test_exact_gradients_have_true_digits_and_what_float64_lacks_is_said(
    layer, function, x, exact, said
):
    derivation = derived(layer(function))
    found = trace(derivation, {"x": [x]}, Ball(160))
    line = found.by_name["dL/dx"]
    assert number_text(found.arithmetic)(line.value[0]).startswith(exact[:12])
    assert line.check.agrees and check_text(line.check).startswith("✓")
    floats = trace(derivation, {"x": [x]})
    assert exactly(floats.by_name["dL/dx"], floats, (0,)) == said
    text = json.dumps(trace_values(ShownTrace(floats, 0, None)), allow_nan=False)
    assert "NaN" not in text and floats.faults == []


@cache
def derived(path):
    return derive(load(str(path)))


@pytest.mark.parametrize(
    ("function", "x", "wrong"),
    [("tanh", 60, 2), ("tanh", 1000, 2), ("exp", 10000, 2), ("square", 0, None)],
)
def test_a_wrong_number_does_not_pass_for_its_size(layer, function, x, wrong):
    """Gaps are relative: of two numbers below 10⁻⁵⁰ one may well be wrong."""
    computation = trace(derived(layer(function)), {"x": [x]}, checks=False).computation
    assert check_gradient(computation, "dL/dx").agrees
    right = computation.exact.arrays["dL/dx"]
    ball = flint.arb("1e-300") if wrong is None else right[0] * wrong
    computation.exact.arrays["dL/dx"] = np.array([ball], dtype=object)
    check = check_gradient(computation, "dL/dx")
    assert not check.agrees and not check.undefined
    assert check_text(check).startswith("✗ off by ")


@pytest.mark.parametrize("name", ["softmax_cross_entropy", "conv1d"])
@pytest.mark.parametrize("number", ["1e5000", "1e-300", "5e-324"])
def test_traces_of_numbers_of_any_size_are_valid_json_and_accuse_nobody(name, number):
    """Six cases."""
    derivation = once.derived(name)
    givens, sizes = drawn(derivation, 1)
    for given, array in givens.items():
        tensor = derivation.network.tensors.get(given)
        if tensor is None or not (tensor.integral or tensor.sums_to_one is not None):
            givens[given] = np.full(np.shape(array), number, dtype=object)
    found = trace(derivation, givens, sizes=sizes)
    assert found.faults == []
    json.dumps(trace_values(ShownTrace(found, 0, None)), allow_nan=False)


#: Its output is 1 where whole numbers are kept, and 1/(ŷ·(1 − ŷ)) has no value there.
SATURATED = """
title = "A 2-3-1 sigmoid network"
network = "mlp"
rate = 1
updates = 1
asked = ["s1", "h1", "s2", "yhat", "E", "dE/dyhat", "dE/dTheta2", "Theta2 after"]
[options]
layers = 2
activation = "sigmoid"
loss = "half_squared"
bias = false
orientation = "ThetaTx"
batch = false
[rounding]
decimals = 4
rule = "half-up"
[given]
x = [0.4, 0.5]
y = 0.2
Theta1 = [[-0.3, 0.4, 1.2], [1.8, 0.8, -2.1]]
Theta2 = [0.4, -0.3, 1.0]
"""


@pytest.mark.parametrize(
    "typed", ['["1", "2", "2"]', '["3", "", ""]', '["1e400", "2e5000", "1e-900"]']
)
def test_coarse_and_huge_answers_are_wrong_and_cost_nothing_else(tmp_path, typed):
    """Lines that have no value with so few digits explain nothing; 1e400 is a number as any is."""
    path = tmp_path / "sheet.toml"
    path.write_text(SATURATED, encoding="utf-8")
    text = f'[answers]\ns1 = ["0.78", "0.56", "-0.57"]\n"Theta2 after" = {typed}\n'
    found = mark(load_sheet(path), read_answers(text, "answers.toml"))
    said = {v.quantity: v.verdict for v in found.verdicts if v.verdict != "missing"}
    assert said == {"s1": "right", "Theta2 after": "wrong"}
