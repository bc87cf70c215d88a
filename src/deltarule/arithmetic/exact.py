"""Exact rationals and balls (python-flint), and rationals rounded line by line."""

from __future__ import annotations

import operator
from contextlib import contextmanager
from fractions import Fraction

import flint
import numpy as np

from deltarule.arithmetic.at_zero import AtZero, rational_power, whole_power
from deltarule.arithmetic.base import DivisionByZero, Undecided, entrywise
from deltarule.arithmetic.beyond_fractions import (
    BITS_TO_ONE,
    Exact,
    as_ball,
    beyond_fractions,
    finite_fraction,
    fraction,
    middle,
    near_one,
    stepped_beyond,
)
from deltarule.arithmetic.rounding import round_decimal, round_significant
from deltarule.arithmetic.steps_of_one import STEPPED, stepped, stepped_ball
from deltarule.arithmetic.undefined import MINUS_INFINITY, UNDEFINED, MinusInfinity


class Rational(AtZero):
    """Exact fractions. Functions such as exp are refused: their values are not rational."""

    name, dtype = "rational", "object"

    def number(self, value: Fraction) -> flint.fmpq:
        value = Fraction(value)
        return flint.fmpq(value.numerator, value.denominator)

    def array(self, values) -> np.ndarray:
        return entrywise(lambda v: self._exact(fraction(v)), values)

    def _exact(self, value: Exact):
        """A fraction as a number of this kind; NaN stays so, as does −∞."""
        return self.number(value) if isinstance(value, Fraction) else value

    def power(self, a, exponent: Fraction):
        if exponent.denominator != 1:
            raise _not_rational("a root")
        try:
            return entrywise(lambda v: v ** int(exponent), a)
        except ZeroDivisionError:
            raise DivisionByZero("a division by 0", None, "change the numbers") from None

    def apply(self, leaf: str, a):
        if leaf not in STEPPED:
            raise _not_rational(leaf)
        return entrywise(lambda v: self._exact(stepped(leaf, fraction(v))), a)

    def pi(self):
        raise _not_rational("π")

    def add(self, a, b):
        return np.add(a, b, dtype=object)

    def positive(self, a) -> np.ndarray:
        return np.asarray(entrywise(lambda v: v > 0, a), dtype=bool)

    def same(self, a, b) -> np.ndarray:
        return np.asarray(np.frompyfunc(operator.eq, 2, 1)(a, b), dtype=bool)

    def maximum(self, a, axes, ties="first"):
        return by_pairs(a, axes, lambda u, v: v if u < v else u, self.least())

    def least(self) -> MinusInfinity:
        return MINUS_INFINITY


def _not_rational(what: str) -> Undecided:
    return Undecided(
        f"{what} does not give a rational number", None, "use balls, which enclose the value"
    )


class Ball(AtZero):
    """Enclosures: each number is a midpoint with a radius that is certain to hold the value."""

    name, dtype = "ball", "object"

    def __init__(self, bits: int = 128):
        self.bits = bits

    def number(self, value: Fraction) -> flint.arb:
        value = Fraction(value)
        with self.context():
            return flint.arb(flint.fmpq(value.numerator, value.denominator))

    def array(self, values) -> np.ndarray:
        with self.context():
            return entrywise(as_ball, values)

    def power(self, a, exponent: Fraction):
        top, bottom = exponent.numerator, exponent.denominator
        if bottom == 1:
            return entrywise(lambda v: whole_power(v, top), a)
        if bottom == 2:
            return entrywise(lambda v: whole_power(v.sqrt(), top), a)
        return entrywise(lambda v: v ** flint.arb(flint.fmpq(top, bottom)), a)

    def apply(self, leaf: str, a):
        if leaf in STEPPED:
            return entrywise(lambda v: stepped_ball(leaf, v), a)
        if leaf == "trigamma":  # Hurwitz's ζ(2, x) (DLMF 25.11.12)
            return entrywise(lambda v: flint.arb(2).zeta(v) if v > 0 else flint.arb("nan"), a)
        return entrywise(lambda v: getattr(v, leaf)(), a)

    def pi(self) -> flint.arb:
        return flint.arb.pi()

    def positive(self, a) -> np.ndarray:
        return np.asarray(entrywise(_certainly_positive, a), dtype=bool)

    def same(self, a, b) -> np.ndarray:
        return np.asarray(np.frompyfunc(_certainly_same, 2, 1)(a, b), dtype=bool)

    def maximum(self, a, axes, ties="first"):
        return by_pairs(a, axes, lambda u, v: v if _certainly_below(u, v) else u, self.least())

    def outweighs(self, a, b) -> np.ndarray:
        larger = np.frompyfunc(lambda u, v: bool(abs(u.mid()) > abs(v.mid())), 2, 1)
        return np.asarray(larger(a, b), dtype=bool)

    def least(self) -> flint.arb:
        return flint.arb("-inf")

    @contextmanager
    def context(self):
        before, flint.ctx.prec = flint.ctx.prec, self.bits
        try:
            with np.errstate(all="ignore"):
                yield
        finally:
            flint.ctx.prec = before


