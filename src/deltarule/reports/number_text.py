"""Arrays of any arithmetic as text: short for reading, exact for JSON."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Context, Decimal
from fractions import Fraction

import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.beyond_fractions import beyond_fractions
from deltarule.arithmetic.exact import Ball, Rational, Rounded, finite_fraction
from deltarule.arithmetic.magnitude import as_magnitude
from deltarule.arithmetic.rounding import magnitude, round_significant
from deltarule.tracing.format_numbers import (
    MINUS,
    finite,
    infinite,
    scientific,
    shown,
    signed,
    with_decimals,
    zero_within,
)

#: Digits shown of values that are carried exactly.
EXACT_DIGITS = 15


def number_text(arithmetic: Arithmetic) -> Callable[[object], str]:
    """How a number of an arithmetic is shown: rounded ones with all the digits they have."""
    if isinstance(arithmetic, Rounded):
        if (decimals := arithmetic.decimals) is not None:
            return lambda value: with_decimals(value, decimals)
        return brief
    if isinstance(arithmetic, Rational):
        return lambda value: signed(exact_text(value, EXACT_DIGITS))
    if isinstance(arithmetic, Ball):
        return ball_text
    return brief


def ball_text(value: object) -> str:
    """A ball with all digits that are shown; `0 within 1e−1204` for one that holds 0."""
    within = zero_within(value)
    if within is not None:
        return f"0 within {power_of_ten(within)}"
    return signed(decimal_text(value, EXACT_DIGITS))


def brief(value: object) -> str:
    """A number with six decimals or six significant figures, whichever tells more."""
    if not finite(value):
        return infinite(value)
    if beyond_fractions(value) or zero_within(value) is not None:
        return shown(value)
    exact = finite_fraction(value)
    return shown(exact, 6 + max(magnitude(exact) + 1, 0) if exact else 6)


def exact_text(value: object, digits: int = 30) -> str:
    """A rational in full (`1/3`, `0.125`); of a ball or float64, so many digits."""
    if type(value).__name__ == "fmpq" or isinstance(value, Fraction):
        exact = finite_fraction(value)
        return str(exact) if _rest(exact.denominator) != 1 else decimal_text(exact, 400)
    return decimal_text(value, digits)


def _rest(denominator: int) -> int:
    """What is left of a denominator without its factors 2 and 5: 1 for a finite decimal."""
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator


def decimal_text(value: object, digits: int) -> str:
    """A number with at most so many significant digits, and no trailing zeros."""
    if not finite(value):
        return str(value)
    if zero_within(value) is not None:
        return "0"
    if beyond_fractions(value):
        return scientific(value, digits)
    exact = round_significant(finite_fraction(value), digits)
    ratio = Context(prec=digits + 5).divide(Decimal(exact.numerator), Decimal(exact.denominator))
    if ratio and not -8 <= ratio.adjusted() < 15:
        mantissa, _, power = f"{ratio.normalize():e}".partition("e")
        return f"{mantissa}e{int(power)}"
    text = f"{ratio:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def nested(array, to_text: Callable[[object], object]):
    """An array as nested lists, each number put through `to_text`."""
    array = np.asarray(array)
    if not array.ndim:
        return to_text(array[()])
    return [nested(row, to_text) for row in array]


def rows(array, to_text: Callable[[object], str], most: int = 96) -> list[str]:
    """An array in lines: `(1, 2)` a row, axes of length 1 left out; large ones said in short, with
    their shapes."""
    if np.size(array) > most:
        return [_in_short(np.asarray(array), to_text)]
    array = np.squeeze(np.asarray(array))
    if array.ndim < 2:
        return [_row(array, to_text)]
    return [_row(row, to_text) for row in array.reshape(-1, array.shape[-1])]


def one_line(array, to_text: Callable[[object], str], most: int = 96) -> str:
    """An array on one line: `((1, 2), (3, 4))`, axes of length 1 left out."""
    array = np.asarray(array)
    return _in_short(array, to_text) if array.size > most else _row(np.squeeze(array), to_text)


def _row(array, to_text: Callable[[object], str]) -> str:
    if not np.ndim(array):
        return to_text(array[()] if isinstance(array, np.ndarray) else array)
    return f"({', '.join(_row(inner, to_text) for inner in array)})"


def _in_short(array: np.ndarray, to_text: Callable[[object], str]) -> str:
    flat = array.ravel()
    sizes = "×".join(map(str, array.shape))
    ends = f"{', '.join(map(to_text, flat[:3]))}, …, {to_text(flat[-1])}"
    return f"{sizes} numbers: {ends}"


def power_of_ten(value: float) -> str:
    """The power of ten that a small difference is below: `1e−47` for 4.2e−48."""
    size = as_magnitude(value)
    if size.is_zero or not size.is_finite:
        return "0" if size.is_zero else infinite(value)
    return f"1e{math.floor(size.log10) + 1}".replace("-", MINUS)


def seven_digits(number: float) -> str:
    """A measured number to seven digits; – for NaN."""
    return "–" if math.isnan(number) else f"{number:.7g}".replace("-", MINUS)


def gap_text(number: float) -> str:
    """7e−16, 0.02, 2: one digit is enough for a gap between two numbers."""
    if not math.isfinite(number):
        return "–"
    if number == 0 or number >= 0.001:
        return f"{number:.1g}"
    digits, _, exponent = f"{number:.0e}".partition("e")
    return f"{digits}e{MINUS}{abs(int(exponent))}"
