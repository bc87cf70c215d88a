"""Right numbers written down wrongly: two digits exchanged, the decimal point one place off."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from deltarule.checking.show import finite
from deltarule.marking.digits import FEWEST_FIGURES
from deltarule.marking.paper import Written
from deltarule.marking.printed import Printed


def misprint(written: Written, entries: list[tuple], values: np.ndarray, rule: str) -> str:
    """What to say of entries that are right but for how they are written; empty if they are not.

    All have to be wrong in the same way, and to have so many figures that it is no chance.
    """
    kinds: set[str] = set()
    for entry in entries:
        printed, value = written.numbers[entry], values[entry]
        if (printed.figures or 0) < FEWEST_FIGURES or not finite(value):
            return ""
        fitting = {kind for kind, other in _meant(printed) if other.printable(value, rule)}
        kinds = fitting if entry == entries[0] else kinds & fitting
    return next(iter(sorted(kinds)), "")


def _meant(printed: Printed) -> Iterator[tuple[str, Printed]]:
    """The numbers that may have been meant, each with what went wrong."""
    if printed.decimals is None or printed.decimals < 0:
        return
    digits = str(int(abs(printed.value) * 10**printed.decimals)).rjust(printed.decimals + 1, "0")
    sign = "-" if printed.value < 0 else ""
    for k in range(len(digits) - 1):
        if digits[k] != digits[k + 1]:
            other = digits[:k] + digits[k + 1] + digits[k] + digits[k + 2:]
            yield "two digits are exchanged", _with_point(sign, other, printed.decimals)
    for way, shift in (("right", 1), ("left", -1)):
        moved = printed.decimals + shift
        if moved >= 0:
            yield (
                f"the decimal point stands one place too far {way}",
                _with_point(sign, digits.rjust(moved + 1, "0"), moved),
            )


def _with_point(sign: str, digits: str, decimals: int) -> Printed:
    point = len(digits) - decimals
    return Printed(sign + digits[:point] + ("." + digits[point:] if decimals else ""))
