"""Statements about numbers, true or false at each point of a range: e ≥ 0, d | e, a = b."""

from __future__ import annotations

from sympy import Basic


class Condition(Basic):
    """A statement about numbers that is true or false at each point of a range."""

    __slots__ = ()


class AtLeastZero(Condition):
    """e ≥ 0."""

    __slots__ = ()


class Positive(Condition):
    """e > 0 (for real e; indices use `AtLeastZero`)."""

    __slots__ = ()


class Divides(Condition):
    """d divides e: `Divides(d, e)`."""

    __slots__ = ()


class Equal(Condition):
    """a = b, for integers: what is left of a delta that depends on data."""

    __slots__ = ()


class Unequal(Condition):
    """(a, b, …) ≠ (c, d, …): some of the pairs a, c and b, d … differ (two `Tuple`s)."""

    __slots__ = ()
