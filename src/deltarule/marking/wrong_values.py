"""Entries that no right working prints: what is wrong with them, as far as the digits tell."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from deltarule.marking import digit_habits, verdicts, wording
from deltarule.marking.aligned_answers import Written
from deltarule.marking.charges import MOST_ALTERNATIVES, Cause
from deltarule.marking.entries import verdict_on
from deltarule.marking.evidence import Evidence, of_entries, searched
from deltarule.marking.explanation import Explanation
from deltarule.marking.misprints import misprint
from deltarule.marking.session import Desk
from deltarule.marking.verdicts import Verdict
from deltarule.spelling.names import pretty


def judge_wrong(
    desk: Desk,
    written: Written,
    entries: list[tuple],
    rest: list[tuple],
    of_fine: Callable[[list[tuple]], Verdict],
) -> list[Verdict]:
    """The verdicts on `entries`, of which `rest` come of no right working.

    One cause for the whole line is looked for first, then one for the wrong entries, then one for
    each. `of_fine` gives the verdict on entries that are right or follow.
    """
    desk.explainer.carrying.not_right.add(written.quantity)
    found = _of_line(desk, written, entries, rest)
    if len(found) == 1 and len(found[0].entries) == len(entries):
        return found
    fine = [e for e in entries if e not in rest]
    return [of_fine(fine), *found] if fine else found


def _of_line(
    desk: Desk, written: Written, entries: list[tuple], rest: list[tuple]
) -> list[Verdict]:
    """One verdict on all wrong entries if there can be one, else several."""
    last = _shortened_otherwise(desk, written, entries, rest) or _of_digits(
        desk, written, rest, rest, "last digit", _found(desk, written, rest, digit_habits.one_off)
    )
    if last is not None:
        return [last]
    explained = _simplest(desk.explainer.wrong(written, entries))
    if explained:
        return [_mistaken(desk, written, entries, rest, explained)]
    said, took = misprint(desk.explainer, written, rest)
    misprinted = _of_digits(desk, written, rest, rest, "misprint", said, took)
    if misprinted is not None:
        return [misprinted]
    together = _simplest(desk.explainer.wrong(written, rest)) if len(rest) < len(entries) else []
    if together:
        return [_mistaken(desk, written, rest, rest, together)]
    alone = _each_alone(desk, written, rest) if len(rest) > 1 else {}
    left = [e for e in rest if e not in alone]
    return [*alone.values(), *([_unexplained(desk, written, left)] if left else [])]


def _each_alone(desk: Desk, written: Written, rest: list[tuple]) -> dict[tuple, Verdict]:
    """Entries with a cause of their own that their digits prove, whatever the others are."""
    exact, found = desk.bench.right(written.quantity), {}
    choice = np.log2(len(rest))
    for entry in rest:
        told = of_entries(written, [entry], exact)
        if not told.beyond(choice + 1):
            continue
        explained = _simplest(desk.explainer.wrong(written, [entry]))
        if explained and told.beyond(
            choice + searched(desk.explainer, written, [entry], explained[0], told)
        ):
            found[entry] = _mistaken(desk, written, [entry], [entry], explained)
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
    desk: Desk,
    written: Written,
    entries: list[tuple],
    wrong: list[tuple],
    explained: list[Explanation],
) -> Verdict:
    """The verdict on entries that mistakes explain; they are carried on from here."""
    readings = desk.explainer.carrying.diagnosed.setdefault(written.quantity, [])
    readings += [e.mistakes for e in explained if e.mistakes not in readings]
    told = of_entries(written, wrong, desk.bench.right(written.quantity))
    causes: dict[str, Cause] = {}
    for e in explained:
        sentence = wording.of_mistake(desk, written.quantity, e)
        if sentence not in causes and len(causes) <= MOST_ALTERNATIVES:
            took = searched(desk.explainer, written, wrong, e, told)
            kinds = tuple(m.kind for m in e.mistakes)
            causes[sentence] = Cause(kinds, sentence, took, e.mistakes)
    return _charged(desk, written, entries, wrong, list(causes.values()), told)


def _charged(
    desk: Desk,
    written: Written,
    entries: list[tuple],
    wrong: list[tuple],
    causes: list[Cause],
    told: Evidence,
) -> Verdict:
    """A mistake in the whole line if it is proved, else a verdict on the wrong entries."""
    proved = told.beyond(causes[0].searched)
    covered = entries if proved else wrong
    verdict = verdict_on(desk, written, covered, verdicts.MISTAKE, "", wrong=wrong)
    return desk.ledger.verdict(verdict, causes, told)


def _shortened_otherwise(
    desk: Desk, written: Written, entries: list[tuple], rest: list[tuple]
) -> Verdict | None:
    """Right values whose digits were cut off where the sheet rounds, or the other way round."""
    rule = desk.paper.rounding.rule
    values = desk.explainer.right_values(
        written, entries, lambda v: bool(digit_habits.by_another_rule(written, entries, v, rule))
    )
    if values is None:
        return None
    finding = digit_habits.by_another_rule(written, entries, values, rule)
    earlier = desk.ledger.habits.setdefault(finding, written.quantity)
    if earlier != written.quantity:
        told = f"{finding}, as {pretty(earlier)} is"
        return verdict_on(desk, written, entries, verdicts.FOLLOWS, told)
    return _of_digits(desk, written, entries, rest, "rounding rule", finding)


def _found(desk: Desk, written: Written, entries: list[tuple], slip: Callable[..., str]) -> str:
    exact, rule = desk.bench.right(written.quantity), desk.paper.rounding.rule
    return slip(written, entries, exact, rule)


def _of_digits(
    desk: Desk,
    written: Written,
    entries: list[tuple],
    rest: list[tuple],
    kind: str,
    finding: str,
    took: float = 1.0,
) -> Verdict | None:
    """The verdict on values that are right but for their digits; None without a finding."""
    if not finding:
        return None
    told = of_entries(written, rest, desk.bench.right(written.quantity))
    apart = Evidence(told.apart, told.apart)  # digits are written one entry after the other
    return _charged(desk, written, entries, rest, [Cause((kind,), finding, took)], apart)


def _unexplained(desk: Desk, written: Written, entries: list[tuple]) -> Verdict:
    shown = [wording.shown(desk.bench.right(written.quantity)[e]) for e in entries]
    which = "the printed value" if len(entries) == 1 else "these entries together"
    finding = (
        f"{pretty(written.quantity)} is {wording.listed(shown)} here; "
        f"no single slip or pair of slips that is known explains {which}"
    )
    return verdict_on(desk, written, entries, verdicts.WRONG, finding)
