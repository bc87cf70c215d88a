"""Values after updates: right, or explained by a mistake in every update, or by a miscount."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from deltarule.arithmetic.base import entrywise
from deltarule.arithmetic.exact import fraction
from deltarule.errors import DeltaruleError
from deltarule.marking import verdicts, wording
from deltarule.marking.aligned_answers import Written
from deltarule.marking.charges import Cause
from deltarule.marking.entries import verdict_on
from deltarule.marking.evidence import of_entries
from deltarule.marking.judge import accounted, judge
from deltarule.marking.mistakes import Mistake
from deltarule.marking.mistakes.wrong_tensor import TOO_EARLY
from deltarule.marking.session import Session
from deltarule.marking.verdicts import Verdict
from deltarule.marking.workings.after_quickly import QuickUpdates
from deltarule.spelling.counted import counted
from deltarule.spelling.names import pretty
from deltarule.tracing.computation import Computation, repeated
from deltarule.tracing.format_numbers import finite

#: Up to this many updates every single mistake is tried; beyond, only those found likely.
FEW_UPDATES = 3


def judge_after(session: Session) -> list[Verdict]:
    """The verdicts on values that are computed with the parameters after the updates."""
    others = [name for name in session.aligned.written if not name.endswith(" after")]
    return _judged(session, others, session.run.updates) + judge_updated(session)


def judge_updated(session: Session) -> list[Verdict]:
    """The verdicts on parameters after all updates: what one more gives, after all but one."""
    updated = [name for name in session.aligned.written if name.endswith(" after")]
    return _judged(session, updated, session.run.updates - 1, done=1)


def _judged(session: Session, names: list[str], times: int, done: int = 0) -> list[Verdict]:
    """The verdicts on some written values by themselves: the others belong to another time."""
    if not names:
        return []
    aligned, every = session.aligned, session.aligned.written
    aligned.written = {name: every[name] for name in names}
    try:
        return _AfterUpdates(session, times, done).verdicts()
    finally:
        aligned.written = every


class _AfterUpdates:
    """Values after updates under one mistake or none; each is evaluated once.

    `after` is the session of the network with the updated parameters: what is right there, right by
    another convention or with rounding on the way, or follows from an earlier value, is so here.
    Values have been through `done` updates more than `times`.
    """

    def __init__(self, session: Session, times: int, done: int = 0):
        self.session, self.times, self.done = session, times, done
        self.counts = [n for n in (self.times, self.times - 1, self.times + 1) if n >= 0]
        computations = self._courses(session.computation)
        before = computations.get(self.times - 1)
        self.after = session.with_computation(
            _in_fractions(computations[self.times]), before and _in_fractions(before)
        )
        self.charged: dict[str, list[str]] = {}
        right = {n: _values(computations[n]) for n in self.counts}
        self._known: dict[Mistake | None, dict[int, dict] | None] = {None: right}

    def verdicts(self) -> list[Verdict]:
        found: list[Verdict] = []
        for name in self.after.evaluator.equations:
            if name in self.session.aligned.written:
                found += self._judged(self.session.aligned.written[name])
        return self.after.ledger.settled(found)

    def _judged(self, written: Written) -> list[Verdict]:
        """Right or following; else by a mistake in the updates; else by one after them."""
        entries = [e for e, _ in written.printed()]
        exact = self.after.evaluator.right(written.quantity)
        has_values = all(finite(exact[e]) for e in entries)
        nothing_wrong = has_values and accounted(self.after, written, entries, exact)
        if nothing_wrong:
            return [nothing_wrong]
        explained = list(self._explained(written)) if has_values else []
        if not explained:
            return judge(self.after, written)
        self.after.explainer.carrying.not_right.add(written.quantity)
        earlier = self._followed(written.quantity, [s for _, s in explained])
        if earlier:
            finding = wording.of_following([earlier], wording.of_earlier([earlier]))
            follows = verdict_on(self.after, written, entries, verdicts.FOLLOWS, finding)
            return [replace(follows, sources=(earlier,))]
        return [self._mistaken(written, entries, explained)]

    def _followed(self, quantity: str, sentences: list[str]) -> str:
        """The earlier quantity that was charged with the same mistake; empty if none was."""
        for earlier, verdicts_of in self.charged.items():
            if set(verdicts_of) & set(sentences):
                return earlier
        self.charged[quantity] = sentences
        return ""

    def _mistaken(
        self, written: Written, entries: list[tuple], explained: list[tuple[str, str]]
    ) -> Verdict:
        exact = self.after.evaluator.right(written.quantity)
        wrong = self.session.aligned.unlike(written, exact, entries)
        tried = math.log2(len(self.counts) * self._tried(explained[0][0]))
        simple = [x for x in explained if _counts(x) <= _counts(explained[0])]
        causes = [Cause((kind,), sentence, tried) for kind, sentence in simple]
        verdict = verdict_on(self.after, written, entries, verdicts.MISTAKE, "", wrong=wrong)
        return self.after.ledger.verdict(verdict, causes, of_entries(written, wrong, exact))

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
        names = [line.quantity for line in self.session.computation.needed()]
        return [m for name in names for m in self.session.updated_too_early(name)]

    def _any(self, written: Written) -> list[Mistake]:
        """Any mistake in the lines that the update needs that comes near to what is printed."""
        if self.times > FEW_UPDATES:
            return []
        if self.session.evaluator.groups:
            return _all_mistakes(self.session)
        return self._quick.likely(written, self.counts, self.times)

    @cached_property
    def _quick(self) -> QuickUpdates:
        return QuickUpdates(
            self.session.computation, self.session.evaluator, _all_mistakes(self.session)
        )

    def _tried(self, kind: str) -> int:
        """How many mistakes were tried until one of a kind was found."""
        typical = len(self._first) + 1
        if kind in ("miscounted updates", TOO_EARLY):
            return typical
        return typical + len(_all_mistakes(self.session))

    def _among(
        self, written: Written, mistakes: Sequence[Mistake | None]
    ) -> Iterator[tuple[str, str]]:
        for mistake in mistakes:
            for count, values in (self.values(mistake) or {}).items():
                if mistake is None and count == self.times:
                    continue
                if not self.session.aligned.unlike(written, values[written.quantity]):
                    yield _how_updated(mistake, count + self.done, self.times + self.done)
                    break

    def values(self, mistake: Mistake | None) -> dict[int, dict] | None:
        """All values after each number of updates; None where that cannot be evaluated."""
        if mistake not in self._known:
            try:
                self._known[mistake] = self._worked_out(mistake)
            except (DeltaruleError, ValueError, ZeroDivisionError, OverflowError):
                self._known[mistake] = None
        return self._known[mistake]

    def _worked_out(self, mistake: Mistake) -> dict[int, dict]:
        computation = self.session.computation
        for line, equation in mistake.equations:
            computation = computation.with_equation(line, equation)
        return {n: _values(found) for n, found in self._courses(computation).items()}

    def _courses(self, computation: Computation) -> dict[int, Computation]:
        """The computation after each number of updates that is looked at."""
        if self.times <= FEW_UPDATES:
            return computation.updated_each(self.counts)
        return repeated(computation, self.counts)


def _in_fractions(computation: Computation) -> Computation:
    """The computation with parameters in fractions, as those of a sheet are."""
    return computation.with_givens(
        {
            name: entrywise(fraction, computation.givens[name])
            for name in computation.kept
            if name in computation.givens
        }
    )


def _how_updated(mistake: Mistake | None, count: int, times: int) -> tuple[str, str]:
    if mistake is None:
        return "miscounted updates", f"this is the value after {_times(count)}"
    place = (
        f"in every update, in {pretty(mistake.line)}, "
        if times > 1
        else (f"in the update before, in {pretty(mistake.line)}, ")
    )
    counted = "" if count == times else f", and it is the value after {_times(count)}"
    return mistake.kind, place + mistake.words + counted


def _counts(explained: tuple[str, str]) -> bool:
    """Whether the updates are miscounted besides a mistake."""
    return explained[0] != "miscounted updates" and "it is the value after" in explained[1]


def _values(computation: Computation) -> dict[str, np.ndarray]:
    return {
        name: entrywise(fraction, array)
        for name, array in computation.exact.arrays.items()
        if array.dtype == object
    }


def _all_mistakes(session: Session) -> list[Mistake]:
    """The mistakes in all lines that the update needs, simplest first."""
    lines = [line.quantity for line in session.computation.needed()]
    found = [m for name in lines for m in (*session.mistakes(name), *session.costly_mistakes(name))]
    return sorted(found, key=lambda m: (m.kind != TOO_EARLY, m.cost))


def _times(number: int) -> str:
    return counted(number, "update")
