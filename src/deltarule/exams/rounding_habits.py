"""The three habits of rounding by hand, replayed exactly: what each prints of what is asked.

exact     everything is carried as the calculator holds it; digits are cut for the paper alone
printed   the digits that are asked are carried on, other lines as the calculator holds them
lines     every line is rounded before it is used
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from deltarule.arithmetic.base import entrywise
from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.exact import Carried, Rounded, fraction
from deltarule.arithmetic.run import make_room, timetable, write
from deltarule.marking.sheet_files.sheets import Rounding
from deltarule.networks.recurrences import Block, Recurrence, blocks
from deltarule.tracing.computation import Computation

HABITS = ("exact", "printed", "lines")

#: What is kept of a line's value, given its name.
Keep = Callable[[str, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Habits:
    """What the lines are by each habit: `kept` as they go on, `raw` before they are rounded."""

    kept: dict[str, dict[str, np.ndarray]]
    raw: dict[str, dict[str, np.ndarray]]

    def printed(self, habit: str, name: str, rounding: Rounding) -> np.ndarray:
        """What somebody with this habit writes of a line, as fractions."""
        return rounded(self.raw[habit][name], rounding)


def habits(computation: Computation, asked: Set[str], rounding: Rounding) -> Habits:
    """All lines by each of the three habits, exactly (functions are good to 70 digits)."""
    kept, raw = {}, {}
    for habit in HABITS:
        keep = _keeping(habit, asked, rounding)
        kept[habit], raw[habit] = _worked(computation, keep)
    return Habits(kept, raw)


def rounded(values: np.ndarray, rounding: Rounding) -> np.ndarray:
    """Values with the digits that are asked, as fractions."""
    settled = _digits(rounding).settle(entrywise(Rounded().number, entrywise(fraction, values)))
    return entrywise(fraction, settled)


def _digits(rounding: Rounding) -> Rounded:
    return Rounded(rounding.decimals, rounding.significant, rounding.rule)


def _keeping(habit: str, asked: Set[str], rounding: Rounding) -> Keep:
    exactly, shorter = Carried(), _digits(rounding)

    def keep(name: str, values: np.ndarray) -> np.ndarray:
        rounds = habit == "lines" or (habit == "printed" and name in asked)
        return (shorter if rounds else exactly).settle(values)

    return keep


def _worked(computation: Computation, keep: Keep) -> tuple[dict, dict]:
    """All lines, each kept as it is said by its name, and what they were before."""
    arithmetic = Carried()
    values, raw = computation.start(arithmetic), {}
    given = set(values.arrays)
    for block in blocks(tuple(line.equation for line in computation.lines)):
        for equation, found, at in _steps(block, values, arithmetic, {}):
            write(equation, keep(equation.name, found), values, arithmetic, at)
            _note(raw, equation, found, values, at)
    kept = {n: entrywise(fraction, a) for n, a in values.arrays.items() if n not in given}
    return kept, raw


def _steps(block: Block, values: Values, arithmetic: Carried, pinned) -> Iterable[tuple]:
    """Each equation with its value, time by time in a recurrence."""
    if isinstance(block, Recurrence):
        make_room(block, values, arithmetic)
        for part, now in timetable(block, values, pinned):
            yield from _steps(part, values, arithmetic, now)
        return
    at = pinned.get(id(block), {})
    yield block, evaluate(block.rhs, block.ranges, values, arithmetic, at), at


def _note(raw: dict, equation, found, values: Values, at) -> None:
    """Put a value that is not rounded yet beside those of the other times."""
    shape = np.shape(values.arrays[equation.name])
    known = raw.setdefault(equation.name, np.full(shape, None, dtype=object))
    beside = Values({equation.name: known}, values.sizes, values.scalars, values.tensors)
    write(equation, entrywise(fraction, found), beside, Carried(), at)
    raw[equation.name] = beside.arrays[equation.name]


def decimals_of(size: float, rounding: Rounding) -> int:
    """The decimals with which a number of some size is written."""
    if rounding.decimals is not None:
        return rounding.decimals
    power = int(np.floor(np.log10(size))) if size > 0 else 0
    return (rounding.significant or 1) - 1 - power


def from_a_tie(values: Iterable[object], rounding: Rounding, ties: bool = True) -> Fraction:
    """How near a value comes to where its last digit would turn, in units of that digit.

    That is the middle between two numbers, or where digits are cut off a number itself, unless it
    is exactly that. Without `ties`, what lies exactly in the middle is left out.
    """
    nearest = Fraction(1, 2)
    half = Fraction(0) if rounding.rule == "truncate" else Fraction(1, 2)
    for value in values:
        exact = fraction(value)
        if not isinstance(exact, Fraction):
            continue
        units = abs(exact) * Fraction(10) ** decimals_of(float(abs(exact)), rounding)
        if units.denominator == 1:
            continue
        away = abs(units - half - round(units - half))
        if away or ties:
            nearest = min(nearest, away)
    return nearest
