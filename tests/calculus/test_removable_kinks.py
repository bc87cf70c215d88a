"""Kinks that cancel: at z = 0 the gradient is the true one, or lies between the two sides."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Ball, fraction
from deltarule.arithmetic.run import run
from deltarule.calculus import Derivation, derive
from deltarule.calculus.rules.table import RULES
from deltarule.calculus.verify import Unverified, Verifier
from deltarule.expressions.nodes import reads
from deltarule.language.load import load
from deltarule.spelling.text import text

HEAD = '''"""A layer."""

from sympy import Rational
from deltarule.language import *

N = size("N")
n = index("n")
x = input("x", N)
'''


@lru_cache
def derived(body: str, name: str = "layer") -> Derivation:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.py"
        path.write_text(HEAD + body, encoding="utf-8")
        return derive(load(str(path)))


def of_one_line(rhs: str) -> Derivation:
    return derived(f'y = output("y", N)\ny[n] = {rhs}\n')


SPREAD = """a, b = intermediate("a", N), intermediate("b", N)
y = output("y", N)
a[n] = relu(x[n])
b[n] = relu(-x[n])
y[n] = a[n] - b[n]
"""
SCALED = """u, v = intermediate("u", N), intermediate("v", N)
y = output("y", N)
u[n] = 2 * x[n]
v[n] = -x[n]
y[n] = relu(u[n]) / 2 - relu(v[n])
"""
STABLE = """t = target("t", N)
E = loss("E", Sum[n](relu(x[n]) - x[n] * t[n] + log(1 + exp(-absolute(x[n])))))
"""
STABLE_IN_LINES = """t = target("t", N)
m, a = intermediate("m", N), intermediate("a", N)
m[n] = relu(x[n])
a[n] = absolute(x[n])
E = loss("E", Sum[n](m[n] - x[n] * t[n] + log(1 + exp(-a[n]))))
"""
MAX_AND_MIN = """z = input("z", N)
y = output("y", N)
y[n] = where(x[n] > z[n], x[n], z[n]) + where(x[n] < z[n], x[n], z[n])
"""
UNDER_A_SUM = """M = size("M")
m = index("m")
W = parameter("W", N, M)
y = output("y", M)
y[m] = relu(Sum[n](W[n, m] * x[n])) - relu(-Sum[n](W[n, m] * x[n]))
"""
TWO_SUMS = 'E = loss("E", Sum[n](relu(x[n])) - Sum[n](relu(-x[n])))\n'
SHIFTED = """a = intermediate("a", N)
a[n] = relu(x[n])
i = index("i", N - 1)
y = output("y", N - 1)
y[i] = a[i + 1] - relu(-x[i + 1])
"""
BY_A_PARAMETER = """w = parameter("w", N)
y = output("y", N)
y[n] = relu(w[n] * x[n]) - relu(-w[n] * x[n])
"""

CANCELLING = {
    'y = output("y", N)\ny[n] = relu(x[n]) - relu(-x[n])\n': "∂L/∂y[n]",
    SPREAD: "∂L/∂y[n]",
    SCALED: "∂L/∂y[n]",
    STABLE: "σ(x[n]) − t[n]",
    STABLE_IN_LINES: "σ(x[n]) − t[n]",
    MAX_AND_MIN: "∂L/∂y[n]",
    UNDER_A_SUM: "Σ_m ∂L/∂y[m]·W[n, m]",
    TWO_SUMS: "1",
    SHIFTED: "[n ≥ 1]·∂L/∂y[n − 1]",
    BY_A_PARAMETER: "∂L/∂y[n]·w[n]",
    'y = output("y", N)\ny[n] = absolute(x[n]) - relu(x[n]) - relu(-x[n])\n': "0",
    'y = output("y", N)\ny[n] = relu(2 * x[n]) - 2 * relu(x[n])\n': "0",
    'y = output("y", N)\ny[n] = relu(x[n]) + log(1 + exp(-absolute(x[n])))\n': "∂L/∂y[n]·σ(x[n])",
    's = scalar("s", "0.1")\ny = output("y", N)\n'
    "y[n] = leaky_relu(x[n], s) - leaky_relu(-x[n], s)\n": "∂L/∂y[n]·(s + 1)",
}


@pytest.mark.parametrize("body", CANCELLING)
def test_a_kink_that_cancels_is_removed_in_a_step(body):
    gradient = derived(body).gradients["x"]
    assert text(gradient.expr) == CANCELLING[body]
    step = next(s for s in gradient.steps if s.rule == "remove the kink")
    assert "in balls" in step.verified and "both sides were compared" in step.reason
    assert step.row is RULES["remove the kink"] and not gradient.notes


#: Kinks that stay, with what the convention makes of them, and signs that cancel by themselves.
KEPT = {
    "relu(x[n])": "∂L/∂y[n]·[x[n] > 0]",
    "absolute(x[n])": "∂L/∂y[n]·sign(x[n])",
    "x[n] * absolute(x[n])": "2·∂L/∂y[n]·|x[n]|",
    "absolute(x[n])**2": "2·∂L/∂y[n]·x[n]",
    "relu(x[n])**2": "2·∂L/∂y[n]·x[n]·[x[n] > 0]",
    "elu(x[n], 1)": "∂L/∂y[n]·(1 if x[n] > 0 else exp(x[n]))",
    "absolute(x[n]) + 3 * relu(x[n])": "∂L/∂y[n]·(3·[x[n] > 0] + sign(x[n]))",
    "where(absolute(x[n]) < 1, x[n]**2 / 2, absolute(x[n]) - Rational(1, 2))": (
        "∂L/∂y[n]·(x[n] if |x[n]| < 1 else sign(x[n]))"
    ),
}


@pytest.mark.parametrize("rhs", KEPT)
def test_other_kinks_keep_their_convention(rhs):
    gradient = of_one_line(rhs).gradients["x"]
    assert text(gradient.expr) == KEPT[rhs]
    assert not gradient.notes


def test_kinks_that_cancel_in_part_get_the_nearer_side():
    gradient = of_one_line("relu(x[n]) - relu(-x[n]) / 2").gradients["x"]
    assert text(gradient.expr) == "∂L/∂y[n]·(1 if x[n] > 0 else 1/2)"
    assert "between the sides" in [s.rule for s in gradient.steps]


def test_kinks_that_cancel_at_some_values_alone_are_said():
    body = (
        'v, w = parameter("v", N), parameter("w", N)\n'
        'E = loss("E", Sum[n](v[n] * relu(x[n]) + w[n] * relu(-x[n])))\n'
    )
    assert derived(body).gradients["x"].notes == (
        "At x[n] = 0 each kink keeps its own convention; where they happen to cancel, their sum "
        "is no derivative.",
    )


def test_a_step_is_no_kink():
    gradient = of_one_line("where(x[n] > 0, 1, 0) + relu(x[n]) - relu(-x[n])").gradients["x"]
    assert "remove the kink" not in [s.rule for s in gradient.steps]


def test_a_wrong_removal_is_not_passed_over():
    derivation = of_one_line("relu(x[n]) - relu(-x[n])")
    gradient = derivation.gradients["x"]
    upstream = {"dL/dy": derivation.network.tensors["y"]}
    verifier = Verifier(derivation.network, upstream)
    before = next(s for s in gradient.steps if s.rule == "remove the kink").before
    ranges = gradient.equation().ranges
    assert verifier.same_beside_kinks(before, gradient.expr, ranges)
    with pytest.raises(Unverified):
        verifier.same_beside_kinks(before, 2 * gradient.expr, ranges)


WEIGHTS = st.integers(-3, 3).filter(bool)
KINKS = st.lists(
    st.tuples(WEIGHTS, st.sampled_from(("relu", "absolute", "leaky")), WEIGHTS),
    min_size=1,
    max_size=4,
)


def value(terms, x: Fraction) -> Fraction:
    """Σ c·f(k·x), by hand."""
    total = Fraction(0)
    for c, kind, k in terms:
        z = k * x
        low = {"relu": Fraction(0), "absolute": -z, "leaky": z / 4}[kind]
        total += c * (z if z > 0 else low)
    return total


@given(KINKS)
@settings(max_examples=12, deadline=None)
@pytest.mark.slow
def test_sums_of_kinks_against_exact_one_sided_derivatives(terms):
    words = {
        "relu": "relu({})",
        "absolute": "absolute({})",
        "leaky": "leaky_relu({}, Rational(1, 4))",
    }
    rhs = " + ".join(f"({c}) * {words[kind].format(f'({k}) * x[n]')}" for c, kind, k in terms)
    gradient = of_one_line(rhs).gradients["x"]
    right, left = value(terms, Fraction(1)), -value(terms, Fraction(-1))
    assert (at(gradient, Fraction(-2)), at(gradient, Fraction(3))) == (left, right)
    assert min(left, right) <= at(gradient, Fraction(0)) <= max(left, right)


def at(gradient, x: Fraction) -> Fraction:
    """The gradient at one number, with 1 for the upstream gradient."""
    exact = Ball(128)
    arrays = {r.base.label.name: exact.array([1]) for r in reads(gradient.expr)}
    values = Values({**arrays, "x": exact.array([x])}, {gradient.tensor.axes[0]: 1}, {}, {})
    run([gradient.equation()], values, exact)
    return fraction(values.arrays[gradient.name][0])