def _certainly_positive(value: flint.arb) -> bool:
    if value > 0:
        return True
    if value <= 0:
        return False
    raise Undecided(f"whether {value} is above 0 cannot be told", None, "use more bits")


def _certainly_same(u: flint.arb, v: flint.arb) -> bool:
    # A ball with a radius is not even equal to itself, unless it is the very same number.
    if u is v or u == v:
        return True
    if u < v or u > v:
        return False
    raise Undecided(f"whether {u} is {v} cannot be told", None, "use more bits")


def _certainly_below(u: flint.arb, v: flint.arb) -> bool:
    if u < v or u >= v or _certainly_same(u, v):
        return bool(u < v)
    return False


class Rounded(Rational):
    """What a person with a pocket calculator does: every line is rounded before it is used.

    `decimals` or `significant` digits are kept, by `rule`: half-up (away from 0), half-even or
    truncate. With neither, nothing is rounded. Inside a line, values are exact; functions are
    good to 70 digits, tanh and erf to 70 digits of what they lack to ±1.
    """

    name = "rounded"
    natives = frozenset({"expm1", "log1p", "erfc"})

    def __init__(
        self, decimals: int | None = None, significant: int | None = None, rule: str = "half-up"
    ):
        self.decimals, self.significant, self.rule = decimals, significant, rule
        self._ball = Ball(240)

    def number(self, value):
        return super().number(value) if isinstance(value, Fraction) else value

    def array(self, values) -> np.ndarray:
        return entrywise(self._kept, values)

    def _kept(self, value):
        """A value as a fraction; as an exact ball where it is beyond fractions."""
        return value.mid() if beyond_fractions(value) else self._exact(fraction(value))

    def power(self, a, exponent: Fraction):
        if exponent.denominator == 1:
            return entrywise(lambda v: rational_power(v, int(exponent)), a)
        return self.array(self._ball.power(self._ball.array(a), exponent))

    def apply(self, leaf: str, a):
        if leaf in STEPPED:
            return entrywise(lambda v: stepped_beyond(leaf, v), a)
        if leaf in BITS_TO_ONE:
            return entrywise(lambda v: self._kept(near_one(leaf, v, self._ball.bits)), a)
        return self.array(self._ball.apply(leaf, self._ball.array(a)))

    def pi(self):
        return self._exact(fraction(self._ball.pi()))

    def positive(self, a) -> np.ndarray:
        return super().positive(entrywise(middle, a))

    def same(self, a, b) -> np.ndarray:
        return super().same(entrywise(middle, a), entrywise(middle, b))

    def maximum(self, a, axes, ties="first"):
        return super().maximum(entrywise(middle, a), axes, ties)

    def settle(self, a):
        exact = self.decimals is None and self.significant is None
        return a if exact else entrywise(self._settled, a)

    def _settled(self, value):
        if beyond_fractions(value) and (self.decimals is None or abs(value) > 1):
            return self._figures(value.mid())
        exact = fraction(value)
        if not isinstance(exact, Fraction):
            return value
        if self.decimals is not None:
            return self.number(round_decimal(exact, self.decimals, self.rule))
        if self.significant is not None:
            return self.number(round_significant(exact, self.significant, self.rule))
        return value

    def _figures(self, value: flint.arb) -> flint.arb:
        """A value beyond fractions to its significant figures; to decimals it is known no more."""
        if self.significant is None:
            return value
        with self.context():
            power = (abs(value).log() / flint.arb(10).log()).floor()
            power = flint.arb(10) ** int(finite_fraction(power))
            short = round_significant(finite_fraction(value / power), self.significant, self.rule)
            return (power * self._ball.number(short)).mid()

    def context(self):
        return self._ball.context()


class Carried(Rounded):
    """Exact carrying: rationals stay rationals, function values are good to 70 digits.

    A line whose fractions grow past 1024 bits is cut to 512, far beyond any printed digit; so
    ties (0.125 to two decimals) are decided by the true value wherever it is rational.
    """

    name = "carried"

    def settle(self, a):
        return entrywise(_cut, a)


def _cut(value):
    if isinstance(value, flint.arb):
        if beyond_fractions(value) or not value.is_finite():
            return value.mid() if value.is_finite() else UNDEFINED
        exact = finite_fraction(value)
        value = flint.fmpq(exact.numerator, exact.denominator)
    if not isinstance(value, flint.fmpq) or int(value.q).bit_length() <= 1024:
        return value
    # So many bits are kept of a small number too, and of what one lacks to an integer, as tanh.
    lacks = min(int(value.p) % int(value.q), -int(value.p) % int(value.q))
    shift = 512 + max(int(value.q).bit_length() - lacks.bit_length(), 0)
    return flint.fmpq(int(value.p) * 2**shift // int(value.q), 2**shift)


def by_pairs(a, axes, larger, least):
    """The largest over some axes, found pair by pair."""
    for axis in sorted(axes, reverse=True):
        a = np.moveaxis(np.asarray(a, dtype=object), axis, 0)
        best = np.full(a.shape[1:], least, dtype=object)
        for row in a:
            best = np.frompyfunc(larger, 2, 1)(best, row)
        a = np.asarray(best, dtype=object)
    return a
