"""What a kind of number must be able to do, array by array.

An arithmetic works on NumPy arrays whose entries are its numbers: float64, integers modulo a
prime, or Python objects (exact rationals, balls). The evaluator is the same for all of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from deltarule.errors import DeltaruleError


class Undecided(DeltaruleError):
    """A comparison that the numbers at hand cannot settle, such as a ball around 0 being > 0."""


class DivisionByZero(Undecided):
    """A value that these numbers do not have, such as 1/0 among the fractions."""


class Arithmetic:
    """Float-like defaults; subclasses replace what their numbers do differently."""

    name = "float64"
    dtype: type | str = "float64"
    #: Whether functions may use their stable formula (floating point) or the defining one.
    stable = False
    #: Functions that it has itself though their formulas would do; with any, all are stable.
    natives: frozenset[str] = frozenset()
    #: Whether of any two numbers one is known to be larger.
    ordered = True
    #: Whether large sums of products may go to `numpy.einsum`.
    contracts = False

    def number(self, value: Fraction):
        """One number of this kind."""
        raise NotImplementedError

    def array(self, values) -> np.ndarray:
        """An array of this kind from nested numbers, fractions or an array of another kind."""
        nested = np.array(values, dtype=object)
        flat = [self.number(Fraction(v)) for v in nested.ravel()]
        result = np.empty(nested.shape, dtype=self.dtype)
        result.ravel()[:] = flat
        return result

    def from_integers(self, values: np.ndarray):
        """Numbers of this kind from an array of integers."""
        return self.array(values)

    def zeros(self, shape: tuple[int, ...]) -> np.ndarray:
        """An array of zeros."""
        result = np.empty(shape, dtype=self.dtype)
        result[...] = self.number(Fraction(0))
        return result

    def add(self, a, b):
        return a + b

    def multiply(self, a, b):
        return a * b

    def weighted(self, weight, a):
        """weight·a, 0 where the weight is 0 and a infinite."""
        return self.multiply(weight, a)

    def quotient(self, a, b):
        """a/b, 0 where both are 0."""
        return self.weighted(a, self.power(b, Fraction(-1)))

    def power(self, a, exponent: Fraction):
        """a to a rational exponent."""
        raise NotImplementedError

    def raised(self, a, b):
        """a to the power b, entry by entry, for a > 0."""
        return self.apply("exp", self.multiply(b, self.apply("log", a)))

    def raised_to_whole(self, a, exponents: np.ndarray):
        """a to whole exponents that differ from entry to entry."""
        first, *others = np.unique(exponents)
        result = self.power(a, Fraction(int(first)))
        for exponent in others:
            power = self.power(a, Fraction(int(exponent)))
            result = self.where(exponents == exponent, power, result)
        return result

    def apply(self, leaf: str, a):
        """One of the leaf functions exp, log, tanh, sin …, entry by entry."""
        raise NotImplementedError

    def pi(self):
        """π."""
        raise NotImplementedError

    def positive(self, a) -> np.ndarray:
        """Where a > 0, as booleans. Raises Undecided where that cannot be decided."""
        return np.asarray(a > 0, dtype=bool)

    def where(self, mask: np.ndarray, a, b):
        return np.where(mask, a, b)

    def total(self, a, axes: tuple[int, ...]):
        """The sum over some axes; 0 over an empty range."""
        return np.add.reduce(a, axis=axes) if a.size else self.zeros(_reduced(a.shape, axes))

    def product(self, a, axes: tuple[int, ...]):
        for axis in sorted(axes, reverse=True):
            result = self.from_integers(
                np.ones(a.shape[:axis] + a.shape[axis + 1 :], dtype=np.int64)
            )
            for part in range(a.shape[axis]):
                result = self.multiply(result, np.take(a, part, axis=axis))
            a = result
        return a

    def maximum(self, a, axes: tuple[int, ...], ties: str = "first"):
        """The maximum over some axes; −∞ over nothing. `ties` matters to derivatives only."""
        return np.maximum.reduce(a, axis=axes, initial=self.least())

    def outweighs(self, a, b) -> np.ndarray:
        """Where |a| > |b|, as booleans, as far as that can be said: it decides on pivots alone."""
        return np.asarray(np.abs(a) > np.abs(b), dtype=bool)

    def least(self):
        """−∞, for maxima over nothing."""
        return -math.inf

    def lacks(self, a) -> bool:
        """Whether an array has entries that are no numbers, or infinite."""
        return a.dtype.kind == "f" and not np.isfinite(a).all()

    def multiply_slopes(self, a, b):
        """a·b, where for numbers that have slopes a value of 0 outweighs an infinite slope."""
        return self.multiply(a, b)

    def same(self, a, b) -> np.ndarray:
        """Where a = b, as booleans. Raises Undecided where that cannot be decided."""
        return np.asarray(a == b, dtype=bool)

    def selected(self, a, axes: tuple[int, ...], ties: str):
        """Who is the largest over some axes: 1 there, else 0.

        Of several largest, `ties` chooses the `first`, `all` of them, or `split`s 1 among them.
        """
        top = np.expand_dims(self.maximum(a, axes), tuple(sorted(axes)))
        chosen = self.same(a, np.broadcast_to(top, a.shape)) if a.size else np.zeros(a.shape, bool)
        if ties == "first":
            return self.from_integers(_first(chosen, axes).astype(np.int64))
        ones = self.from_integers(chosen.astype(np.int64))
        if ties == "all":
            return ones
        count = np.expand_dims(chosen.sum(axis=axes), tuple(sorted(axes)))
        return self.multiply(
            ones, self.power(self.from_integers(np.maximum(count, 1)), Fraction(-1))
        )

    def frozen(self, a):
        """A value that no longer changes with anything, for arithmetics that follow changes."""
        return a

    def settle(self, a):
        """What is kept of a line's value; rounding happens here."""
        return a

    def context(self):
        """A context manager in which the evaluation runs."""
        return np.errstate(all="ignore")


def _first(chosen: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """The first true entry along some axes, in the order of the axes given, alone."""
    rest = tuple(k for k in range(chosen.ndim) if k not in axes)
    moved = chosen.transpose((*rest, *axes))
    flat = moved.reshape((*moved.shape[: len(rest)], math.prod(moved.shape[len(rest) :])))
    flat = flat & (np.cumsum(flat, axis=-1) == 1)
    return flat.reshape(moved.shape).transpose(np.argsort((*rest, *axes)))


def _reduced(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for k, n in enumerate(shape) if k not in axes)


def entrywise(function: Callable, a) -> np.ndarray:
    """A Python function applied to each entry of an object array; the shape is kept."""
    a = np.asarray(a, dtype=object)
    result = np.empty(a.shape, dtype=object)
    flat = result.ravel()
    for k, value in enumerate(a.ravel()):
        flat[k] = function(value)
    return flat.reshape(a.shape)
