"""Every elementwise function and its derivative against mpmath, at many points.

The functions and the derivatives here are mpmath's own or its numerical differentiation; none
of them is taken from the rows that they test.
"""

from fractions import Fraction

import flint
import mpmath
import numpy as np
import pytest
from sympy import Integer

from deltarule.arithmetic.base import Undecided
from deltarule.arithmetic.dual import Dual
from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.exact import Ball, Rational
from deltarule.arithmetic.floats import Float64
from deltarule.errors import DeltaruleError
from deltarule.expressions.functions import FUNCTIONS, derivative
from deltarule.expressions.nodes import read
from deltarule.expressions.symbols import Index, Scalar

mpmath.mp.dps = 50
SLOPE = Fraction(1, 10)

KNOWN = {
    "exp": mpmath.exp,
    "log": mpmath.log,
    "tanh": mpmath.tanh,
    "erf": mpmath.erf,
    "expm1": mpmath.expm1,
    "log1p": mpmath.log1p,
    "erfc": mpmath.erfc,
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "softplus": lambda z: mpmath.log1p(mpmath.exp(z)),
    "relu": lambda z: max(z, mpmath.mpf(0)),
    "relu_one": lambda z: max(z, mpmath.mpf(0)),
    "relu_half": lambda z: max(z, mpmath.mpf(0)),
    "absolute": abs,
    "sign": mpmath.sign,
    "leaky_relu": lambda z: z if z > 0 else z / 10,
    "elu": lambda z: z if z > 0 else mpmath.expm1(z) / 10,
    "gelu": lambda z: z * mpmath.ncdf(z),
    "gelu_tanh": lambda z: z * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (z + z**3 / 10))) / 2,
    "silu": lambda z: z / (1 + mpmath.exp(-z)),
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "atan": mpmath.atan,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "asinh": mpmath.asinh,
    "acosh": mpmath.acosh,
    "atanh": mpmath.atanh,
    "lgamma": mpmath.loggamma,
    "digamma": mpmath.digamma,
    "trigamma": lambda z: mpmath.psi(1, z),
    "floor": mpmath.floor,
    "round": mpmath.nint,
    "maximum": lambda z: max(z, mpmath.mpf(1) / 10),
    "minimum": lambda z: min(z, mpmath.mpf(1) / 10),
    "clip": lambda z: min(max(z, mpmath.mpf(1) / 10), mpmath.mpf(2)),
}
AT_ZERO = {
    "relu": 0,
    "relu_one": 1,
    "relu_half": 0.5,
    "absolute": 0,
    "sign": 0,
    "leaky_relu": 0.1,
    "elu": 0.1,
    "floor": 0,
    "round": 0,
}
#: Where functions have values, if not everywhere.
INSIDE = {
    "log": (0, 11), "log1p": (-1, 11), "acosh": (1, 11), "asin": (-1, 1), "acos": (-1, 1),
    "atanh": (-1, 1), "lgamma": (0, 11), "digamma": (0, 11), "trigamma": (0, 11),
}  # fmt: skip
POINTS = [Fraction(k, 16) for k in range(-160, 161, 7)] + [Fraction(1, 1000), Fraction(-1, 1000)]


def points(name):
    low, high = INSIDE.get(name, (-11, 11))
    return [p for p in POINTS if p and low < p < high]


def computed(expression, z, arithmetic):
    return computed_of(expression, arithmetic.array(z), arithmetic)


def computed_of(expression, array, arithmetic):
    values = Values({"z": array}, {}, {Scalar("a"): SLOPE}, {})
    return evaluate(expression, [(Index("i"), Integer(array.size))], values, arithmetic)


def of(name):
    """The function of z[i], with its slope a if it has one, and 2 where it takes three."""
    everything = (read("z", Index("i")), Scalar("a"), Integer(2))
    return everything[: FUNCTIONS[name].row.arity]


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_values(name):
    z = points(name)
    wanted = [KNOWN[name](mpmath.mpf(p.numerator) / p.denominator) for p in z]
    function = FUNCTIONS[name](*of(name))
    for found, right in zip(computed(function, z, Ball(160)), wanted):
        assert abs(mpmath.mpf(found.mid().str(50, radius=False)) - right) < mpmath.mpf(10) ** -35
    np.testing.assert_allclose(
        computed(function, z, Float64()), [float(w) for w in wanted], rtol=1e-12, atol=1e-14
    )


