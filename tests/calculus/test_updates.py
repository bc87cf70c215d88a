"""Optimisers written out for a network's parameters, against a few lines of NumPy."""

from fractions import Fraction

import numpy as np
import pytest
from once import derived

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Rate, Size
from deltarule.language.load import load
from deltarule.language.optimisers import memories, optimiser, rates, update_equations
from deltarule.spelling.text import text

RATE = 0.1


def sgd(theta, g, kept, t):
    return theta - RATE * g


def averaged_momentum(theta, g, kept, t):
    kept["v"] = 0.9 * kept.get("v", 0) + 0.1 * g
    return theta - 0.1 * kept["v"]


def momentum(theta, g, kept, t):
    kept["v"] = 0.9 * kept.get("v", 0) - RATE * g
    return theta + kept["v"]


def nesterov(theta, g, kept, t):
    """As Stanford's course on convolutional networks has it."""
    before = kept.get("v", 0 * g)
    kept["v"] = 0.9 * before - RATE * g
    return theta - 0.9 * before + 1.9 * kept["v"]


def rmsprop(theta, g, kept, t):
    kept["v"] = 0.9 * kept.get("v", 0) + 0.1 * g**2
    return theta - RATE * g / (np.sqrt(kept["v"]) + 1e-8)


def adam(theta, g, kept, t):
    """Kingma and Ba, algorithm 1."""
    kept["m"] = 0.9 * kept.get("m", 0) + 0.1 * g
    kept["v"] = 0.999 * kept.get("v", 0) + 0.001 * g**2
    mhat, vhat = kept["m"] / (1 - 0.9**t), kept["v"] / (1 - 0.999**t)
    return theta - RATE * mhat / (np.sqrt(vhat) + 1e-8)


BY_HAND = {
    "gradient_descent": sgd,
    "averaged_momentum": averaged_momentum,
    "momentum": momentum,
    "nesterov": nesterov,
    "rmsprop": rmsprop,
    "adam": adam,
}


def quadratic(theta):
    """∂E/∂θ of some uneven bowl."""
    return theta * np.array([[1.0, 10.0], [0.1, -3.0]]) + 0.5


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_five_steps(name):
    network = load("dense", bias=False)
    equations = update_equations(name, network, "L", ["W"])
    scalars = rates(name, Fraction(1, 10))
    theta = np.array([[1.0, -1.0], [0.3, 0.7]])
    arrays = {"W": theta.copy()}
    sizes = {Size("D"): 2, Size("M"): 2}
    for kept, tensor in memories(name, network, ["W"]).items():
        arrays[kept] = np.full((2, 2) if tensor.axes else (), float(tensor.start))
    by_hand: dict = {}
    for t in range(1, 6):
        arrays["dL/dW"] = quadratic(arrays["W"])
        values = Values(dict(arrays), sizes, scalars, {})
        run(equations, values, Float64())
        theta = BY_HAND[name](theta, quadratic(theta), by_hand, t)
        for after in [n for n in values.arrays if n.endswith(" after")]:
            arrays[after.removesuffix(" after")] = values.arrays[after]
        np.testing.assert_allclose(arrays["W"], theta, rtol=1e-12)


def test_written_out_with_the_network_s_indices():
    network = load("mlp", layers=2)
    (equation,) = update_equations("sgd", network, "E", ["Theta2"])
    assert text(equation.lhs) + " = " + text(equation.rhs) == (
        "Θ₂ after[d, m] = Θ₂[d, m] − γ·∂E/∂Θ₂[d, m]"
    )
    assert [str(n) for _, n in equation.ranges] == ["H1", "M"]


def test_scalars_and_memories_of_scalars():
    network = load("scalar_chain")
    first, second = update_equations("momentum", network, "L", ["theta1"])
    assert text(first.lhs) == "v_θ₁ after"
    assert text(second.lhs) + " = " + text(second.rhs) == "θ₁ after = θ₁ + v_θ₁ after"


def test_the_rate_is_replaced_and_the_others_keep_their_values():
    found = rates("momentum", Fraction(1, 4))
    assert {str(s): (v, isinstance(s, Rate)) for s, v in found.items()} == {
        "gamma": (Fraction(1, 4), True),
        "mu": (Fraction(9, 10), False),
    }


def test_an_update_has_no_gradient():
    assert derived("adam").gradients == {}


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("dense", "dense is no optimiser: it declares 0 gradients and 2 parameters"),
        ("adamm", "there is no derivation called adamm"),
    ],
)
def test_no_optimiser(name, fact):
    with pytest.raises(DeltaruleError) as caught:
        optimiser(name)
    assert caught.value.fact == fact
    assert caught.value.remedy


HEAD = "from deltarule.language import *\nN = size('N')\nn = index('n')\n"


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        (
            "x, g = input('x', N), gradient('g', N)\nE = loss('E', Sum[n](x[n]*g[n]))",
            "g is declared as a gradient next to the loss E",
        ),
        ("x = input('dE/dx', N)", "'dE/dx' is not a name"),
        ("a, b = rate('a', 1), rate('b', 1)", "b would be a second learning rate"),
        ("a = rate('a', N)", "a = N is no number"),
        ("a = rate('a', 'slow')", "a = slow is no number"),
        (
            "x = input('x', N)\nnew(x)[n] = x[n]",
            "x is declared as input, which an update does not change",
        ),
        (
            "x, y = input('x', N), output('y', N)\ny[...] = x[...]",
            "x[…] needs a tensor that was declared with … for its axes",
        ),
    ],
)
def test_refused(tmp_path, text, fact):
    path = tmp_path / "update.py"
    path.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(DeltaruleError) as caught:
        load(path)
    assert caught.value.fact == fact
    assert caught.value.place
    assert caught.value.remedy
