"""Values after updates: right, or explained by one mistake made in every update, or by a miscount."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from deltarule.arithmetic.base import entrywise
from deltarule.arithmetic.exact import fraction
from deltarule.checking.course import Course
from deltarule.marking import verdicts, words
from deltarule.marking.desk import Desk
from deltarule.marking.mistakes import Mistake
from deltarule.marking.paper import Written
from deltarule.marking.verdicts import Verdict
from deltarule.notation.errors import DeltaruleError
from deltarule.notation.names import pretty

#: Up to this many updates every single mistake is tried; beyond, only those found likely.
FEW_UPDATES = 3


def judge_after(desk: Desk, earlier: list[Desk]) -> list[Verdict]:
    """The verdicts on values that are computed with the parameters after the updates."""
    times = desk.run.updates
    right = _values(desk.course.updated(times))
    found: list[Verdict] = []
    for written in desk.paper.written.values():
        entries = [e for e, _ in written.printed()]
        if _prints(desk, written, right):
            found.append(_verdict(desk, written, right, verdicts.RIGHT, ""))
            continue
        explained = list(_explained(desk, written, earlier))
        if explained:
            kind, sentence = explained[0]
            others = tuple(dict.fromkeys(s for _, s in explained[1:]))
            found.append(_verdict(
                desk, written, right, verdicts.MISTAKE, sentence, others[:5], (kind,)
            ))
        else:
            value = words.listed([words.shown(right[written.quantity][e]) for e in entries])
            found.append(_verdict(
                desk, written, right, verdicts.WRONG,
                f"after {_times(times)} it is {value}; no mistake that is known prints this",
            ))
    return found


def _values(course: Course) -> dict[str, np.ndarray]:
    return {
        name: entrywise(fraction, array)
        for name, array in course.exact.arrays.items()
        if array.dtype == object
    }


def _prints(desk: Desk, written: Written, values: dict[str, np.ndarray]) -> bool:
    array = values[written.quantity]
    return all(desk.paper.matches(p, array[e]) for e, p in written.printed())


def _explained(desk: Desk, written: Written, earlier: list[Desk]) -> Iterator[tuple[str, str]]:
    """Kinds and sentences of what prints the written values, simplest first."""
    times = desk.run.updates
    for other in (times - 1, times + 1):
        if other >= 0 and _prints(desk, written, _values(desk.course.updated(other))):
            yield "miscounted updates", f"this is the value after {_times(other)}"
    for mistake in _likely(desk, earlier):
        wrong = desk.course.with_equation(mistake.line, mistake.equation)
        for other in (times, times - 1, times + 1):
            values = _tried(wrong, other)
            if values is not None and _prints(desk, written, values):
                count = "" if other == times else f", and counted as {_times(other)}"
                yield mistake.kind, (
                    f"in every update, in {pretty(mistake.line)}, {mistake.words}{count}"
                )
                break


def _tried(course: Course, times: int) -> dict[str, np.ndarray] | None:
    if times < 0:
        return None
    try:
        return _values(course.updated(times))
    except (DeltaruleError, ValueError, ZeroDivisionError, OverflowError):
        return None


def _likely(desk: Desk, earlier: list[Desk]) -> list[Mistake]:
    """The mistakes to try: all of the lines that the update needs, or the typical ones."""
    lines = [line.quantity for line in desk.course.needed()]
    found = [m for name in lines for m in desk.mistakes(name)]
    if desk.run.updates > FEW_UPDATES:
        found = [m for m in found if m.kind == "updated weights used"]
    return sorted(found, key=lambda m: (m.kind != "updated weights used", m.cost))


def _times(number: int) -> str:
    return "1 update" if number == 1 else f"{number} updates"


def _verdict(
    desk: Desk, written: Written, right: dict, verdict: str, finding: str,
    alternatives: tuple[str, ...] = (), mistakes: tuple[str, ...] = (),
) -> Verdict:
    entries = [e for e, _ in written.printed()]
    values = right[written.quantity]
    single = len(entries) == 1 and written.numbers.size > 1
    marks = desk.run.marks.get(written.quantity)
    return Verdict(
        written.quantity, entries[0] if single else None, verdict, finding,
        words.expected_text(written, entries, values), words.given_text(written, entries),
        alternatives, mistakes, desk.number, float(marks.value) if marks else 1.0,
    )