def test_the_third_derivative_of_log_gamma_is_refused():
    for derive in (
        lambda: derivative(FUNCTIONS["trigamma"]),
        lambda: Dual(Float64()).apply("trigamma", Dual(Float64()).array([1.0])),
    ):
        with pytest.raises(DeltaruleError, match="is differentiated no further") as refused:
            derive()
        assert refused.value.place and "second derivatives" in refused.value.remedy


@pytest.mark.parametrize("name", sorted({*FUNCTIONS} - {"trigamma"}))
def test_derivatives(name):
    z = [p for p in points(name) if name not in ("floor", "round") or (2 * p).denominator > 1]
    slope = derivative(FUNCTIONS[name])(*of(name))
    for found, p in zip(computed(slope, z, Ball(160)), z):
        right = mpmath.diff(KNOWN[name], mpmath.mpf(p.numerator) / p.denominator)
        assert abs(mpmath.mpf(found.mid().str(40, radius=False)) - right) < mpmath.mpf(10) ** -20
    dual = Dual(Float64())
    array = dual.array(z)
    array.tangent = array.tangent + 1.0
    mine = computed_of(FUNCTIONS[name](*of(name)), array, dual).tangent
    np.testing.assert_allclose(mine, computed(slope, z, Float64()), rtol=1e-10, atol=1e-13)


#: The derivatives of functions of several numbers where two of them are equal, by each.
AT_TIES = {"maximum": ([1, 1], [1, 0]), "minimum": ([1, 1], [1, 0]), "clip": ([2, 2, 3], [0, 1, 0])}


@pytest.mark.parametrize("name", sorted(AT_TIES))
def test_the_convention_at_a_tie(name):
    assert FUNCTIONS[name].row.kink
    numbers, wanted = AT_TIES[name]
    slopes = [
        derivative(FUNCTIONS[name], k)(*(Integer(n) for n in numbers))
        for k in range(1, len(numbers) + 1)
    ]
    assert [float(computed(s, [Fraction(0)], Float64())[0]) for s in slopes] == wanted


def test_halves_are_rounded_to_the_even_number():
    z = [Fraction(k, 2) for k in (-5, -3, -1, 1, 3, 5)]
    found = [
        [float(v) for v in computed(FUNCTIONS["round"](*of("round")), z, a)]
        for a in (Ball(), Float64(), Rational())
    ]
    assert found == [[-2, -2, 0, 0, 2, 2]] * 3


def test_a_ball_over_a_jump_is_not_rounded():
    wide = np.array([flint.arb("1.5", "0.1"), flint.arb("2", "0.1")], dtype=object)
    assert Ball().apply("floor", wide[:1])[0] == 1
    with pytest.raises(Undecided):
        Ball().apply("floor", wide[1:])


@pytest.mark.parametrize("name", sorted(AT_ZERO))
def test_the_convention_at_the_kink(name):
    assert FUNCTIONS[name].row.kink
    slope = derivative(FUNCTIONS[name])(*of(name))
    assert float(computed(slope, [Fraction(0)], Float64())[0]) == AT_ZERO[name]


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "tanh", "elu", "gelu", "relu"])
def test_nothing_overflows_in_floating_point(name):
    z = [Fraction(-1000), Fraction(1000)]
    found = computed(FUNCTIONS[name](*of(name)), z, Float64())
    assert np.isfinite(found).all()
    assert np.isfinite(computed(derivative(FUNCTIONS[name])(*of(name)), z, Float64())).all()


def test_the_tanh_that_loopy_differentiates_wrongly():
    """loopy's tanh′ is (1 − tanh)² since 2015; its only test used sinh and exp."""
    z = points("tanh")
    slope = computed(derivative(FUNCTIONS["tanh"])(*of("tanh")), z, Float64())
    wrong = [(1 - np.tanh(float(p))) ** 2 for p in z]
    right = [np.cosh(float(p)) ** -2 for p in z]  # 1 − tanh² itself cancels far out
    np.testing.assert_allclose(slope, right, rtol=1e-12)
    assert not np.allclose(slope, wrong)
