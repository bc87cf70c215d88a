"""Numbers as somebody printed or typed them: the value, and how much of it the digits say.

Read are `12`, `-0.5`, `−0,5` (Unicode minus, decimal comma), `+.5`, `3/4`, `1.2e-3`,
`1.2·10^-3`, `1,2·10⁻³`, and where they are clear `62.5%`, `1 234,5`, `1,234.5`, `~0.07`,
`0.07 (approx.)`, `½`, and digits of other scripts. Nothing is evaluated. Infinite values and NaN
are refused.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import InitVar, dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache

from deltarule.arithmetic.floats import nearest_float
from deltarule.arithmetic.number_signs import in_ascii
from deltarule.arithmetic.rounding import check_rule
from deltarule.errors import DeltaruleError
from deltarule.spelling.counted import counted

_SIGN = r"(?P<sign>[+-]?)\s*"
_DECIMAL = re.compile(
    _SIGN + r"(?P<whole>[0-9]*)(?:[.,](?P<part>[0-9]*))?"
    r"(?:[eE](?P<e>[+-]?[0-9]+)|\s*[·⋅×*x]\s*10(?:\^|\*\*)?\s*(?P<ten>\{?[+-]?[0-9]+\}?))?",
    re.ASCII,
)
_FRACTION = re.compile(_SIGN + r"(?P<over>[0-9]+)\s*/\s*(?P<under>[0-9]+)", re.ASCII)
#: Thousands set apart: by blanks or apostrophes, or by the other of point and comma.
_THOUSANDS = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,3}(?:(?P<mark>[ '’])[0-9]{3})(?:(?P=mark)[0-9]{3})*)"
    r"(?P<part>[.,][0-9]*)?"
    r"|(?P<sign2>[+-]?)(?P<whole2>[0-9]{1,3}(?:(?P<mark2>[.,])[0-9]{3})+)"
    r"(?P<part2>(?!(?P=mark2))[.,][0-9]*)"
    r"|(?P<sign3>[+-]?)(?P<whole3>[0-9]{1,3}(?:(?P<mark3>[.,])[0-9]{3})(?:(?P=mark3)[0-9]{3})+)",
    re.ASCII,
)
_ABOUT = re.compile(
    r"(?:[=~∼≈≃≅]|ca\.?(?=[ 0-9.+-])|circa\b|approx(?:imately|\.)?|about\b|roughly\b)\s*",
    re.IGNORECASE,
)
_ROUNDED = re.compile(
    r"\s*(?:…|\.\.\.|\(?(?:approx(?:imately|\.)?|rounded|about|ca\.|circa)\)?)", re.IGNORECASE
)
_LONGEST = 400
#: The largest power of ten of a number that is given, and of one that may be anybody's answer.
LARGEST, LARGEST_ANSWER = 300, 10_000
_HALF = Fraction(1, 2)
_REMEDY = "write 0.5, 0,5, -3, 3/4 or 1.2e-3"


@dataclass(frozen=True)
class Interval:
    """The real numbers between `low` and `high`, each end counted or not."""

    low: Fraction
    high: Fraction
    low_closed: bool = True
    high_closed: bool = True

    def __contains__(self, value: Fraction | Decimal | int) -> bool:
        exact = Fraction(value)
        above = self.low <= exact if self.low_closed else self.low < exact
        return above and (exact <= self.high if self.high_closed else exact < self.high)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low, self.high_closed, self.low_closed)


@dataclass(frozen=True)
class Printed:
    """One printed number. `place` is said in the error when `text` is not a number, or beyond 10 to
    plus or minus `power`.

    value      the exact value of the digits
    decimals   how many were printed; −2 for 12e2, whose last digit means hundreds; None for 3/4
    figures    significant figures: 3 for 0.0120, 0 for 0.00; None for 3/4
    unit       what one unit of the last digit is worth; None for 3/4
    """

    text: str
    place: InitVar[str | None] = None
    power: InitVar[int] = LARGEST
    value: Fraction = field(init=False, compare=False)
    decimals: int | None = field(init=False)
    figures: int | None = field(init=False, compare=False)

    def __post_init__(self, place: str | None, power: int) -> None:
        try:
            value, decimals, figures = _read_again(self.text, power)
        except DeltaruleError:
            value, decimals, figures = _read(self.text, place, power)
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "decimals", decimals)
        object.__setattr__(self, "figures", figures)

    def __str__(self) -> str:
        return self.text

    def negated(self) -> Printed:
        """The number with the other sign and the same digits."""
        other = copy(self)
        sign = "" if self.value < 0 else "-"
        object.__setattr__(other, "text", f"{sign}{self.text.strip().lstrip('-−+')}")
        object.__setattr__(other, "value", -self.value)
        for kept in ("unit", "rough"):
            other.__dict__.pop(kept, None)
        return other

    @cached_property
    def unit(self) -> Fraction | None:
        return None if self.decimals is None else Fraction(10) ** -self.decimals

    @cached_property
    def rough(self) -> tuple[float, float]:
        """The value and its unit in float64, ∞ beyond it; the unit is 0 for 3/4."""
        return nearest_float(self.value), nearest_float(self.unit or 0)

    def printable(self, value: Fraction | Decimal | int, rule: str | None = "half-up") -> bool:
        """Does the real `value` print as these digits? With rule None: under any rule."""
        return value in self.interval(rule)

    def nearest(self, value: Fraction | Decimal | int, units: Fraction = _HALF) -> bool:
        """Is the real `value` at most half a unit (or so many) of the last digit away?"""
        number = value if isinstance(value, Fraction) else Fraction(value)
        top, bottom = number.numerator, number.denominator
        own, below = self.value.numerator, self.value.denominator
        # As one comparison of integers: it is made for every entry and hypothesis.
        most = units * (self.unit or 0)
        return abs(top * below - own * bottom) * most.denominator <= most.numerator * bottom * below

    def with_decimals(self, decimals: int) -> Printed:
        """The same value printed with more decimals, zeros behind it."""
        units = int(abs(self.value) * 10**decimals)
        if units >= 10**_LONGEST:  # beyond what anybody prints, and what Python writes out
            text = f"{self.text} with {counted(decimals, 'decimal')}"
        else:
            digits = str(units).rjust(decimals + 1, "0")
            point = len(digits) - decimals
            text = digits[:point] + "." + digits[point:] if decimals else digits
            text = "-" * (self.value < 0) + text
        other = copy(self)
        if self.decimals is None:
            figures = len(str(units)) if units else 0
        else:
            figures = self.figures and self.figures + decimals - self.decimals
        for name, of in (("text", text), ("decimals", decimals), ("figures", figures)):
            object.__setattr__(other, name, of)
        for kept in ("unit", "rough"):
            other.__dict__.pop(kept, None)
        return other

    def as_asked(self, decimals: int | None, significant: int | None) -> Printed:
        """A fraction as the decimal of so many digits that it is, if it is one: where 0.16 is asked
        for, 4/25 is 0.16, whatever that was rounded from. Any other number itself.
        """
        if self.decimals is not None:
            return self
        if decimals is None and significant and self.value:
            exact = Decimal(self.value.numerator) / Decimal(self.value.denominator)
            decimals = max(significant - 1 - exact.adjusted(), 0)
        if decimals is None or (self.value * 10**decimals).denominator != 1:
            return self
        found = self.with_decimals(decimals)
        object.__setattr__(found, "text", self.text)
        return found

    def interval(self, rule: str | None = "half-up") -> Interval:
        """All values that print as these digits; a fraction stands for itself alone."""
        if rule is not None:
            check_rule(rule)
        if self.unit is None:
            return Interval(self.value, self.value)
        size = _interval_of_size(abs(self.value), self.unit, rule)
        return -size if self.value < 0 else size


def _interval_of_size(size: Fraction, unit: Fraction, rule: str | None) -> Interval:
    """The interval around `size`, an integer of units and not negative."""
    if rule is None:  # whatever truncation or either way of halves can give
        return Interval(size - unit / 2 if size else -unit, size + unit, bool(size), False)
    if rule == "truncate":
        return Interval(size if size else -unit, size + unit, bool(size), False)
    if rule == "half-even":
        even = (size / unit) % 2 == 0
        return Interval(size - unit / 2, size + unit / 2, even, even)
    return Interval(size - unit / 2, size + unit / 2, bool(size), False)


@lru_cache(maxsize=1 << 12)
def _read_again(text: str, most: int) -> tuple[Fraction, int | None, int | None]:
    """A number is read when it is looked at, when it is kept, and on the papers of others."""
    return _read(text, None, most)


def _read(text: str, place: str | None, most: int) -> tuple[Fraction, int | None, int | None]:
    """Value, decimals and significant figures of a printed number."""
    plain = _plain(text) if len(text) <= _LONGEST else text
    if len(plain) > _LONGEST:
        raise DeltaruleError(
            f"a number of {len(plain)} characters", place, f"print at most {_LONGEST}"
        )
    percent = plain.endswith("%")
    plain = plain.removesuffix("%").rstrip()
    fraction = _FRACTION.fullmatch(plain)
    if fraction and not percent:
        if not int(fraction["under"]):
            raise DeltaruleError(f"{text!r} divides by zero", place, _REMEDY)
        value = Fraction(int(fraction["over"]), int(fraction["under"]))
        return (-value if fraction["sign"] == "-" else value), None, None
    decimal = _DECIMAL.fullmatch(plain)
    if not decimal or not (decimal["whole"] or decimal["part"]):
        raise DeltaruleError(f"{shortened(text)!r} is not a number", place, _why(plain))
    part = decimal["part"] or ""
    exponent = (decimal["e"] or decimal["ten"] or "0").strip("{}")
    # No longer than Python reads: it is beyond all that is allowed.
    power = int(exponent[:20])
    whole = decimal["whole"].lstrip("0")
    if power < -most:
        raise DeltaruleError(
            f"{shortened(text)!r} is nearer to 0 than 10^-{most}",
            place,
            "write 0, or a number of ordinary size",
        )
    if power > most or len(whole) + power > most:
        raise DeltaruleError(
            f"{shortened(text)!r} is beyond 10^{most}", place, "give a number of ordinary size"
        )
    power -= 2 * percent
    digits = int(decimal["whole"] + part)
    decimals = len(part) - power
    value = digits * Fraction(10) ** -decimals
    figures = len(str(digits)) if digits else 0
    return (-value if decimal["sign"] == "-" else value), decimals, figures


def _plain(text: str) -> str:
    """A number in plain spelling, without words for "about" and without marks of thousands."""
    plain = in_ascii(text)
    about = _ABOUT.match(plain)
    plain = plain[about.end() :] if about else plain
    ending = next((m for m in _ROUNDED.finditer(plain) if m.end() == len(plain)), None)
    plain = plain[: ending.start()] if ending and ending.start() else plain
    percent = "%" if plain.endswith("%") else ""
    grouped = _THOUSANDS.fullmatch(plain.removesuffix("%").rstrip())
    if not grouped:
        return plain
    for k in ("", "2", "3"):
        if grouped[f"whole{k}"]:
            whole = re.sub(r"[^0-9]", "", grouped[f"whole{k}"])
            part = grouped[f"part{k}"] if k != "3" else ""
            return (grouped[f"sign{k}"] or "") + whole + (part or "") + percent
    return plain


def shortened(text: str) -> str:
    """Somebody's text, cut where it goes on for long."""
    return text if len(text) <= 60 else text[:57] + "…"


def _why(plain: str) -> str:
    """The remedy that fits what was typed instead of a number."""
    if plain.lower().lstrip("+-") in ("nan", "inf", "infinity", "∞"):
        return f"only finite numbers are marked; {_REMEDY}"
    if re.search(r"%\s*,", plain):
        return "several numbers stand in a list, as in [0.69, 0.876]"
    if "," in plain and "." in plain:
        return "one decimal point or comma, and three digits between marks of thousands"
    return _REMEDY
