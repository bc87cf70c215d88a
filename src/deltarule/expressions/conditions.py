"""Statements about numbers, true or false at each point of a range: e ≥ 0, d | e, a = b.

The types of a node's `args` are stated for the checker, as SymPy does for its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sympy import Add, Basic, Expr, Integer, S, Tuple

if TYPE_CHECKING:

    class _Entries(Tuple):
        @property
        def args(self) -> tuple[Expr, ...]: ...


class Condition(Basic):
    """A statement about numbers that is true or false at each point of a range."""

    __slots__ = ()

    def __and__(self, other: Basic) -> Condition:
        return Every(self, other)

    def __rand__(self, other: Basic) -> Condition:
        return Every(other, self)

    def __or__(self, other: Basic) -> Condition:
        return Some(self, other)

    def __ror__(self, other: Basic) -> Condition:
        return Some(other, self)

    def __invert__(self) -> Condition:
        return Fails(self)


class AtLeastZero(Condition):
    """e ≥ 0."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def args(self) -> tuple[Expr]: ...


class Bound(AtLeastZero):
    """e ≥ 0, which bounds an index within its range: printed without the other bound."""

    __slots__ = ()


class Positive(Condition):
    """e > 0 (for real e; indices use `AtLeastZero`)."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def args(self) -> tuple[Expr]: ...


class Divides(Condition):
    """d divides e: `Divides(d, e)`."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def args(self) -> tuple[Expr, Expr]: ...


class Equal(Condition):
    """a = b, for integers: what is left of a delta that depends on data."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def args(self) -> tuple[Expr, Expr]: ...


class Unequal(Condition):
    """(a, b, …) ≠ (c, d, …): some of the pairs a, c and b, d … differ (two `Tuple`s)."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def args(self) -> tuple[_Entries, _Entries]: ...


class Every(Condition):
    """All of several statements; in derivation files alone, which take them apart."""

    __slots__ = ()


class Some(Condition):
    """One of several statements, or more; in derivation files alone."""

    __slots__ = ()


class Fails(Condition):
    """A statement does not hold; in derivation files alone."""

    __slots__ = ()


def compared(positive: Positive) -> tuple[Expr, Expr]:
    """a and b of a condition a > b, which is written as a − b > 0: that of ∞ and ∞ would be NaN."""
    tested = positive.args[0]
    behind = [t for t in Add.make_args(tested) if t.could_extract_minus_sign()]
    if len(Add.make_args(tested)) == 2 and len(behind) == 1:
        return Add(tested, -behind[0]), -behind[0]
    return tested, S.Zero


def decided(condition: Basic) -> bool | None:
    """Whether an equation between entries holds that no index decides, as 0 = 0; else None."""
    if isinstance(condition, Equal):
        return _equal(*condition.args)
    if isinstance(condition, Unequal):
        pairs = zip(*(side.args for side in condition.args), strict=True)
        same = {_equal(one, other) for one, other in pairs}
        return True if False in same else None if None in same else False
    return None


def undecided(conditions: Iterable[Basic]) -> tuple[Basic, ...] | None:
    """Conditions, each once, without those that hold in any case; None where one never holds."""
    kept = {c: decided(c) for c in conditions}
    return None if False in kept.values() else tuple(c for c in kept if not kept[c])


def _equal(one: Basic, other: Basic) -> bool | None:
    if one == other:
        return True
    return False if isinstance(one, Integer) and isinstance(other, Integer) else None


def opposite(condition: Basic) -> Condition | None:
    """The statement that another about integers fails; None for one that has no such statement."""
    if isinstance(condition, AtLeastZero):
        return AtLeastZero((-1 - condition.args[0]).expand())
    if isinstance(condition, Equal):
        one, other = condition.args
        return Unequal(Tuple(one), Tuple(other))
    if isinstance(condition, Unequal) and len(condition.args[0].args) == 1:
        return Equal(condition.args[0].args[0], condition.args[1].args[0])
    return None
