"""Rounding line by line in float64: quick, and right but for ties; or sure, and then refused near
ties."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Rounded
from deltarule.arithmetic.floats import Float64
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation


class QuicklyRounded(Float64):
    """What `Rounded` does, in float64. A value that lies on a tie may go either way."""

    name = "quickly rounded"

    def __init__(self, like: Rounded):
        self.like = like

    def settle(self, a):
        """Each entry with the digits that are kept."""
        a = np.asarray(a, dtype=float)
        if self.like.decimals is None and self.like.significant is None:
            return a
        places = _places(a, self.like)
        scaled = a * 10.0**places
        if self.like.rule == "truncate":
            return np.trunc(scaled) / 10.0**places
        if self.like.rule == "half-even":
            return np.round(scaled) / 10.0**places
        return np.copysign(np.floor(np.abs(scaled) + 0.5), scaled) / 10.0**places


def _places(a: np.ndarray, like: Rounded):
    """How many decimals each entry keeps."""
    if like.decimals is not None:
        return np.full(a.shape, float(like.decimals))
    with np.errstate(divide="ignore"):
        size = np.where(a == 0, 0.0, np.floor(np.log10(np.abs(a))))
    return (like.significant or 1) - 1 - size


#: An equation, the values it reads in float64, and its pinned indices: the digits that are kept.
Exactly = Callable[[Equation, Values, Mapping[Index, int]], np.ndarray]


class Unsure(Exception):
    """A value so near to a tie that float64 cannot tell how it is rounded, or none at all."""


#: Values nearer to a tie than this share of their size, in units of the last digit kept, may have
#: come to lie on either side of it by what float64 lost on the way.
NEAR = 1e-10


class SurelyRounded(Float64):
    """What `Rounded` does, in float64, with the very same digits. Raises Unsure near a tie.

    `like` may be None: then lines are kept as they are, but for those that `settled_like` rounds.
    `exactly` gives the digits that are kept of an equation at some pinned indices where float64
    cannot tell them; it may raise Unsure, too.
    """

    name = "surely rounded"

    def __init__(self, like: Rounded | None, exactly: Exactly | None = None):
        self.like, self.exactly = like, exactly

    def settled_exactly(self, equation: Equation, values: Values, at: Mapping[Index, int]):
        """The digits that are kept of an equation's value near a tie; Unsure where it has none,
        as 1/ŷ for a ŷ that is rounded to 0."""
        found = None if self.exactly is None else self.exactly(equation, values, at)
        if found is None or not np.isfinite(found).all():
            raise Unsure
        return found

    def settle(self, a):
        """Each entry with the digits that are kept."""
        return a if self.like is None else self.settled_like(a, self.like)

    def settled_like(self, a, like: Rounded):
        """Each entry with the digits that are kept in one line."""
        a = np.asarray(a, dtype=float)
        if not np.isfinite(a).all():
            raise Unsure
        if like.decimals is None and like.significant is None:
            return a
        scaled = a * 10.0 ** _places(a, like)
        # What is cut off changes at integers, what is rounded halfway between them.
        shifted = np.abs(scaled) + (0.0 if like.rule == "truncate" else 0.5)
        away = np.abs(shifted - np.round(shifted))
        beyond = shifted > 0.25  # what is as good as 0 is cut off to 0 from both sides
        if (beyond & (away <= NEAR * (1.0 + shifted))).any():
            raise Unsure
        return QuicklyRounded(like).settle(a)
