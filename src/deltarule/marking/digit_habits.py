"""Digits: too few of them, cut off where they should be rounded, one too large or too small."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

import numpy as np

from deltarule.arithmetic.exact import Rounded, fraction
from deltarule.arithmetic.printed import Printed
from deltarule.marking.aligned_answers import Written
from deltarule.marking.sheet_files.sheets import Rounding
from deltarule.tracing.format_numbers import finite, shown, with_decimals

#: So many units of the last digit away, a value that is rounded twice may still be printed.
ROUNDED_TWICE = Fraction(11, 20)

#: Digits of which the largest number has fewer units tell wrong values from right ones hardly.
FEWEST_UNITS = 2

#: With so many zeros behind it, a short number is meant exactly.
MORE_DIGITS = 12

#: A number that is one unit off lies at most so many from its value, which may be cut off; half of
#: one that has a digit less, so many from half of its value.
ONE_OFF_APART, FACTOR_APART = 2.0, 5.0

#: By what rounded values are multiplied without need.
FACTORS = (2.0, 0.5)

_HALF = Fraction(1, 2)

#: So many last digits are described one by one.
MOST_SAID = 3

_SLIPS = {
    ("half-up", "truncate"): "cut off where it should be rounded",
    ("half-even", "truncate"): "cut off where it should be rounded",
    ("truncate", "half-up"): "rounded where it should be cut off",
}


def padded(written: Written, policy: Rounding) -> Written | None:
    """The numbers with as many digits as the policy asks, zeros behind; None if all have them."""
    numbers = written.numbers.copy()
    few = False
    for entry, printed in written.printed():
        decimals = decimals_asked(printed, policy)
        if printed.decimals is not None and printed.decimals < decimals:
            numbers[entry], few = printed.with_decimals(decimals), True
    return Written(written.quantity, numbers, written.transposed) if few else None


def taken_exactly(written: Written) -> Written:
    """The numbers with so many zeros behind them that they stand for themselves alone."""
    numbers = written.numbers.copy()
    for entry, printed in written.printed():
        if printed.decimals is not None:
            numbers[entry] = printed.with_decimals(max(printed.decimals, 0) + MORE_DIGITS)
    return Written(written.quantity, numbers, written.transposed)


def coarse(written: Written, exact: np.ndarray) -> Written | None:
    """The numbers with two digits more, where the digits that are written say next to nothing.

    None where one is written exactly that is not 0, or the largest right one is worth two units of
    its last digit at least: 0.07 for 0.0712 says something, 0 and 0.1 for 0.12 do not.
    """
    inexact = []
    for entry, printed in written.printed():
        value, unit = exact[entry], printed.unit
        if unit is None or printed.decimals is None or not finite(value):
            return None
        if abs(Fraction(value) / unit) >= FEWEST_UNITS:
            return None
        if printed.value != value:
            inexact.append((entry, printed))
        elif printed.value:
            return None
    if not inexact:
        return None
    numbers = written.numbers.copy()
    for entry, printed in inexact:
        numbers[entry] = printed.with_decimals(max(printed.decimals, 0) + 2)
    return Written(written.quantity, numbers, written.transposed)


def decimals_asked(printed: Printed, policy: Rounding) -> int:
    """How many decimals a number should be printed with; as many as it has if nothing is asked."""
    if policy.decimals is not None:
        return policy.decimals
    if policy.significant is not None and printed.value and printed.decimals is not None:
        return printed.decimals + policy.significant - (printed.figures or 0)
    return printed.decimals or 0


def by_another_rule(written: Written, entries: list[tuple], values: np.ndarray, rule: str) -> str:
    """The rule by which values were made shorter, in words, if it is not the sheet's."""
    for (asked, used), sentence in _SLIPS.items():
        if rule == asked and _all(
            written, entries, values, lambda p, v, used=used: p.printable(v, used)
        ):
            return sentence
    return ""


def rounded_twice(written: Written, entries: list[tuple], values: np.ndarray, rule: str) -> bool:
    """Whether values, rounded to one digit more than is printed first, print as they stand."""
    return rule != "truncate" and _all(
        written, entries, values, lambda p, v: p.nearest(v, ROUNDED_TWICE)
    )


def one_off(written: Written, entries: list[tuple], values: np.ndarray, rule: str) -> str:
    """What to say of last digits that are one too large or too small; empty if they are not."""
    if not _all(written, entries, values, lambda p, v: _one_away(p, v, rule)):
        return ""
    said = list(dict.fromkeys(_off(written.numbers[e], values[e]) for e in entries))
    more = len(said) - MOST_SAID
    if more > 1:
        said = [*said[:MOST_SAID], f"and {more} more last digits are one off"]
    return "; ".join(said) + "; perhaps a number was rounded or cut off too early on the way"


def factor_behind_rounding(
    written: Written, entries: list[tuple], values: np.ndarray, rule: str
) -> str:
    """What to say of values that were rounded first and then doubled, or halved; else empty."""
    for factor, words, fewer in ((Fraction(2), "2", 0), (_HALF, "½", 0), (_HALF, "½", 1)):

        def fits(printed: Printed, value: Fraction, by=factor, less=fewer) -> bool:
            rounded = _settled(Fraction(value), (printed.decimals or 0) - less, rule)
            return printed.value == by * rounded != 0  # half of 0.13 is 0.065

        if _all(written, entries, values, fits):
            return f"a factor {words} too much, on top of a value that is rounded already"
    return ""


@lru_cache(maxsize=1 << 12)
def _settled(value: Fraction, decimals: int, rule: str) -> Fraction:
    """A value with so many decimals."""
    settled = Rounded(decimals, None, rule).settle(np.array(value, dtype=object))
    return Fraction(fraction(settled[()]))


def _one_away(printed: Printed, value: Fraction, rule: str) -> bool:
    """Whether a number is one unit of its last digit away from the value as it is made shorter."""
    if printed.unit is None or printed.decimals is None:
        return False
    return abs(printed.value - _settled(Fraction(value), printed.decimals, rule)) <= printed.unit


def _off(printed: Printed, value: Fraction) -> str:
    """By how much a last digit is off, and what the value is rounded and cut off."""
    rounded, cut = (shortened(value, printed, rule) for rule in ("half-up", "truncate"))
    size = "small" if abs(printed.value) < abs(value) else "large"
    alike = (
        f"{rounded}, rounded and cut off alike"
        if rounded == cut
        else (f"{rounded} if it is rounded, {cut} if it is cut off")
    )
    return f"the last digit is one too {size}: {shown(value)} is {alike}"


def shortened(value: Fraction, printed: Printed, rule: str) -> str:
    """A value with as many decimals as a printed number has."""
    decimals = printed.decimals or 0
    return with_decimals(_settled(Fraction(value), decimals, rule), decimals)


def _all(
    written: Written,
    entries: list[tuple],
    values: np.ndarray,
    fits: Callable[[Printed, Fraction], bool],
) -> bool:
    return all(finite(values[e]) and fits(written.numbers[e], values[e]) for e in entries)
