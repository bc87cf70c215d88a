"""Orders and ties among functions, roots as lines of their own, values inside the domain."""

import pytest

from deltarule.arithmetic.exact import Ball, Rational
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.ties import TiedBall
from deltarule.calculus import derive
from deltarule.gradcheck.check import check_gradients
from deltarule.language.load import load
from deltarule.spelling.text import text

HEAD = '''"""Own."""
from deltarule.language import *
T, N, D = sizes("T N D")
t, n, d, k = indices("t n d k")
'''

THRESHOLD = """
x, y = input("x", N), output("y")
m, g, f = intermediate("m"), intermediate("g", N), intermediate("f", N)
m[()] = Max[k](x[k])
g[n] = where(x[n] < m, 0, x[n])
f[n] = tanh(x[n])
y[()] = Sum[n](g[n] * f[n])
"""
CLIPPED = """
eps = scalar("epsilon", 0.2)
p, q, A = input("p", N), input("q", N), input("A", N)
r, c = intermediate("r", N), intermediate("c", N)
r[n] = exp(p[n] - q[n])
c[n] = where(r[n] > 1 + eps, 1 + eps, where(r[n] < 1 - eps, 1 - eps, r[n]))
E = loss("E", -Sum[n](where(r[n] * A[n] < c[n] * A[n], r[n] * A[n], c[n] * A[n])))
"""
LAZY_ORDER = """
u, v = input("u", N, D), input("v", N, D)
y, c, e = target("y", N, below=2), intermediate("c", N), output("e", N)
c[n] = Sum[d](u[n, d] * v[n, d])
e[n] = where(y[n] >= 1, c[n], relu(c[n]))
"""
ROW_NORM = """
x, y = input("x", N, D), output("y", N)
y[n] = sqrt(Sum[d](square(x[n, d])))
"""
NORMED = """
x, y, r = input("x", N, D), output("y", N, D), intermediate("r", N)
r[n] = sqrt(Mean[d](square(x[n, d])))
y[n, d] = x[n, d] / r[n]
"""
DEVIATION = """
x, y = input("x", N, D), output("y", N)
mu, s = intermediate("mu", N), intermediate("s", N)
mu[n] = Mean[d](x[n, d])
s[n] = sqrt(Mean[d]((x[n, d] - mu[n]) ** 2))
y[n] = 1 / s[n]
"""
MODULUS = """
x, y, a = input("x", N), output("y", N), intermediate("a", N)
a[n] = abs(x[n])
y[n] = a[n] * a[n] + (x[n] ** 2) ** 0.5
"""
ROOT = """
x, y = input("x", D), output("y", D)
y[d] = sqrt(x[d])
"""
LOGS = """
a, b, y = input("a", N), input("b", N), output("y", N)
y[n] = sqrt(log(a[n] - b[n]))
"""
MASKED_MEAN = """
m, x, y = input("m", N, below=2), input("x", N), output("y")
y[()] = Sum[n](m[n] * x[n]) / Sum[n](m[n])
"""
CASES = {
    "threshold": THRESHOLD, "clipped": CLIPPED, "lazy order": LAZY_ORDER, "row norm": ROW_NORM,
    "normed": NORMED, "deviation": DEVIATION, "modulus": MODULUS, "root": ROOT, "logs": LOGS,
    "masked mean": MASKED_MEAN,
}  # fmt: skip


@pytest.fixture
def own(tmp_path):
    def network(equations):
        path = tmp_path / "own.py"
        path.write_text(HEAD + equations, encoding="utf-8")
        return load(path)

    return network


@pytest.mark.parametrize("case", CASES)
def test_derived_and_measured(own, case):
    derivation = derive(own(CASES[case]))
    checks = check_gradients(derivation, rounds=2)
    assert checks
    for check in checks:
        assert check.right, (check.name, check.note)
        assert check.derived == check.derived


def form(derivation, name):
    return text(derivation.gradients[name].expr)


def test_a_root_is_written_with_its_own_value(own):
    assert form(derive(own(ROW_NORM)), "x") == "∂L/∂y[n]·x[n, d]/y[n]"
    assert form(derive(own(ROOT)), "x") == "∂L/∂y[d]/(2·y[d])"


def test_the_best_is_let_through(own):
    assert form(derive(own(THRESHOLD)), "g") == "∂L/∂y·f[n]"


def test_no_values_are_found(own):
    derivation = derive(own('x, y = input("x", N), output("y", N)\ny[n] = sqrt(-1 - x[n]**2)'))
    check = next(c for c in check_gradients(derivation, rounds=1) if not c.right)
    assert check.note == (
        "no values were found at which y is a number: say where the entries of what it is made "
        "from lie, within=(a, b)"
    )


def test_a_mask_lets_something_through(own):
    network = own(MASKED_MEAN)
    for seed in range(6):
        for arithmetic in (Ball(128), Rational()):
            probe = Probe(network, arithmetic, seed, N=2)
            assert not probe.undefined
            assert probe.values.arrays["m"].sum() > 0


def test_a_tie_of_two_formulas_is_a_tie():
    ball = TiedBall(160)
    with ball.context():
        third = ball.array([1]) / 3
        one, other = third * 3 - 1, ball.array([0])
        assert not ball.positive(one).any()
        assert ball.same(one, other).all()
        assert ball.positive(one + ball.array(["1/1000000"])).all()


STATE = """
x, W = input("x", T, N, D), parameter("W", D)
z, h, y = intermediate("z", T, N), state("h", T, N, before={}), output("y", T, N)
z[t, n] = sigmoid(Sum[d](x[t, n, d] * W[d]))
h[t, n] = (1 - z[t, n]) * h[t - 1, n] + z[t, n] * x[t, n, 0]
y[t, n] = h[t, n]
"""


def test_what_a_state_starts_from_changes_no_gradient_form(own):
    zero = derive(own(STATE.format("0")))
    given = derive(own(STATE.format('parameter("h0", N)')))
    for name in ("h", "z", "W", "x"):
        assert form(zero, name) == form(given, name)
    assert "∂L/∂h[t, n]" in form(given, "z")
