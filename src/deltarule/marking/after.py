"""Values after updates: right, or explained by a mistake in every update, or by a miscount."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from deltarule.arithmetic.base import entrywise
from deltarule.arithmetic.exact import fraction
from deltarule.checking.course import Course, repeated
from deltarule.marking import verdicts, words
from deltarule.marking.after_quickly import QuickUpdates
from deltarule.marking.desk import Desk
from deltarule.marking.mistakes import Mistake
from deltarule.marking.mistakes.tensors import TOO_EARLY
from deltarule.marking.paper import Written
from deltarule.marking.verdicts import Verdict
from deltarule.notation.errors import DeltaruleError
from deltarule.notation.names import pretty

#: Up to this many updates every single mistake is tried; beyond, only those found likely.
FEW_UPDATES = 3


def judge_after(desk: Desk) -> list[Verdict]:
    """The verdicts on values that are computed with the parameters after the updates."""
    return _AfterUpdates(desk).verdicts()


class _AfterUpdates:
    """Values after updates under one mistake or none; each is worked out once."""

    def __init__(self, desk: Desk):
        self.desk, self.times = desk, desk.run.updates
        self.counts = [n for n in (self.times, self.times - 1, self.times + 1) if n >= 0]
        self._known: dict[Mistake | None, dict[int, dict] | None] = {}

    def verdicts(self) -> list[Verdict]:
        right = self._worked_out(None)
        self._known[None] = right
        return [self._judged(w, right[self.times]) for w in self.desk.paper.written.values()]

    def _judged(self, written: Written, right: dict) -> Verdict:
        if _prints(self.desk, written, right):
            return _verdict(self.desk, written, right, verdicts.RIGHT, "")
        explained = self._explained(written)
        if explained:
            kind, sentence = explained[0]
            others = tuple(dict.fromkeys(s for _, s in explained[1:]))[:5]
            return _verdict(
                self.desk, written, right, verdicts.MISTAKE, sentence, others, (kind,)
            )
        numbers = [words.shown(right[written.quantity][e]) for e, _ in written.printed()]
        finding = (
            f"after {_times(self.times)} it is {words.listed(numbers)}; "
            "no mistake that is known prints this"
        )
        return _verdict(self.desk, written, right, verdicts.WRONG, finding)

    def _explained(self, written: Written) -> list[tuple[str, str]]:
        """Kinds and sentences of what prints the written values, simplest first."""
        for stage in (self._typical, self._any):
            found = list(self._among(written, stage(written)))
            if found:
                return found
        return []

    def _typical(self, written: Written) -> list[Mistake | None]:
        """A miscount, and weights that are used when they have been updated already."""
        return [None, *self._first]

    @cached_property
    def _first(self) -> list[Mistake]:
        names = [line.quantity for line in self.desk.course.needed()]
        return [m for name in names for m in self.desk.updated_too_early(name)]

    def _any(self, written: Written) -> list[Mistake]:
        """Any mistake in the lines that the update needs that comes near to what is printed."""
        if self.times > FEW_UPDATES:
            return []
        if self.desk.bench.groups:
            return _all_mistakes(self.desk)
        return self._quick.likely(written, self.counts)

    @cached_property
    def _quick(self) -> QuickUpdates:
        return QuickUpdates(self.desk.course, self.desk.bench, _all_mistakes(self.desk))

    def _among(
        self, written: Written, mistakes: Sequence[Mistake | None]
    ) -> Iterator[tuple[str, str]]:
        for mistake in mistakes:
            for count, values in (self.values(mistake) or {}).items():
                if mistake is None and count == self.times:
                    continue
                if _prints(self.desk, written, values):
                    yield _told(mistake, count, self.times)
                    break

    def values(self, mistake: Mistake | None) -> dict[int, dict] | None:
        """All values after each number of updates; None where that cannot be worked out."""
        if mistake not in self._known:
            try:
                self._known[mistake] = self._worked_out(mistake)
            except (DeltaruleError, ValueError, ZeroDivisionError, OverflowError):
                self._known[mistake] = None
        return self._known[mistake]

    def _worked_out(self, mistake: Mistake | None) -> dict[int, dict]:
        course = self.desk.course
        if mistake is not None:
            for line, equation in mistake.equations:
                course = course.with_equation(line, equation)
        if self.times <= FEW_UPDATES:
            return {n: _values(course.updated(n)) for n in self.counts}
        found = repeated(course, self.counts)
        return {n: _values(found[n]) for n in self.counts}


def _told(mistake: Mistake | None, count: int, times: int) -> tuple[str, str]:
    if mistake is None:
        return "miscounted updates", f"this is the value after {_times(count)}"
    place = f"in every update, in {pretty(mistake.line)}, " if times > 1 else (
        f"in the update before, in {pretty(mistake.line)}, "
    )
    counted = "" if count == times else f", and it is the value after {_times(count)}"
    return mistake.kind, place + mistake.words + counted


def _values(course: Course) -> dict[str, np.ndarray]:
    return {
        name: entrywise(fraction, array)
        for name, array in course.exact.arrays.items()
        if array.dtype == object
    }


def _prints(desk: Desk, written: Written, values: dict[str, np.ndarray]) -> bool:
    array = values[written.quantity]
    return all(desk.paper.matches(p, array[e]) for e, p in written.printed())


def _all_mistakes(desk: Desk) -> list[Mistake]:
    """The mistakes in all lines that the update needs, simplest first."""
    lines = [line.quantity for line in desk.course.needed()]
    found = [m for name in lines for m in (*desk.mistakes(name), *desk.costly_mistakes(name))]
    return sorted(found, key=lambda m: (m.kind != TOO_EARLY, m.cost))


def _times(number: int) -> str:
    return "1 update" if number == 1 else f"{number} updates"


def _verdict(
    desk: Desk, written: Written, right: dict, verdict: str, finding: str,
    alternatives: tuple[str, ...] = (), mistakes: tuple[str, ...] = (),
) -> Verdict:
    entries = [e for e, _ in written.printed()]
    values = right[written.quantity]
    single = len(entries) == 1 and written.numbers.size > 1
    return Verdict(
        written.quantity, entries[0] if single else None, verdict, finding,
        words.expected_text(written, entries, values), words.given_text(written, entries),
        alternatives, mistakes, desk.number, tuple(entries),
        () if verdict in verdicts.COUNT_AS_RIGHT else tuple(entries),
    )

