"""Verdicts on some entries of a quantity, with the right and the printed numbers beside them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from deltarule.marking import wording
from deltarule.marking.aligned_answers import Written
from deltarule.marking.digit_habits import padded
from deltarule.marking.session import Session
from deltarule.marking.verdicts import COUNT_AS_RIGHT, Verdict


def part(written: Written, entries: list[tuple]) -> Written:
    """Some entries of what is written, by themselves."""
    numbers = np.full(written.numbers.shape, None, dtype=object)
    for entry in entries:
        numbers[entry] = written.numbers[entry]
    return Written(written.quantity, numbers, written.transposed)


def verdict_on(
    session: Session,
    written: Written,
    entries: list[tuple],
    verdict: str,
    finding: str,
    alternatives: tuple[str, ...] = (),
    mistakes: Iterable[str] = (),
    wrong: Iterable[tuple] | None = None,
) -> Verdict:
    """A verdict on entries, of which those that are `wrong` are not right; left out: as it says."""
    exact = session.evaluator.right(written.quantity)
    right = verdict in COUNT_AS_RIGHT
    if wrong is None:
        wrong = () if right else entries
    asked = written if right else padded(written, session.aligned.rounding) or written
    return Verdict(
        written.quantity,
        _index(written, entries),
        verdict,
        finding,
        wording.expected_text(asked, entries, exact, session.aligned.rounding.rule),
        wording.given_text(written, entries),
        alternatives,
        tuple(mistakes),
        session.number,
        tuple(entries),
        tuple(wrong),
        len(entries) == written.numbers.size,
        taken=session.taken,
    )


def _index(written: Written, entries: list[tuple]) -> tuple[int, ...] | None:
    """The entry, if it is one of several."""
    return entries[0] if len(entries) == 1 and written.numbers.size > 1 else None
