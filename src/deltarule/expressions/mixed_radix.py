"""Mixed-radix positions: (c·H + i)·W + j for 0 ≤ i < H, 0 ≤ j < W is as good as (c, i, j).

A sum Σ c_k·i_k in which each coefficient is larger than all that the later indices can add up to
takes every value once. So it can be taken apart again by division and remainder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Add, Expr, Integer

from deltarule.expressions.affine import affine, never_negative, whole_ratio
from deltarule.expressions.nodes import FloorQuotient, Read, Remainder
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import Index


@dataclass(frozen=True)
class Digit:
    """An index of a position, its coefficient, and its extent."""

    index: Index
    coefficient: Expr
    extent: Expr


def digits(position: Expr, ranges: Mapping[Index, Expr]) -> tuple[tuple[Digit, ...], Expr] | None:
    """The digits of a position, the most significant first, and its constant part.

    None where different indices might give the same position, or where that cannot be shown.
    """
    split = affine(position, tuple(ranges))
    if split is None or not split[0]:
        return None
    left = [Digit(i, c, ranges[i]) for i, c in split[0].items()]
    known = {i: ranges[i] for i in split[0]}
    found: list[Digit] = []
    reach: Expr = Integer(0)
    while left:
        lowest = next((d for d in left if _least(d, left, known)), None)
        if lowest is None or not never_negative(lowest.coefficient - reach - 1, known):
            return None
        left.remove(lowest)
        found.insert(0, lowest)
        reach = (reach + lowest.coefficient * (lowest.extent - 1)).expand()
    return tuple(found), split[1]


def position_of(position: Expr, ranges: Mapping[Index, Expr]) -> tuple[Digit, ...] | None:
    """The digits of a position that leaves out none: (c·H + i)·W + j, of two or more of `ranges`.

    Every integer from 0 to below the product of their extents is one such position.
    """
    found = digits(position, ranges)
    if found is None or found[1] != 0 or len(found[0]) < 2:
        return None
    reach: Expr = Integer(1)
    for digit in reversed(found[0]):
        if (digit.coefficient - reach).expand() != 0:
            return None
        reach = digit.coefficient * digit.extent
    return found[0]


def _least(digit: Digit, among: list[Digit], known: Mapping[Index, Expr]) -> bool:
    return all(
        other is digit or never_negative(other.coefficient - digit.coefficient, known)
        for other in among
    )


def taken_apart(value: Expr, parts: tuple[Digit, ...]) -> dict[Index, Expr]:
    """Each digit of a value: ⌊(value mod the coefficient above)/its own coefficient⌋."""
    rests = left_for(value, parts)
    return {d.index: _quotient(r, d.coefficient) for d, r in zip(parts, rests, strict=True)}


def _quotient(rest: Expr, coefficient: Expr) -> Expr:
    """⌊rest/c⌋; for a rest v mod (c·h) it is ⌊v/c⌋ mod h, which says less at once."""
    if isinstance(rest, Remainder) and coefficient != 1:
        extent = whole_ratio(rest.args[1], coefficient)
        if extent is not None:
            return Remainder(FloorQuotient(rest.args[0], coefficient), extent)
    return FloorQuotient(rest, coefficient)


def left_for(value: Expr, parts: tuple[Digit, ...]) -> list[Expr]:
    """What each digit is to tell of a value, the digits before it taken off.

    Where every coefficient divides those before it, a remainder of the value itself is enough.
    """
    rests, through = [value], True
    for above, digit in zip((None, *parts), parts[:-1]):
        through = through and (above is None or _divides(digit.coefficient, above.coefficient))
        rests.append(Remainder(value if through else rests[-1], digit.coefficient))
    return rests


def complete_value(value: Expr, parts: tuple[Digit, ...]) -> Expr:
    """What the last coefficient must divide, if the digits are to tell all of a value."""
    last = parts[-1].coefficient
    if all(_divides(last, above.coefficient) for above in parts[:-1]):
        return value
    return left_for(value, parts)[-1]


def _divides(part: Expr, whole: Expr) -> bool:
    """Whether a product of sizes divides another."""
    return whole_ratio(whole, part) is not None


def rejoined(expression: Expr) -> Expr:
    """The expression with c·⌊q/c⌋ + q mod c in a subscript written as q."""
    if not expression.has(Remainder):
        return expression

    if isinstance(expression, Read) or expression.has(Read):
        return replace_reads(expression, lambda a: rebuild(a, _rejoined, subscripts=True))
    return _rejoined(expression)


def _rejoined(subscript: Expr) -> Expr:
    terms = list(Add.make_args(subscript.expand()))
    for remainder in [t for t in terms if isinstance(t, Remainder)]:
        value, divisor = remainder.args
        rows = (divisor * FloorQuotient(value, divisor)).expand()
        if rows in terms:
            terms.remove(rows)
            terms.remove(remainder)
            terms.append(value)
    return Add(*terms)
