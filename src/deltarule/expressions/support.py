"""Where a product differs from 0: ends of the range of an index that real numbers set.

max(0, 1 − |u − p|) is 0 unless u − 1 < p < u + 1, so that of a sum over p no more than three terms
are left, whatever the size of p's range. What lies outside of its support is left out of a sum,
even where another factor is infinite there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from sympy import Add, Expr, Mul, Pow, sqrt

from deltarule.expressions import functions as f
from deltarule.expressions.affine import affine
from deltarule.expressions.elementwise import Elementwise
from deltarule.expressions.nodes import Choose, Positive, Reduction, free_indices, walk
from deltarule.expressions.symbols import Index

_RECTIFIED = (f.relu, f.relu_half, f.relu_one)
#: Functions that are finite where their arguments are.
_FINITE = (*_RECTIFIED, f.absolute, f.larger, f.smaller, f.sign, f.sigmoid, f.tanh)


class Rounded(Expr):
    """An integer next to a real number, as an end of an index's range; of NaN, no end at all."""

    __slots__ = ()
    is_integer = True
    is_commutative = True

    if TYPE_CHECKING:

        @property
        def args(self) -> tuple[Expr]: ...


class FirstAfter(Rounded):
    """The least integer above a real number."""

    __slots__ = ()


class FirstFrom(Rounded):
    """The least integer that is not below a real number."""

    __slots__ = ()


class LastBefore(Rounded):
    """The largest integer below a real number."""

    __slots__ = ()


class LastTo(Rounded):
    """The largest integer that is not above a real number."""

    __slots__ = ()


@dataclass(frozen=True)
class Interval:
    """An index is no less than any of `lower`, and no more than any of `upper`."""

    lower: tuple[Rounded, ...] = ()
    upper: tuple[Rounded, ...] = ()

    def __and__(self, other: Interval) -> Interval:
        lower = dict.fromkeys((*self.lower, *other.lower))
        return Interval(tuple(lower), tuple(dict.fromkeys((*self.upper, *other.upper))))

    def __or__(self, other: Interval) -> Interval:
        return Interval(_outer(self.lower, other.lower, -1), _outer(self.upper, other.upper, +1))

    def __bool__(self) -> bool:
        return bool(self.lower or self.upper)

    @property
    def indices(self) -> frozenset[Index]:
        """The indices that the ends depend on."""
        return frozenset().union(*map(free_indices, (*self.lower, *self.upper)))

    def within(self, known: Iterable[Index]) -> Interval:
        """The ends that depend on known indices alone."""
        known = frozenset(known)
        lower, upper = (
            tuple(e for e in ends if free_indices(e) <= known) for ends in (self.lower, self.upper)
        )
        return Interval(lower, upper)


def support(body: Expr, index: Index) -> Interval:
    """Where a body may differ from 0 along an index; no ends where nothing is known of that."""
    found = _support(body, index)
    return found if found and _finite(body, index) else Interval()


def _support(node: Expr, index: Index) -> Interval:
    if index not in free_indices(node):
        return Interval()
    if isinstance(node, Mul):
        return reduce(Interval.__and__, (_support(a, index) for a in node.args))
    if isinstance(node, Add):
        return reduce(Interval.__or__, (_support(a, index) for a in node.args))
    if isinstance(node, Pow) and node.exp.is_positive:
        return _support(node.base, index)
    if isinstance(node, _RECTIFIED):
        return _where(node.args[0], index)
    if isinstance(node, f.larger) and 0 in node.args:
        return _where(Add(*node.args), index)
    if isinstance(node, Choose):
        return _of_choice(node, index)
    return Interval()


def _of_choice(node: Choose, index: Index) -> Interval:
    condition, then, otherwise = node.args
    one, other = _support(then, index), _support(otherwise, index)
    if isinstance(condition, Positive):
        one &= _where(condition.args[0], index)
        other &= _where(-condition.args[0], index, zero=True)
    if otherwise == 0:
        return one
    return other if then == 0 else one | other


def _where(value: Expr, index: Index, zero: bool = False) -> Interval:
    """Where a number can be positive, or `zero`: one affine in the index, or one less distances."""
    first, last = (FirstFrom, LastTo) if zero else (FirstAfter, LastBefore)
    split = _line(value, index)
    if split is not None:
        slope, rest = split
        end = (-rest / slope).expand()
        return Interval(lower=(first(end),)) if slope > 0 else Interval(upper=(last(end),))
    terms = Add.make_args(value)
    within = [t for t in terms if index in free_indices(t)]
    left, found = Add(*(t for t in terms if t not in within)), Interval()
    for reach in (_reach(t, index, left) for t in within):
        if reach is None:
            return Interval()
        low, high = (e.expand() for e in reach)
        found &= Interval((first(low),), (last(high),))
    return found


def _reach(term: Expr, index: Index, most: Expr) -> tuple[Expr, Expr] | None:
    """From where to where a term −k·|a| or −k·a² is at least −most; None for another term."""
    times, rest = term.as_coeff_Mul()
    if not times.is_negative:
        return None
    reach = most / -times
    if isinstance(rest, f.absolute):
        inner = rest.args[0]
    elif isinstance(rest, Pow) and rest.exp == 2:
        inner, reach = rest.base, sqrt(reach)
    else:
        return None
    split = _line(inner, index)
    if split is None:
        return None
    slope, at = split
    return (-at / slope - reach / abs(slope)), (-at / slope + reach / abs(slope))


def _line(value: Expr, index: Index) -> tuple[Expr, Expr] | None:
    """Slope and rest of a value that is affine in the index, with a number as slope; else None."""
    split = affine(value, (index,))
    if split is None or index not in split[0] or split[1].has(Reduction):
        return None
    slope, rest = split[0][index], split[1]
    return (slope, rest) if slope.is_number and index not in free_indices(rest) else None


def _finite(body: Expr, index: Index) -> bool:
    """Whether no factor has poles along the index: 0·∞ is nothing that could be left out."""
    return not any(
        index in free_indices(n)
        and (
            isinstance(n, Pow)
            and not n.exp.is_positive
            or isinstance(n, Elementwise)
            and not isinstance(n, _FINITE)
            or isinstance(n, Reduction)
        )
        for n in walk(body)
    )


def _outer(one: tuple[Rounded, ...], other: tuple[Rounded, ...], sign: int) -> tuple:
    """The ends that hold for both of two intervals, where it is known which lie further out."""
    if len(one) != 1 or len(other) != 1:
        return ()
    apart = (sign * (one[0].args[0] - other[0].args[0])).expand()
    if not apart.is_number:
        return ()
    if apart == 0:
        return one if isinstance(one[0], FirstFrom | LastTo) else other
    return one if apart.is_positive else other
