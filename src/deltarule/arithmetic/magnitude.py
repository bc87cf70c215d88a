"""Magnitudes: numbers that are read as powers of ten, however far beyond float64 they are."""

from __future__ import annotations

import math
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Any

import flint
import numpy as np

#: So many bits of a square are known of a ball that counts as a number: 4 digits of its root.
KNOWN = 16
#: Digits that are kept, and exponents of any length.
_CONTEXT = Context(prec=40, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])


class Magnitude(float):
    """A number as the nearest float, 0 or ±∞ where float64 ends, that knows what it is there.

    Made from a float, a Decimal, or a ball, of which its middle is taken. `bound` tells that the
    number itself is not known: it is less than this, as where all digits cancel.
    """

    exact: Decimal
    bound = False

    def __new__(cls, number: Any) -> Magnitude:
        if isinstance(number, flint.arb):
            middle = number.mid() if number.is_finite() else number
            number = middle.str(25, radius=False) if middle.is_finite() else "nan"
        exact = _CONTEXT.create_decimal(number)
        made = super().__new__(cls, exact)
        made.exact = exact
        return made

    @classmethod
    def below(cls, ball: flint.arb) -> Magnitude:
        """What is only known to be less than a ball: a power of ten."""
        top = ball.abs_upper()
        if not top.is_finite():
            return cls(math.nan)
        power = (top.log() / flint.arb(10).log()).abs_upper().ceil() if top >= 1 else None
        if power is None:
            power = -((-top.log() / flint.arb(10).log()).abs_lower().floor())
        if power > MAX_EMAX:
            return cls(math.nan)
        made = cls(Decimal(1).scaleb(max(int(float(power)), -(10**17)), _CONTEXT))
        made.bound = True
        return made

    @property
    def is_zero(self) -> bool:
        """Whether it is 0, and not as a float alone."""
        return not self.exact

    @property
    def is_finite(self) -> bool:
        """Whether it is a number, though it may be ∞ as a float."""
        return self.exact.is_finite()

    @property
    def log10(self) -> float:
        """The logarithm of the absolute value: −∞ for 0, NaN for NaN."""
        if self.is_zero or not self.is_finite:
            return -math.inf if self.is_zero else float(abs(self.exact))
        power = self.exact.adjusted()
        return power + math.log10(abs(self.exact.scaleb(-power, _CONTEXT)))

    def over(self, other: Magnitude) -> Magnitude:
        """This divided by another; NaN for what is divided by 0, and of bounds."""
        if self.bound or other.bound:
            return Magnitude(math.nan)
        return Magnitude(_CONTEXT.divide(self.exact, other.exact) if other.exact else "nan")

    def power(self, exponent: Decimal) -> Magnitude:
        """This to a power; NaN where there is none, as for a root of what is below 0."""
        return Magnitude(_CONTEXT.power(self.exact, exponent))

    @property
    def beyond_floats(self) -> bool:
        """Whether it is finite, and float64 has only 0 or ∞ for it."""
        return self.is_finite and (math.isinf(self) or (not self and not self.is_zero))

    def text(self, digits: int = 3) -> str:
        """`0.665`, `3.31e−121`, `1.5e4342`, with so many digits and a typographic minus."""
        if self.bound:
            return f"<1e{self.exact.adjusted()}".replace("-", "−")
        if not self.is_finite:
            return "NaN" if self.exact.is_nan() else "−∞" if self < 0 else "∞"
        said = f"{float(self) + 0.0:.{digits}g}"
        if self.beyond_floats:
            said = f"{self.exact:.{digits - 1}e}".lower()
        mantissa, _, power = said.partition("e")
        if power:
            mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
            said = f"{mantissa}e{int(power)}"
        return said.replace("-", "−")


def as_magnitude(number: float) -> Magnitude:
    """A float as a magnitude; a magnitude as it is."""
    return number if isinstance(number, Magnitude) else Magnitude(number)


def norm(array: np.ndarray) -> Magnitude:
    """The Euclidean norm of an array of floats or balls, whose squares may be beyond float64.

    Of balls of which no digit is known it is a bound.
    """
    array = np.asarray(array)
    if array.dtype == object:
        squares = sum((entry * entry for entry in array.flat), flint.arb(0))
        if squares.is_exact() or squares.rel_accuracy_bits() >= KNOWN:
            return Magnitude(squares.sqrt())
        return Magnitude.below(squares.abs_upper().sqrt())
    most = float(np.max(np.abs(array), initial=0.0))
    if not 0 < most < math.inf:
        return Magnitude(most)
    # By a power of two, so that nothing is rounded on the way.
    power = math.frexp(most)[1]
    scaled = float(np.sqrt((np.ldexp(array, -power) ** 2).sum()))
    return Magnitude(flint.arb(scaled) * flint.arb(2) ** power)
