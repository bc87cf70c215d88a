"""Numbers rightly evaluated and written down wrongly: two digits exchanged, the decimal point one
place off.

Right working is what it is elsewhere: from right values, or from a student's own earlier lines.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from deltarule.arithmetic.printed import Printed
from deltarule.marking.aligned_answers import Written
from deltarule.marking.digit_habits import padded
from deltarule.marking.explain import Explainer
from deltarule.marking.sheet_files.sheets import Rounding

#: How the sentence of a shifted decimal point begins.
POINT = "the decimal point stands"

#: Numbers of fewer figures, the meant one too, have no digits to exchange.
FEWEST_FIGURES = 2


def misprint(explainer: Explainer, written: Written, entries: list[tuple]) -> tuple[str, float]:
    """What to say of entries that are right but for how they are written; empty if they are not.

    All have to be wrong in the same way. The second value is how much the search took, in bits:
    the numbers that may have been meant, by those that ways of working print that are as simple.
    """
    kinds: dict[str, float] = {}
    for entry in entries:
        found = _meant_by(explainer, written, entry)
        kinds = (
            found
            if entry == entries[0]
            else {kind: max(bits, kinds[kind]) for kind, bits in found.items() if kind in kinds}
        )
        if not kinds:
            return "", 0.0
    return min(kinds.items(), key=lambda k: (k[1], k[0]))


def as_misprinted(said: str, written: Written, policy: Rounding) -> Written:
    """The numbers whose digits tell of a misprint: behind a point too far right one is missing,
    which a number that is only wrong would have."""
    return (padded(written, policy) or written) if said.startswith(POINT) else written


def _meant_by(explainer: Explainer, written: Written, entry: tuple) -> dict[str, float]:
    """The ways in which one number may be written wrongly, each with what its search took."""
    printed = written.numbers[entry]
    found: dict[str, float] = {}
    meant = [
        (kind, other)
        for kind, other in _meant(printed)
        if max(printed.figures or 0, other.figures or 0) >= FEWEST_FIGURES
    ]
    for kind, other in meant:
        numbers = written.numbers.copy()
        numbers[entry] = other
        right = explainer.right(Written(written.quantity, numbers, written.transposed), [entry])
        if right is not None:
            bits = math.log2(len(meant) * _printed(explainer, written, entry, right.cost))
            found[kind] = min(bits, found.get(kind, bits))
    return found


def _printed(explainer: Explainer, written: Written, entry: tuple, cost: float) -> int:
    """How many different numbers right working prints, in all ways that are as simple."""
    unit = float(written.numbers[entry].unit or 0)
    numbers = set()
    for simple in (h for c, h in explainer.carrying.right(written) if c <= cost):
        values = explainer.quick(written.quantity, simple)
        if values is not None and unit and math.isfinite(values[entry]):
            numbers.add(round(float(values[entry]) / unit))
    return max(len(numbers), 1)


def _meant(printed: Printed) -> Iterator[tuple[str, Printed]]:
    """The numbers that may have been meant, each with what went wrong."""
    if printed.decimals is None or printed.decimals < 0:
        return
    digits = str(int(abs(printed.value) * 10**printed.decimals)).rjust(printed.decimals + 1, "0")
    sign = "-" if printed.value < 0 else ""
    for k in range(len(digits) - 1):
        if digits[k] != digits[k + 1]:
            other = digits[:k] + digits[k + 1] + digits[k] + digits[k + 2 :]
            yield "two digits are exchanged", _with_point(sign, other, printed.decimals)
    for way, shift in (("right", 1), ("left", -1)):
        moved = printed.decimals + shift
        if moved >= 0:
            yield (
                f"{POINT} one place too far {way}",
                _with_point(sign, digits.rjust(moved + 1, "0"), moved),
            )


def _with_point(sign: str, digits: str, decimals: int) -> Printed:
    point = len(digits) - decimals
    return Printed(sign + digits[:point] + ("." + digits[point:] if decimals else ""))
