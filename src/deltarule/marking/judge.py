"""Judging one quantity: right, carried, following, a named mistake, wrong, or undecided."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from deltarule.expressions.gradient_names import is_gradient
from deltarule.marking import digit_habits, givens_printed_twice, verdicts, wording
from deltarule.marking.aligned_answers import Written
from deltarule.marking.charges import told_of_following
from deltarule.marking.entries import part, verdict_on
from deltarule.marking.explanation import Explanation
from deltarule.marking.hypotheses import NO_VALUE
from deltarule.marking.hypothesis import Hypothesis
from deltarule.marking.nearby import is_subgradient
from deltarule.marking.reach import reach
from deltarule.marking.session import Desk
from deltarule.marking.verdicts import Verdict
from deltarule.marking.wrong_values import judge_wrong
from deltarule.tracing.format_numbers import finite


def judge(desk: Desk, written: Written) -> list[Verdict]:
    """The verdicts on a quantity: one for all its entries if they are alike, else one for each.

    Quantities are judged in the order of computation: what is found wrong is remembered, so that
    later ones may follow from it.
    """
    entries = [e for e, _ in written.printed()]
    exact = desk.bench.right(written.quantity)
    nowhere = [e for e in entries if not finite(exact[e])]
    if nowhere:
        return [*_without_value(desk, written, nowhere), *_of_rest(desk, written, nowhere)]
    longer = digit_habits.padded(written, desk.paper.rounding)
    if longer is not None:
        return _of_few_digits(desk, written, longer)
    finer = digit_habits.coarse(written, exact) if desk.paper.rounding.exact else None
    if finer is not None and _without_new_mistake(desk, written, entries):
        return [_of_coarse_digits(desk, written, finer, entries)]
    return _judged(desk, written, entries, exact)


def _of_coarse_digits(desk: Desk, written: Written, finer: Written, entries: list) -> Verdict:
    """Numbers of which nearly every digit is cut away, where the sheet does not say how many."""
    desk.explainer.carrying.not_right.add(written.quantity)
    finding = "so few digits do not show that it was worked out; write at least two figures"
    verdict = verdict_on(desk, written, entries, verdicts.TOO_FEW, finding)
    exact, rule = desk.bench.right(written.quantity), desk.paper.rounding.rule
    return replace(verdict, expected=wording.expected_text(finer, entries, exact, rule))


def _judged(desk: Desk, written: Written, entries: list, exact: np.ndarray) -> list[Verdict]:
    settled = accounted(desk, written, entries, exact)
    if settled is not None:
        return [settled]
    wrong = desk.paper.unlike(written, exact, entries)
    return _entry_by_entry(desk, written, entries, wrong)


def accounted(desk: Desk, written: Written, entries: list, exact: np.ndarray) -> Verdict | None:
    """The verdict on entries that are right or follow, all in one way; None without one."""
    wrong = desk.paper.unlike(written, exact, entries)
    if not wrong:
        note = "right, written transposed" if written.transposed else ""
        return verdict_on(desk, written, entries, verdicts.RIGHT, note)
    found = desk.explainer.right(written, entries)
    if found is not None:
        return _carried(desk, written, entries, found)
    also_right = _from_other_givens(desk, written, entries) or _by_convention(
        desk, written, entries
    )
    if also_right is not None:
        return also_right
    found = desk.explainer.following(written, entries)
    return None if found is None else _carried(desk, written, entries, found)


def _of_few_digits(desk: Desk, written: Written, longer: Written) -> list[Verdict]:
    """Numbers with fewer digits than the sheet asks: right where the digits left out are zeros."""
    entries = [e for e, _ in written.printed()]
    exact = desk.bench.right(written.quantity)
    short = [e for e in entries if longer.numbers[e] is not written.numbers[e]]
    if not _rightly_worked(desk, longer, entries):
        few = [
            e
            for e in short
            if not _rightly_worked(desk, longer, [e]) and _rightly_worked(desk, written, [e])
        ]
        if few:
            rest = [e for e in entries if e not in few]
            asked = wording.asked_digits(desk.paper.rounding)
            desk.explainer.carrying.not_right.add(written.quantity)
            return [
                replace(
                    verdict_on(desk, written, few, verdicts.TOO_FEW, f"the sheet asks for {asked}"),
                    expected=wording.expected_text(longer, few, exact, desk.paper.rounding.rule),
                ),
                *(_judged(desk, part(written, rest), rest, exact) if rest else ()),
            ]
    return _judged(desk, written, entries, exact)


def _rightly_worked(desk: Desk, written: Written, entries: list) -> bool:
    """Whether entries come of right working from right values."""
    found = desk.explainer.right(written, entries)
    return found is not None and not _not_right(desk, found)


def _without_value(desk: Desk, written: Written, entries: list) -> list[Verdict]:
    """Entries of which the right value is infinite or none at all."""
    finding = wording.of_no_value(desk, written.quantity, entries[0])
    verdict = verdict_on(desk, written, entries, verdicts.UNDECIDED, finding)
    return [replace(verdict, expected="")]


def _of_rest(desk: Desk, written: Written, without: list) -> list[Verdict]:
    rest = [e for e, _ in written.printed() if e not in without]
    exact = desk.bench.right(written.quantity)
    return _judged(desk, part(written, rest), rest, exact) if rest else []


def _from_other_givens(desk: Desk, written: Written, entries: list) -> Verdict | None:
    """Values that are right from givens that the sheet prints in another place."""
    for other in desk.others:
        found = other.explainer.right(written, entries)
        if found is not None and not found.hypothesis.held & desk.explainer.carrying.not_right:
            differing = givens_printed_twice.differing(desk, other)
            finding = f"right with {differing}, which the sheet leaves open"
            return verdict_on(other, written, entries, verdicts.RIGHT, finding)
    return None


def _by_convention(desk: Desk, written: Written, entries: list) -> Verdict | None:
    """A right gradient by another convention at ties and kinks, where the sheet fixes none."""
    if not desk.conventions or written.quantity in desk.course.network.tensors:
        return None
    found = desk.explainer.by_convention(written, entries)
    if found is not None:
        finding = wording.of_convention(found.mistakes)
    elif is_gradient(written.quantity) and is_subgradient(desk.course, written, entries):
        finding = "right: one of the subgradients at this kink or tie, where any of them counts"
    else:
        return None
    return verdict_on(desk, written, entries, verdicts.RIGHT, finding)


def _without_new_mistake(desk: Desk, written: Written, entries: list) -> Explanation | None:
    """Right working, or earlier mistakes carried on."""
    explainer = desk.explainer
    return explainer.right(written, entries) or explainer.following(written, entries)


def _entry_by_entry(
    desk: Desk, written: Written, entries: list[tuple], wrong: list[tuple]
) -> list[Verdict]:
    """Entries that no one right way of working prints together."""
    carried = {e: _without_new_mistake(desk, written, [e]) for e in wrong}
    rest = [e for e in wrong if carried[e] is None]
    if not rest:
        return [_carried_in_parts(desk, written, entries, carried)]
    rule = desk.paper.rounding.rule
    twice = desk.explainer.right_values(
        written, entries, lambda v: digit_habits.rounded_twice(written, entries, v, rule)
    )
    if twice is not None:
        finding = "right if it is rounded twice: to one digit more, and then again"
        return [verdict_on(desk, written, entries, verdicts.CARRIED, finding)]
    source = desk.explainer.reached(written, rest)
    if source:
        return [_follows(desk, written, entries, source, "to the digits that are printed of it")]
    return judge_wrong(
        desk, written, entries, rest, lambda fine: _of_fine(desk, written, fine, carried)
    )


def _of_fine(desk: Desk, written: Written, fine: list, carried: dict) -> Verdict:
    if any(carried.get(e) is not None for e in fine):
        return _carried_in_parts(desk, written, fine, carried)
    return verdict_on(desk, written, fine, verdicts.RIGHT, "")


def _carried(desk: Desk, written: Written, entries: list, found: Explanation) -> Verdict:
    bad = _not_right(desk, found)
    if found.earlier:
        _tell_of(desk, written, entries, found)
        sources = _charged_with(desk, written.quantity, found)
        return _follows(desk, written, entries, sources, wording.of_earlier(sources))
    if bad:
        return _follows(desk, written, entries, bad, "as printed")
    finding = wording.of_carried(desk, written, entries, found)
    return verdict_on(desk, written, entries, verdicts.CARRIED, finding)


def _charged_with(desk: Desk, quantity: str, found: Explanation) -> list[str]:
    """The lines with the mistakes that are carried on: where they were made, and where those were
    charged that gradients carry back."""
    diagnosed = desk.explainer.carrying.diagnosed
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
    return sorted(lines, key=list(desk.bench.equations).index)


def _tell_of(desk: Desk, written: Written, entries: list, found: Explanation) -> None:
    """Note what the digits tell of the earlier mistakes that they come of."""
    bench, not_right = desk.bench, desk.explainer.carrying.not_right
    wrong = frozenset(desk.explainer.carrying.printed_above(written.quantity)) & not_right
    room = None
    if wrong:
        try:
            room = reach(bench, desk.paper, written.quantity, Hypothesis(wrong), wrong)
        except NO_VALUE:
            room = np.zeros(written.numbers.shape)
    told = told_of_following(written, entries, bench.right(written.quantity), room)
    desk.ledger.carried_on(found.earlier, told)


def _follows(desk: Desk, written: Written, entries: list, sources: list, how: str) -> Verdict:
    desk.explainer.carrying.not_right.add(written.quantity)
    finding = wording.of_following(sources, how)
    return verdict_on(desk, written, entries, verdicts.FOLLOWS, finding)


def _not_right(desk: Desk, found: Explanation) -> list[str]:
    """The lines that are not right and whose printed values were carried on."""
    bad = found.hypothesis.held & desk.explainer.carrying.not_right
    return sorted(bad, key=list(desk.bench.equations).index)


def _carried_in_parts(desk: Desk, written: Written, entries: list, carried: dict) -> Verdict:
    found = [f for f in carried.values() if f is not None]
    following = next((f for f in found if f.earlier or _not_right(desk, f)), None)
    if following is not None:
        return _carried(desk, written, entries, following)
    hows = dict.fromkeys(wording.carrying(desk, f.hypothesis) for f in found)
    finding = f"right with {', or '.join(hows)}"
    return verdict_on(desk, written, entries, verdicts.CARRIED, finding)
