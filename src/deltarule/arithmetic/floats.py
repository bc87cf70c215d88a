"""float64, as NumPy computes it."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from deltarule.arithmetic import gamma_floats
from deltarule.arithmetic.base import Arithmetic

_erf = np.frompyfunc(math.erf, 1, 1)
_erfc = np.frompyfunc(math.erfc, 1, 1)
_GAMMA = {
    name: np.frompyfunc(getattr(gamma_floats, name), 1, 1)
    for name in ("lgamma", "digamma", "trigamma")
}
_FUNCTIONS = {
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "atan": np.arctan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "floor": np.floor,
    "round": np.rint,
    "log1p": np.log1p,
    "expm1": np.expm1,
    "erf": lambda a: np.asarray(_erf(a), dtype=float),
    **{
        name: lambda a, function=function: np.asarray(function(a), dtype=float)
        for name, function in _GAMMA.items()
    },
    "finite": lambda a: np.where(np.isfinite(a), a, 0.0),
    "erfc": lambda a: np.asarray(_erfc(a), dtype=float),
}


def nearest_float(value: Any) -> float:
    """A number as the nearest float, as NumPy has it: ±∞ for what is beyond float64."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


class Float64(Arithmetic):
    """Double precision; functions use the formulas that do not overflow."""

    name, dtype, stable, contracts = "float64", "float64", True, True

    def number(self, value: Fraction) -> float:
        return nearest_float(value)

    def array(self, values) -> np.ndarray:
        nested = np.array(values, dtype=object)
        flat = [nearest_float(v) for v in nested.ravel()]
        return np.array(flat, dtype=float).reshape(nested.shape)

    def from_integers(self, values: np.ndarray) -> np.ndarray:
        return np.asarray(values, dtype=float)

    def weighted(self, weight, a):
        return np.where((weight == 0) & np.isinf(a), 0.0, weight * a)

    def quotient(self, a, b):
        return np.where((a == 0) & (b == 0), 0.0, np.divide(a, b))

    def power(self, a, exponent: Fraction):
        if exponent.denominator == 1:
            return a ** float(exponent)
        if exponent.denominator == 2:
            return np.sqrt(a) ** float(2 * exponent)
        return a ** float(exponent)

    def raised(self, a, b):
        return np.power(a, b)

    def raised_to_whole(self, a, exponents: np.ndarray):
        return np.power(a, exponents.astype(float))

    def apply(self, leaf: str, a):
        return _FUNCTIONS[leaf](a)

    def least(self) -> float:
        return -math.inf

    def pi(self) -> float:
        return math.pi
