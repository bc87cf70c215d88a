"""Entries that no right working prints: what is wrong with them, as far as the digits tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from deltarule.marking import digit_habits, verdicts, within_digits, wording
from deltarule.marking.aligned_answers import Written
from deltarule.marking.charges import MOST_ALTERNATIVES, Cause
from deltarule.marking.digit_habits import rounded_twice
from deltarule.marking.entries import verdict_on
from deltarule.marking.evidence import Evidence, of_entries, searched
from deltarule.marking.explanation import Explanation
from deltarule.marking.misprints import as_misprinted, misprint
from deltarule.marking.round_values import of_round_entries
from deltarule.marking.session import Session
from deltarule.marking.verdicts import Verdict
from deltarule.spelling.names import pretty

#: Kinds of mistakes in reading numbers: the same may have been made in writing one down.
READING = ("given misread", "decimal point")

#: What the search for a last digit one off takes, in bits: it is too large or too small.
ONE_OFF = 1.0
#: What that for a factor on top of rounded values takes: three factors, and ways to come there.
FACTOR_SEARCHED = 3.0


def judge_wrong(
    session: Session,
    written: Written,
    entries: list[tuple],
    rest: list[tuple],
    of_fine: Callable[[list[tuple]], Verdict],
) -> list[Verdict]:
    """The verdicts on `entries`, of which `rest` come of no right working.

    One cause for the whole line is looked for first, then one for the wrong entries, then one for
    each. `of_fine` gives the verdict on entries that are right or follow.
    """
    session.explainer.carrying.not_right.add(written.quantity)
    found = _of_line(session, written, entries, rest)
    if len(found) == 1 and len(found[0].entries) == len(entries):
        return found
    fine = [e for e in entries if e not in rest]
    return [of_fine(fine), *found] if fine else found


def _of_line(
    session: Session, written: Written, entries: list[tuple], rest: list[tuple]
) -> list[Verdict]:
    """One verdict on all wrong entries if there can be one, else several."""
    other_rule = _shortened_otherwise(session, written, entries, rest)
    if other_rule is not None:
        return [other_rule]
    one_off = _one_off(session, written, rest)
    evidence = of_entries(written, rest, session.evaluator.right(written.quantity))
    if one_off and Evidence(evidence.apart, evidence.apart).beyond(ONE_OFF):
        return _of_last_digits(session, written, rest, one_off)
    explained = _simplest(session.explainer.wrong(written, entries))
    if explained and not (len(rest) == 1 and _of_reading(explained[0])):
        return [_mistaken(session, written, entries, rest, explained)]
    said, took = misprint(session.explainer, written, rest)
    if said:
        return [_misprinted(session, written, rest, said, took, explained)]
    if explained:
        return [_mistaken(session, written, entries, rest, explained)]
    if one_off:
        return _of_last_digits(session, written, rest, one_off)
    factor = _factor_behind_rounding(session, written, entries, rest)
    if factor is not None:
        return [factor]
    loosely = _within_digits(session, written, entries, rest)
    if loosely is not None:
        return [loosely]
    together = _simplest(session.explainer.wrong(written, rest)) if len(rest) < len(entries) else []
    if together:
        return [_mistaken(session, written, rest, rest, together)]
    alone = _each_alone(session, written, rest) if len(rest) > 1 else {}
    left = [e for e in rest if e not in alone]
    return [*alone.values(), *([_unexplained(session, written, left)] if left else [])]


def _misprinted(
    session: Session,
    written: Written,
    rest: list[tuple],
    said: str,
    took: float,
    explained: list[Explanation],
) -> Verdict:
    """The verdict on numbers written wrongly; numbers read wrongly may print the same digits."""
    exact = session.evaluator.right(written.quantity)
    evidence = of_entries(written, rest, exact)
    read = _causes(session, written, rest, explained, evidence)
    if explained:
        _diagnose(session, written, explained)
    digits = of_entries(as_misprinted(said, written, session.aligned.rounding), rest, exact)
    apart = Evidence(digits.apart, digits.apart)  # digits are written one entry after the other
    causes = [Cause(("misprint",), said, took), *read]
    return _charged(session, written, rest, rest, causes, apart)


def _each_alone(session: Session, written: Written, rest: list[tuple]) -> dict[tuple, Verdict]:
    """Entries with a cause of their own that their digits prove, whatever the others are."""
    exact, found = session.evaluator.right(written.quantity), {}
    choice = np.log2(len(rest))
    for entry in rest:
        evidence = of_round_entries(session.explainer, written, [entry], exact)
        if not evidence.beyond(choice + 1):
            continue
        explained = _simplest(session.explainer.wrong(written, [entry]))
        if explained and evidence.beyond(
            choice + searched(session.explainer, written, [entry], explained[0], evidence)
        ):
            found[entry] = _mistaken(session, written, [entry], [entry], explained)
    return found


def _simplest(explained: list[Explanation]) -> list[Explanation]:
    """The explanations, simplest first, without those that suppose more than the first one."""
    if not explained:
        return []
    ordered = sorted(explained, key=lambda e: (len(e.mistakes), e.cost))
    return [e for e in ordered if _supposes(e) <= _supposes(ordered[0])]


def _supposes(e: Explanation) -> tuple[int, bool, int]:
    return len(e.mistakes), e.carried, len(e.earlier)


def _mistaken(
    session: Session,
    written: Written,
    entries: list[tuple],
    wrong: list[tuple],
    explained: list[Explanation],
) -> Verdict:
    """The verdict on entries that mistakes explain; they are carried on from here."""
    _diagnose(session, written, explained)
    exact = session.evaluator.right(written.quantity)
    together = len(explained[0].mistakes)
    evidence = of_round_entries(session.explainer, written, wrong, exact, together)
    return _charged(
        session,
        written,
        entries,
        wrong,
        _causes(session, written, wrong, explained, evidence),
        evidence,
    )


def _diagnose(session: Session, written: Written, explained: list[Explanation]) -> None:
    """Remember the mistakes that explain a quantity, to be carried on."""
    readings = session.explainer.carrying.diagnosed.setdefault(written.quantity, [])
    readings += [e.mistakes for e in explained if e.mistakes not in readings]


def _within_digits(
    session: Session, written: Written, entries: list[tuple], rest: list[tuple]
) -> Verdict | None:
    """The verdict on a line that a mistake explains to the digits that are printed of wrong values
    before it; None without one."""
    found = within_digits.explanations(session.explainer, written, entries, rest)
    if not found:
        return None
    explained, evidence = [e for e, _ in found], found[0][1]
    _diagnose(session, written, explained)
    causes = _causes(session, written, rest, explained, evidence)
    return _charged(session, written, entries, rest, causes, evidence)


def _causes(
    session: Session,
    written: Written,
    wrong: list[tuple],
    explained: list[Explanation],
    evidence: Evidence,
) -> list[Cause]:
    """The explanations in words, each with what the search for it took."""
    causes: dict[str, Cause] = {}
    for e in explained:
        sentence = wording.of_mistake(session, written.quantity, e)
        if sentence not in causes and len(causes) <= MOST_ALTERNATIVES:
            took = searched(session.explainer, written, wrong, e, evidence)
            kinds = tuple(m.kind for m in e.mistakes)
            causes[sentence] = Cause(kinds, sentence, took, e.mistakes)
    return list(causes.values())


def _charged(
    session: Session,
    written: Written,
    entries: list[tuple],
    wrong: list[tuple],
    causes: list[Cause],
    evidence: Evidence,
) -> Verdict:
    """A mistake in the whole line if it is proved, else a verdict on the wrong entries."""
    proved = evidence.beyond(causes[0].searched)
    covered = entries if proved else wrong
    verdict = verdict_on(session, written, covered, verdicts.MISTAKE, "", wrong=wrong)
    return session.ledger.verdict(verdict, causes, evidence)


def _shortened_otherwise(
    session: Session, written: Written, entries: list[tuple], rest: list[tuple]
) -> Verdict | None:
    """Right values whose digits were cut off where the sheet rounds, or the other way round."""
    rule = session.aligned.rounding.rule
    found = session.explainer.right_working(
        written, entries, lambda v: bool(digit_habits.by_another_rule(written, entries, v, rule))
    )
    if found is None:
        return None
    finding = digit_habits.by_another_rule(written, entries, found[1], rule)
    earlier = session.ledger.habits.setdefault(finding, written.quantity)
    if earlier != written.quantity:
        sentence = f"{finding}, as {pretty(earlier)} is"
        follows = verdict_on(session, written, entries, verdicts.FOLLOWS, sentence)
        return replace(follows, sources=(earlier,))
    return _of_digits(session, written, entries, rest, "rounding rule", finding)


def _of_reading(explained: Explanation) -> bool:
    """Whether numbers are supposed to be read wrongly, which is rarer than to write one wrongly."""
    return any(m.kind in READING for m in explained.mistakes)


def _of_last_digits(session: Session, written: Written, rest: list, said: str) -> list[Verdict]:
    found = _of_digits(session, written, rest, rest, "last digit", said)
    return [] if found is None else [found]


def _one_off(session: Session, written: Written, entries: list[tuple]) -> str:
    """What to say of last digits that are one too large or too small, beside the right values or
    beside right working from printed ones."""
    rule = session.aligned.rounding.rule
    for values in session.explainer.plain_workings(written, entries, digit_habits.ONE_OFF_APART):
        said = digit_habits.one_off(written, entries, values, rule)
        if said:
            return said
    return ""


def _factor_behind_rounding(
    session: Session, written: Written, entries: list[tuple], rest: list[tuple]
) -> Verdict | None:
    """The verdict on values that are twice, half or minus what right values are, rounded before."""
    rule, turned, of = session.aligned.rounding.rule, written.negated, session.explainer
    if all(written.numbers[e].value for e in rest) and (
        all(of.right(turned, [e]) for e in rest)
        or of.right_working(turned, rest, lambda v: rounded_twice(turned, rest, v, rule))
    ):
        said = "the sign is turned round, on top of values that are rounded on the way"
        return _of_digits(session, written, entries, rest, "sign", said, FACTOR_SEARCHED)
    apart, times = digit_habits.FACTOR_APART, digit_habits.FACTORS
    for values in session.explainer.plain_workings(written, entries, apart, times):
        said = digit_habits.factor_behind_rounding(written, entries, values, rule)
        if said:
            return _of_digits(
                session, written, entries, rest, "constant factor", said, FACTOR_SEARCHED
            )
    return None


def _of_digits(
    session: Session,
    written: Written,
    entries: list[tuple],
    rest: list[tuple],
    kind: str,
    finding: str,
    took: float = ONE_OFF,
) -> Verdict | None:
    """The verdict on values that are right but for their digits; None without a finding."""
    if not finding:
        return None
    evidence = of_entries(written, rest, session.evaluator.right(written.quantity))
    apart = Evidence(evidence.apart, evidence.apart)  # digits are written one entry after the other
    return _charged(session, written, entries, rest, [Cause((kind,), finding, took)], apart)


def _unexplained(session: Session, written: Written, entries: list[tuple]) -> Verdict:
    shown = [wording.shown(session.evaluator.right(written.quantity)[e]) for e in entries]
    which = "the printed value" if len(entries) == 1 else "these entries together"
    pairs = session.explainer.tries_pairs(written, entries)
    finding = (
        f"{pretty(written.quantity)} is {wording.shortened_list(shown, entries)} here; none of the "
        f"slips that were tried explains {which}"
        + (", alone or together with another one" if pairs else "")
    )
    return verdict_on(session, written, entries, verdicts.WRONG, finding)
