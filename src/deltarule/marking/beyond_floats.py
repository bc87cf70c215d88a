"""Numbers beyond float64, as exp(10000) is and what somebody prints for it: judged by themselves.

Whether they are right is decided exactly. Causes are looked for in float64, which has only 0 or ∞
for them, and so nothing is said of why they are wrong.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from deltarule.marking import verdicts
from deltarule.marking.aligned_answers import Written
from deltarule.marking.entries import verdict_on
from deltarule.marking.session import Session
from deltarule.marking.verdicts import Verdict

#: Numbers of this size, and the inverse, are left to float64; nothing on the way overflows then.
USUAL = Fraction(10) ** 290


def beyond_floats(written: Written, entries: list[tuple], right: Any) -> list[tuple]:
    """The entries of which what is right or printed, or its last digit, is beyond float64."""
    found = []
    for entry in entries:
        printed = written.numbers[entry]
        sizes = [abs(n) for n in (right[entry], printed.value, printed.unit or 0) if n]
        if any(not 1 / USUAL < size < USUAL for size in sizes):
            found.append(entry)
    return found


def judge_beyond_floats(session: Session, written: Written, entries: list[tuple]) -> list[Verdict]:
    """One verdict on those that are right, and one on those that are not."""
    values = session.evaluator.right(written.quantity)
    wrong = session.aligned.unlike(written, values, entries)
    right = [e for e in entries if e not in wrong]
    found = [verdict_on(session, written, right, verdicts.RIGHT, "")] if right else []
    if wrong:
        session.explainer.carrying.not_right.add(written.quantity)
        found.append(verdict_on(session, written, wrong, verdicts.WRONG, ""))
    return found
