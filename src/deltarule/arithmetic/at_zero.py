"""What exact numbers give at 0: weights of 0, 0/0 in derivatives, and powers of 0."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.undefined import UNDEFINED, MinusInfinity, Undefined


class AtZero(Arithmetic):
    """Arrays of objects, whose entries are 0 or not, and numbers or not, exactly."""

    def lacks(self, a) -> bool:
        return not all(map(is_number, a.flat))

    def weighted(self, weight, a):
        outweighs = np.frompyfunc(lambda w, v: w == 0 and not is_number(v), 2, 1)(weight, a)
        outweighs = np.asarray(outweighs, dtype=bool)
        if not outweighs.any():
            return self.multiply(weight, a)
        one = self.number(Fraction(1))
        return self.multiply(weight, self.where(outweighs, one, a))

    def quotient(self, a, b):
        both = np.asarray(np.frompyfunc(lambda u, v: u == 0 and v == 0, 2, 1)(a, b), dtype=bool)
        return self.multiply(a, self.power(self.where(both, self.number(Fraction(1)), b), _MINUS))

    def raised(self, a, b):
        """a to the power b: where a is 0 as well, and where b is an integer for any a."""
        plain = np.asarray(np.frompyfunc(lambda v: bool(v > 0), 1, 1)(a), dtype=bool)
        if plain.all():
            return super().raised(a, b)
        a, b = np.broadcast_arrays(np.asarray(a, dtype=object), np.asarray(b, dtype=object))
        result = np.empty(a.shape, dtype=object)
        for at in np.ndindex(a.shape):
            result[at] = self._raised(a[at], b[at])
        return result

    def _raised(self, a, b):
        whole = _integer(b)
        if whole is not None:
            return self._entry(self.power(np.array(a, dtype=object), Fraction(whole)))
        if a == 0 and b > 0:
            return self.number(Fraction(0))
        return self._entry(super().raised(np.array(a, dtype=object), np.array(b, dtype=object)))

    @staticmethod
    def _entry(found) -> Any:
        return found[()] if isinstance(found, np.ndarray) else found


_MINUS = Fraction(-1)


def is_number(value: Any) -> bool:
    """Whether it is finite: neither ∞ nor without a value."""
    if isinstance(value, flint.arb):
        return value.is_finite()
    return not isinstance(value, Undefined | MinusInfinity)


def _integer(value: Any) -> int | None:
    """An integer of at most a thousand as such; None for any other number."""
    if not is_number(value) or abs(value) > 1000:
        return None
    whole = round(float(value))
    return whole if value == whole else None


def whole_power(value: flint.arb, exponent: int) -> flint.arb:
    """A ball to a whole power by multiplication: flint's own gives NaN for a ball around 0."""
    if exponent < 0:
        return 1 / whole_power(value, -exponent)
    result, square = flint.arb(1), value
    while exponent:
        if exponent % 2:
            result = result * square
        square, exponent = square * square, exponent // 2
    return result


def rational_power(value, exponent: int):
    """A rational to a whole power; what divides by 0 has no value."""
    if value == 0 and exponent < 0:
        return UNDEFINED
    return whole_power(value, exponent) if isinstance(value, flint.arb) else value**exponent
