"""The table [marks] of a sheet: points by reference, and what counts for how much."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from deltarule.arithmetic.printed import Printed
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.marking.points import PARTIAL, SHARED, SHARES, Credit
from deltarule.marking.sheet_files.arrays import read_numbers
from deltarule.spelling.names import parse_reference

#: Keys of the table that are no quantities.
POLICY_KEYS = ("partial", *SHARED)


def read_marks(
    table: dict[str, Any], asked: tuple[str, ...], where: Callable[[str], str]
) -> dict[str, Printed]:
    """Points by reference. `where` tells the place of a key."""
    marks: dict[str, Printed] = {}
    for key, value in table.items():
        if key in POLICY_KEYS:
            continue
        place = where(key)
        try:
            name = str(parse_reference(key))
        except DeltaruleError as error:
            raise error.at(place) from None
        if asked and name not in asked:
            hint = did_you_mean(name, asked) or f"asked are {', '.join(asked)}"
            raise DeltaruleError(f"marks for {name}, which is not asked", place, hint)
        if name in marks:
            raise DeltaruleError(f"{name} has marks twice", place, "leave one of them out")
        marks[name] = _number(value, place)
        if marks[name].value < 0:
            raise DeltaruleError(f"{value} marks", place, "give 0 or more")
    return marks


def read_credit(table: dict[str, Any], where: Callable[[str], str]) -> Credit:
    """The policy: what is partly right, follows, is mistaken, or has too few digits earns."""
    partial = table.get("partial", PARTIAL[0])
    if partial not in PARTIAL:
        raise DeltaruleError(
            f"partial = {partial!r}",
            where("partial"),
            'write "share" (of the entries that are right), or "none"',
        )
    shares = {
        verdict: _share(table[key], key, where(key))
        for key, verdict in SHARED.items()
        if key in table
    }
    return Credit(partial, shares)


def _share(value: Any, key: str, place: str) -> Fraction:
    """A share of the points: full, half, none, or a number from 0 to 1."""
    if isinstance(value, str) and value in SHARES:
        return SHARES[value]
    try:
        share = Fraction(_number(value, place).value)
    except DeltaruleError:
        share = Fraction(-1)
    if not 0 <= share <= 1:
        raise DeltaruleError(
            f"{key} = {value!r} is no share of the points",
            place,
            'write "full", "half", "none", or a number from 0 to 1',
        )
    return share


def _number(value: Any, place: str) -> Printed:
    number = read_numbers(value, place)
    if isinstance(number, Printed):
        return number
    raise DeltaruleError("a list stands where one number belongs", place, "give one number")
