"""Givens as a sheet prints them: fractions with the digits that they need."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from deltarule.arithmetic.exact import finite_fraction
from deltarule.arithmetic.printed import Printed
from deltarule.marking.sheet_files.arrays import Numbers, entries, shape


def decimals_printed(numbers: Numbers) -> int:
    """The most decimals that are printed: 2 for 0.50 and 1.2; 0 for 3/4."""
    return max((p.decimals or 0 for _, p in entries(numbers) if p is not None), default=0)


def _needed(value: Fraction) -> int:
    return next(k for k in range(400) if (value * 10**k).denominator == 1)


def as_printed(array: np.ndarray, like: Numbers | None = None) -> Numbers:
    """An array of fractions as printed numbers, all with as many decimals as one of them needs;
    in the shape of a given that is printed already, which may leave out axes of length 1."""
    own = np.asarray(array, dtype=object)
    if like is not None:
        own = own.reshape(shape(like))
    values = [finite_fraction(v) for v in own.ravel()]
    terminating = [v for v in values if _terminates(v)]
    decimals = max((_needed(v) for v in terminating), default=0)
    texts = np.empty(own.shape, dtype=object)
    texts.ravel()[:] = [decimal_text(v, decimals) for v in values]
    return _nested(texts)


def _terminates(value: Fraction) -> bool:
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def decimal_text(value: Fraction, decimals: int) -> str:
    """A fraction in digits, with so many decimals where that is exact; as 1/3 where none is."""
    if not _terminates(value):
        return f"{value.numerator}/{value.denominator}"
    decimals = max(decimals, _needed(value))
    digits = str(int(abs(value) * 10**decimals)).rjust(decimals + 1, "0")
    text = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    return f"-{text}" if value < 0 else text


def _nested(texts: np.ndarray) -> Numbers:
    if texts.ndim == 0:
        return Printed(texts.item())
    return tuple(_nested(np.asarray(row, dtype=object)) for row in texts)


def shown_decimal(value: Fraction) -> str:
    """A number as a text shows it, with the sign − of minus."""
    return decimal_text(Fraction(value), 0).replace("-", "−")
