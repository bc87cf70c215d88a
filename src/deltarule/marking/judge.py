"""Judging one quantity: right, carried, following, a named mistake, wrong, or undecided."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from deltarule.marking import digit_habits, verdicts, wording
from deltarule.marking.aligned_answers import Written
from deltarule.marking.also_right import by_convention, from_other_givens
from deltarule.marking.beyond_floats import beyond_floats, judge_beyond_floats
from deltarule.marking.charges import evidence_of_following
from deltarule.marking.entries import part, verdict_on
from deltarule.marking.explanation import Explanation
from deltarule.marking.reach import reach
from deltarule.marking.session import Session
from deltarule.marking.verdicts import Verdict
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.no_value import NO_VALUE
from deltarule.marking.wrong_values import judge_wrong
from deltarule.tracing.format_numbers import finite


def judge(session: Session, written: Written) -> list[Verdict]:
    """The verdicts on a quantity: one for all its entries if they are alike, else one for each.

    Quantities are judged in the order of computation: what is found wrong is remembered, so that
    later ones may follow from it.
    """
    entries = [e for e, _ in written.printed()]
    exact = session.evaluator.right(written.quantity)
    nowhere = [e for e in entries if not finite(exact[e])]
    if nowhere:
        return [*_without_value(session, written, nowhere), *_of_rest(session, written, nowhere)]
    far = beyond_floats(written, entries, exact)
    if far:
        return [*judge_beyond_floats(session, written, far), *_of_rest(session, written, far)]
    longer = digit_habits.padded(written, session.aligned.rounding)
    if longer is not None:
        return _of_few_digits(session, written, longer)
    finer = digit_habits.coarse(written, exact) if session.aligned.rounding.exact else None
    if finer is not None and _without_new_mistake(session, written, entries):
        meant = digit_habits.taken_exactly(written)
        if _follows_from_wrong(session, meant, entries):
            rule = session.aligned.rounding.rule
            found = _as_written(written, _judged(session, meant, entries, exact))
            shown = [wording.expected_text(finer, list(v.entries), exact, rule) for v in found]
            return [replace(v, expected=text) for v, text in zip(found, shown, strict=True)]
        return [_of_coarse_digits(session, written, finer, entries)]
    return _judged(session, written, entries, exact)


def _of_coarse_digits(session: Session, written: Written, finer: Written, entries: list) -> Verdict:
    """Numbers of which nearly every digit is cut away, where the sheet does not say how many."""
    session.explainer.carrying.not_right.add(written.quantity)
    finding = "so few digits do not show that it was worked out; write at least two figures"
    verdict = verdict_on(session, written, entries, verdicts.TOO_FEW, finding)
    exact, rule = session.evaluator.right(written.quantity), session.aligned.rounding.rule
    return replace(verdict, expected=wording.expected_text(finer, entries, exact, rule))


def _judged(session: Session, written: Written, entries: list, exact: np.ndarray) -> list[Verdict]:
    settled = accounted(session, written, entries, exact)
    if settled is not None:
        return [settled]
    wrong = session.aligned.unlike(written, exact, entries)
    return _entry_by_entry(session, written, entries, wrong)


def accounted(
    session: Session, written: Written, entries: list, exact: np.ndarray
) -> Verdict | None:
    """The verdict on entries that are right or follow, all in one way; None without one."""
    wrong = session.aligned.unlike(written, exact, entries)
    if not wrong:
        note = "right, written transposed" if written.transposed else ""
        return verdict_on(session, written, entries, verdicts.RIGHT, note)
    found = session.explainer.right(written, entries)
    if found is not None:
        return _carried(session, written, entries, found)
    also_right = from_other_givens(session, written, entries) or by_convention(
        session, written, entries
    )
    if also_right is not None:
        return also_right
    found = session.explainer.following(written, entries)
    return None if found is None else _carried(session, written, entries, found)


def _of_few_digits(session: Session, written: Written, longer: Written) -> list[Verdict]:
    """Numbers with fewer digits than the sheet asks: judged where the digits left out are zeros,
    else too few, be they right or follow."""
    entries = [e for e, _ in written.printed()]
    exact = session.evaluator.right(written.quantity)
    short = [e for e in entries if longer.numbers[e] is not written.numbers[e]]
    if _rightly_worked(session, longer, entries):
        return _judged(session, written, entries, exact)
    exactly = [e for e in short if _follows_from_wrong(session, longer, [e])]
    few = [
        e for e in short if e not in exactly and _hidden_by_few_digits(session, written, longer, e)
    ]
    meant = _with_numbers_of(written, longer, exactly)
    if not few:
        return _as_written(written, _judged(session, meant, entries, exact))
    rest = [e for e in entries if e not in few]
    asked = wording.asked_digits(session.aligned.rounding)
    session.explainer.carrying.not_right.add(written.quantity)
    judged = _judged(session, part(meant, rest), rest, exact) if rest else []
    return [
        verdict_on(session, written, few, verdicts.TOO_FEW, f"the sheet asks for {asked}"),
        *_as_written(written, judged),
    ]


def _with_numbers_of(written: Written, longer: Written, entries: list[tuple]) -> Written:
    """What is written, with some entries as the longer ones are."""
    numbers = written.numbers.copy()
    for entry in entries:
        numbers[entry] = longer.numbers[entry]
    return Written(written.quantity, numbers, written.transposed)


def _as_written(written: Written, judged: list[Verdict]) -> list[Verdict]:
    """Verdicts that show the numbers as they were written."""
    return [replace(v, given=wording.given_text(written, list(v.entries))) for v in judged]


def _rightly_worked(session: Session, written: Written, entries: list) -> bool:
    """Whether entries come of right working from right values."""
    found = session.explainer.right(written, entries)
    return found is not None and not _not_right(session, found.hypothesis)


def _follows_from_wrong(session: Session, written: Written, entries: list[tuple]) -> bool:
    """Whether entries come of what was wrong before, rightly carried on, and not of right values.

    A 0 behind a wrong 0 is no rounded number: all its digits are there.
    """
    if _rightly_worked(session, written, entries):
        return False
    return _without_new_mistake(session, written, entries) is not None


def _hidden_by_few_digits(session: Session, written: Written, longer: Written, e: tuple) -> bool:
    """Whether an entry is right, or follows, only because it has so few digits."""
    if _rightly_worked(session, longer, [e]):
        return False
    return _rightly_worked(session, written, [e]) or (
        _without_new_mistake(session, written, [e]) is not None
        and _without_new_mistake(session, longer, [e]) is None
    )


def _without_value(session: Session, written: Written, entries: list) -> list[Verdict]:
    """Entries of which the right value is infinite or none at all."""
    finding = wording.of_no_value(session, written.quantity, entries[0])
    verdict = verdict_on(session, written, entries, verdicts.UNDECIDED, finding)
    return [replace(verdict, expected="")]


def _of_rest(session: Session, written: Written, without: list) -> list[Verdict]:
    rest = [e for e, _ in written.printed() if e not in without]
    exact = session.evaluator.right(written.quantity)
    return _judged(session, part(written, rest), rest, exact) if rest else []


def _without_new_mistake(session: Session, written: Written, entries: list) -> Explanation | None:
    """Right working, or earlier mistakes carried on."""
    explainer = session.explainer
    return explainer.right(written, entries) or explainer.following(written, entries)


def _entry_by_entry(
    session: Session, written: Written, entries: list[tuple], wrong: list[tuple]
) -> list[Verdict]:
    """Entries that no one right way of working prints together."""
    carried = {e: _without_new_mistake(session, written, [e]) for e in wrong}
    rest = [e for e in wrong if carried[e] is None]
    if not rest:
        return [_carried_in_parts(session, written, entries, carried)]
    rule = session.aligned.rounding.rule
    twice = session.explainer.right_working(
        written, entries, lambda v: digit_habits.rounded_twice(written, entries, v, rule)
    )
    bad = [] if twice is None else _not_right(session, twice[0])
    if bad:
        return [_follows(session, written, entries, bad, "as printed, rounded twice")]
    if twice is not None:
        finding = "right if it is rounded twice: to one digit more, and then again"
        return [verdict_on(session, written, entries, verdicts.CARRIED, finding)]
    source = session.explainer.reached(written, rest)
    if source:
        return [_follows(session, written, entries, source, "to the digits that are printed")]
    return judge_wrong(
        session, written, entries, rest, lambda fine: _of_fine(session, written, fine, carried)
    )


def _of_fine(session: Session, written: Written, fine: list, carried: dict) -> Verdict:
    if any(carried.get(e) is not None for e in fine):
        return _carried_in_parts(session, written, fine, carried)
    return verdict_on(session, written, fine, verdicts.RIGHT, "")


def _carried(session: Session, written: Written, entries: list, found: Explanation) -> Verdict:
    bad = _not_right(session, found.hypothesis)
    if found.earlier:
        _tell_of(session, written, entries, found)
        sources = _charged_with(session, written.quantity, found)
        return _follows(session, written, entries, sources, wording.of_earlier(sources))
    if bad:
        return _follows(session, written, entries, bad, "as printed")
    finding = wording.of_carried(session, written, entries, found)
    return verdict_on(session, written, entries, verdicts.CARRIED, finding)


def _charged_with(session: Session, quantity: str, found: Explanation) -> list[str]:
    """The lines with the mistakes that are carried on: where they were made, and where those were
    charged that gradients carry back."""
    diagnosed = session.explainer.carrying.diagnosed
    charged = {
        name: [m for reading in readings for m in reading] for name, readings in diagnosed.items()
    }
    made = {m for mistakes in charged.values() for m in mistakes}
    back = {(m.kind, m.words) for m in found.earlier if m not in made}
    lines = {m.line for m in found.earlier if m in made} | {
        name
        for name, mistakes in charged.items()
        if name != quantity and any((m.kind, m.words) in back for m in mistakes)
    }
    return sorted(lines, key=list(session.evaluator.equations).index)


def _tell_of(session: Session, written: Written, entries: list, found: Explanation) -> None:
    """Note what the digits tell of the earlier mistakes that they come of."""
    evaluator, not_right = session.evaluator, session.explainer.carrying.not_right
    wrong = frozenset(session.explainer.carrying.printed_above(written.quantity)) & not_right
    room = None
    if wrong:
        try:
            room = reach(evaluator, session.aligned, written.quantity, Hypothesis(wrong), wrong)
        except NO_VALUE:
            room = np.zeros(written.numbers.shape)
    evidence = evidence_of_following(written, entries, evaluator.right(written.quantity), room)
    session.ledger.carried_on(found.earlier, evidence)


def _follows(session: Session, written: Written, entries: list, sources: list, how: str) -> Verdict:
    session.explainer.carrying.not_right.add(written.quantity)
    finding = wording.of_following(sources, how)
    verdict = verdict_on(session, written, entries, verdicts.FOLLOWS, finding)
    return replace(verdict, sources=tuple(sources))


def _not_right(session: Session, hypothesis: Hypothesis) -> list[str]:
    """The lines that are not right and whose printed values were carried on."""
    bad = hypothesis.as_printed & session.explainer.carrying.not_right
    return sorted(bad, key=list(session.evaluator.equations).index)


def _carried_in_parts(session: Session, written: Written, entries: list, carried: dict) -> Verdict:
    found = [f for f in carried.values() if f is not None]
    following = next((f for f in found if f.earlier or _not_right(session, f.hypothesis)), None)
    if following is not None:
        return _carried(session, written, entries, following)
    hows = dict.fromkeys(wording.carrying(session, f.hypothesis) for f in found)
    finding = f"right with {', or '.join(hows)}"
    return verdict_on(session, written, entries, verdicts.CARRIED, finding)
