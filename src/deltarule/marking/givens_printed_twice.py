"""Givens that a sheet prints in two ways: answers from either count."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from deltarule.marking.corrected_givens import mended
from deltarule.marking.session import Desk, restatements
from deltarule.spelling.names import pretty
from deltarule.tracing.format_numbers import shown

Givens = dict[str, np.ndarray]


def readings(sheet: Desk) -> list[Givens]:
    """What the givens may be, as the sheet's own printed values mend them first.

    `sheet` is the desk of what the sheet itself publishes; what is found is kept there.
    """
    key = f"readings of run {sheet.number}"
    if key not in sheet.kept:
        sheet.kept[key] = _readings(sheet)
    return sheet.kept[key]


def _readings(sheet: Desk) -> list[Givens]:
    found: list[Givens] = [dict(mended(sheet)[0].course.givens)] if sheet.paper.written else []
    found.append(dict(sheet.course.givens))
    again = {
        name: np.array(
            [
                f if s is None else s.value
                for f, s in zip(sheet.course.givens[name].flat, second.flat, strict=True)
            ],
            dtype=object,
        ).reshape(sheet.course.givens[name].shape)
        for name, second in restatements(sheet.run).items()
        if second.size == sheet.course.givens[name].size
    }
    found.append({**sheet.course.givens, **again})
    kept: list[Givens] = []
    for one in found:
        if not any(_same(one, other) for other in kept):
            kept.append(one)
    return kept


def best(desk: Desk, possible: list[Givens]) -> Desk:
    """The desk with the givens from which most answers are right; the others count too."""
    desks = [desk.with_givens(givens) for givens in possible]
    chosen = max(desks, key=_matching)
    chosen.others = tuple(other for other in desks if other is not chosen)
    return chosen


def _matching(desk: Desk) -> int:
    """How many answers are right when everything is carried exactly."""
    return sum(
        desk.paper.matches(printed, desk.bench.right(name)[entry])
        for name, written in desk.paper.written.items()
        if name in desk.bench.equations
        for entry, printed in written.printed()
    )


def _same(one: Givens, other: Givens) -> bool:
    return all(np.array_equal(one[name], other[name]) for name in one)


def differing(desk: Desk, other: Desk) -> str:
    """Which givens two desks have otherwise: Θ₁[0,2] = 1.5."""
    parts = []
    for name, entry, value, _ in _differences(other, desk):
        parts.append(f"{_named(name, entry)} = {shown(value)}")
    return ", ".join(parts)


def notes(desk: Desk) -> list[str]:
    """That answers from each of several givens count."""
    return [
        "the sheet leaves open whether "
        + ", ".join(
            f"{_named(name, entry)} is {shown(one)} or {shown(two)}"
            for name, entry, one, two in _differences(desk, other)
        )
        + ": answers from either count"
        for other in desk.others
    ]


def _differences(desk: Desk, other: Desk) -> Iterator[tuple[str, tuple, object, object]]:
    for name, array in desk.course.givens.items():
        second = other.course.givens[name]
        for entry in np.ndindex(*array.shape):
            if array[entry] != second[entry]:
                yield name, entry, array[entry], second[entry]


def _named(name: str, entry: tuple[int, ...]) -> str:
    return pretty(name) + (f"[{','.join(map(str, entry))}]" if entry else "")
