"""Numbers misread: the sign of a given lost, its decimal point moved, two of its digits swapped."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from sympy import Expr, Integer, Rational

from deltarule.expressions import nodes
from deltarule.expressions.nodes import Delta, Read, reads, tensor_name
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.marking.mistakes.reread import Reread
from deltarule.spelling.names import pretty

#: Givens with so many entries at most are read again entry by entry.
MOST_ENTRIES = 64

#: The longest decimals in which digits are swapped.
MOST_DIGITS = 6


def misread(context: Context) -> Iterator[Wrong]:
    """One entry of a given read wrongly."""
    rhs = context.equation.rhs
    for name in dict.fromkeys(tensor_name(r) for r in reads(rhs)):
        given = context.givens.get(name)
        if given is None or not isinstance(given, np.ndarray) or given.size > MOST_ENTRIES:
            continue
        if given.dtype != object:
            continue
        own = reads(rhs, name)
        for entry in np.ndindex(given.shape):
            right = Fraction(given[entry])
            place = pretty(name) + (f"[{', '.join(map(str, entry))}]" if entry else "")
            decimals = context.decimals_of(name, entry)
            for wrong, cost, words in _readings(right, decimals):
                table = {a: _moved(a, entry, wrong - right) for a in own}
                yield Wrong(
                    "given misread",
                    cost,
                    Reread(context.equation, table),
                    f"{place} is read as {_decimal(wrong, decimals)}, "
                    f"not {_decimal(right, decimals)}: {words}",
                )


def _moved(access: Read, entry: tuple[int, ...], by: Fraction) -> Expr:
    here = nodes.multiply(Delta(s, Integer(k)) for s, k in zip(access.indices, entry, strict=True))
    return access + Rational(by.numerator, by.denominator) * here


def _readings(right: Fraction, decimals: int) -> Iterator[tuple[Fraction, float, str]]:
    if not right:
        return
    yield -right, 6.0, "the sign is lost" if right < 0 else "the sign is turned round"
    if abs(right) != 1:
        yield 10 * right, 7.0, "the decimal point stands one place too far right"
        yield right / 10, 7.0, "the decimal point stands one place too far left"
    for other in swapped(right, decimals):
        yield other, 7.0, "two digits are swapped"


def swapped(number: Fraction, decimals: int = 0) -> list[Fraction]:
    """The numbers that come of exchanging two neighbouring digits of a short decimal, which is
    printed with so many decimals at least: 1.50 is read as 1.05, too."""
    least = min(decimals, MOST_DIGITS - 1)
    scales = (10**k for k in range(max(least, 0), MOST_DIGITS))
    scale = next((s for s in scales if (number * s).denominator == 1), None)
    if scale is None:
        return []
    digits = str(abs(int(number * scale))).rjust(len(str(scale)), "0")
    found = []
    for k in range(len(digits) - 1):
        if digits[k] != digits[k + 1]:
            other = digits[:k] + digits[k + 1] + digits[k] + digits[k + 2 :]
            size = Fraction(int(other), scale)
            found.append(-size if number < 0 else size)
    return found


def _decimal(number: Fraction, decimals: int) -> str:
    shortest = f"{float(number):.12g}"
    padded = f"{float(number):.{max(decimals, 0)}f}"
    return (padded if Fraction(padded) == number else shortest).replace("-", "−")


def decimal_point(context: Context) -> Iterator[Wrong]:
    """The whole result with its decimal point one place off."""
    rhs = context.equation.rhs
    for factor, way in ((Integer(10), "right"), (Rational(1, 10), "left")):
        yield Wrong(
            "decimal point", 5.5, factor * rhs, f"the decimal point stands one place too far {way}"
        )


TRIED_LAST = (decimal_point, misread)
