"""Printed numbers in nested lists: one number, a vector, a matrix, or deeper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from deltarule.arithmetic.printed import LARGEST, Printed
from deltarule.errors import DeltaruleError
from deltarule.marking.sheet_files.array_text import as_lists
from deltarule.spelling.counted import counted

# A Printed, None where nothing was written, or a tuple of such.
Numbers: TypeAlias = "Printed | None | tuple[Numbers, ...]"


#: Lists in lists, and the numbers in all of them.
DEEPEST, MOST_NUMBERS = 8, 20_000


def read_numbers(value: Any, place: str, blanks: bool = False, power: int = LARGEST) -> Numbers:
    """A TOML value as printed numbers, all lists of one depth as long as each other.

    A text may be an array too, as "[0.1 0.2; 0.3 0.4]".
    With `blanks`, an empty string is None: nothing was written there. Numbers lie within 10 to plus
    or minus `power`.
    """
    value = as_lists(value)
    refuse_many(value, place)
    numbers = _read(value, place, (), blanks, power)
    _refuse_ragged(numbers, place)
    return numbers


def shape(numbers: Numbers) -> tuple[int, ...]:
    """The length of every axis; () for a single number."""
    return (len(numbers), *shape(numbers[0])) if isinstance(numbers, tuple) else ()


def entries(numbers: Numbers) -> Iterator[tuple[tuple[int, ...], Printed | None]]:
    """Every number with its index, the last axis running fastest."""
    if not isinstance(numbers, tuple):
        yield (), numbers
        return
    for position, inner in enumerate(numbers):
        for index, number in entries(inner):
            yield (position, *index), number


def _read(value: Any, place: str, index: tuple[int, ...], blanks: bool, power: int) -> Numbers:
    if isinstance(value, list):
        if not value:
            raise DeltaruleError("an empty list", place + _bracketed(index), "give its numbers")
        return tuple(
            _read(inner, place, (*index, position), blanks, power)
            for position, inner in enumerate(value)
        )
    here = place + _bracketed(index)
    if blanks and isinstance(value, str) and not value.strip():
        return None
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return Printed(str(value), here, power)
    kind = "a table" if isinstance(value, dict) else str(value).lower()
    raise DeltaruleError(
        f"{kind} stands where a number belongs", here, "write a number or a list of numbers"
    )


def refuse_many(value: Any, place: str) -> None:
    """Lists are at most so deep, and hold at most so many numbers."""
    level, depth = [value], 0
    while any(isinstance(v, list) for v in level):
        level = [inner for v in level if isinstance(v, list) for inner in v]
        depth += 1
        if depth > DEEPEST:
            raise DeltaruleError(f"lists more than {DEEPEST} deep", place, "nest fewer lists")
        if len(level) > MOST_NUMBERS:
            raise DeltaruleError(
                f"a list of {len(level)} entries", place, f"give at most {MOST_NUMBERS}"
            )


def _refuse_ragged(numbers: Numbers, place: str, index: tuple[int, ...] = ()) -> None:
    """Every row must have the shape of the first one."""
    if not isinstance(numbers, tuple):
        return
    for position, inner in enumerate(numbers):
        _refuse_ragged(inner, place, (*index, position))
    first = shape(numbers[0])
    for position, inner in enumerate(numbers):
        if shape(inner) != first:
            raise DeltaruleError(
                f"row {position} holds {_extent(shape(inner))}, row 0 holds {_extent(first)}",
                place + _bracketed(index),
                "give every row the same length (rows are counted from 0)",
            )


def _extent(extent: tuple[int, ...]) -> str:
    if not extent:
        return "a single number"
    if len(extent) == 1:
        return counted(extent[0], "number")
    return "×".join(map(str, extent)) + " numbers"


def _bracketed(index: tuple[int, ...]) -> str:
    return f"[{','.join(map(str, index))}]" if index else ""
