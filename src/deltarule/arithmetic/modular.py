"""Integers modulo a prime, for checking identities exactly and fast (Schwartz–Zippel).

exp, log, tanh, sin … become atoms keyed by their argument: equal arguments give equal values,
exp(−a) = 1/exp(a), and nothing else is known of them. So agreement is evidence, and
disagreement of expressions with functions in them is settled in balls.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from deltarule.arithmetic.base import Arithmetic, Undecided
from deltarule.arithmetic.steps_of_one import STEPPED

PRIME = 2**31 - 1


class Modular(Arithmetic):
    """The field with 2³¹ − 1 elements. It has no order, so nothing is positive in it."""

    name, dtype = "modular", "int64"
    ordered = False

    def number(self, value: Fraction) -> int:
        value = Fraction(value)
        if value.denominator % PRIME == 0:
            raise Undecided(f"{value} has no value modulo the prime")
        return value.numerator * pow(value.denominator, -1, PRIME) % PRIME

    def from_integers(self, values: np.ndarray) -> np.ndarray:
        return np.asarray(values, dtype=np.int64) % PRIME

    def add(self, a, b):
        return (a + b) % PRIME

    def multiply(self, a, b):
        return a * b % PRIME

    def power(self, a, exponent: Fraction):
        if exponent.denominator == 2:
            root = self._to(np.asarray(a), (PRIME + 1) // 4)
            return self.power(root, Fraction(exponent.numerator))
        if exponent.denominator != 1:
            raise Undecided("a root has no value modulo a prime")
        return self._to(np.asarray(a), exponent.numerator % (PRIME - 1))

    def _to(self, a: np.ndarray, exponent: int) -> np.ndarray:
        result = np.ones_like(a)
        while exponent:
            if exponent & 1:
                result = result * a % PRIME
            a = a * a % PRIME
            exponent >>= 1
        return result

    def apply(self, leaf: str, a):
        if leaf in STEPPED:
            raise Undecided("numbers modulo a prime have no order")
        a = np.asarray(a) % PRIME
        mirrored = a > PRIME // 2
        atom = _scrambled(np.where(mirrored, PRIME - a, a), leaf)
        if leaf == "exp":
            return np.where(mirrored, self._to(atom, PRIME - 2), atom)
        if leaf in ("cos", "cosh"):
            return atom
        if leaf in _ODD:
            return np.where(mirrored, PRIME - atom, atom)
        return _scrambled(a, leaf)

    def pi(self) -> int:
        return 31415926

    def positive(self, a) -> np.ndarray:
        raise Undecided("numbers modulo a prime have no order")

    def maximum(self, a, axes, ties="first"):
        raise Undecided("numbers modulo a prime have no order")

    def outweighs(self, a, b) -> np.ndarray:
        return (np.asarray(a) % PRIME != 0) & (np.asarray(b) % PRIME == 0)

    def selected(self, a, axes, ties):
        raise Undecided("numbers modulo a prime have no order")

    def least(self):
        raise Undecided("numbers modulo a prime have no order")

    def total(self, a, axes):
        return super().total(a, axes) % PRIME


#: Functions with f(−a) = −f(a).
_ODD = ("tanh", "erf", "sin", "tan", "atan", "asin", "sinh", "asinh", "atanh")


def _scrambled(a: np.ndarray, leaf: str) -> np.ndarray:
    """A value from 1 to p − 1 that looks random, fixed by the argument and the function."""
    with np.errstate(over="ignore"):
        z = a.astype(np.uint64) + np.uint64(sum(map(ord, leaf)) * 0x9E3779B97F4A7C15 % 2**64)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z % np.uint64(PRIME - 1)).astype(np.int64) + 1
