"""Judging one quantity: right, carried, following, a named mistake, wrong, or undecided."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from deltarule.checking.show import finite
from deltarule.marking import digits, givens, verdicts, words
from deltarule.marking.desk import Desk
from deltarule.marking.explain import Explanation
from deltarule.marking.misprints import misprint
from deltarule.marking.nearby import is_subgradient
from deltarule.marking.paper import Written
from deltarule.marking.verdicts import Verdict
from deltarule.notation.names import pretty

#: How many other explanations are listed.
MOST_ALTERNATIVES = 5


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
    longer = digits.padded(written, desk.paper.rounding)
    if longer is not None:
        return _of_few_digits(desk, written, longer)
    return _judged(desk, written, entries, exact)


def _judged(desk: Desk, written: Written, entries: list, exact: np.ndarray) -> list[Verdict]:
    wrong = [e for e in entries if not desk.paper.matches(written.numbers[e], exact[e])]
    if not wrong:
        note = "right, written transposed" if written.transposed else ""
        return [verdict_on(desk, written, entries, verdicts.RIGHT, note)]
    found = desk.explainer.right(written, entries)
    if found is not None:
        return [_carried(desk, written, entries, found)]
    also_right = _from_other_givens(desk, written, entries) or _by_convention(
        desk, written, entries
    )
    if also_right is not None:
        return [also_right]
    found = desk.explainer.following(written, entries)
    if found is not None:
        return [_carried(desk, written, entries, found)]
    return _entry_by_entry(desk, written, entries, wrong)


def _of_few_digits(desk: Desk, written: Written, longer: Written) -> list[Verdict]:
    """Numbers with fewer digits than the sheet asks: right where the digits left out are zeros."""
    entries = [e for e, _ in written.printed()]
    exact = desk.bench.right(written.quantity)
    short = [e for e in entries if longer.numbers[e] is not written.numbers[e]]
    if not _rightly_worked(desk, longer, entries):
        few = [e for e in short if not _rightly_worked(desk, longer, [e])
               and _rightly_worked(desk, written, [e])]
        if few:
            rest = [e for e in entries if e not in few]
            asked = words.asked_digits(desk.paper.rounding)
            desk.explainer.carrying.not_right.add(written.quantity)
            return [
                replace(
                    verdict_on(desk, written, few, verdicts.TOO_FEW, f"the sheet asks for {asked}"),
                    expected=words.expected_text(longer, few, exact),
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
    finding = words.of_no_value(desk, written.quantity, entries[0])
    verdict = verdict_on(desk, written, entries, verdicts.UNDECIDED, finding)
    return [replace(verdict, expected="")]


def _of_rest(desk: Desk, written: Written, without: list) -> list[Verdict]:
    rest = [e for e, _ in written.printed() if e not in without]
    exact = desk.bench.right(written.quantity)
    return _judged(desk, part(written, rest), rest, exact) if rest else []


def part(written: Written, entries: list) -> Written:
    """Some entries of what is written, by themselves."""
    numbers = np.full(written.numbers.shape, None, dtype=object)
    for entry in entries:
        numbers[entry] = written.numbers[entry]
    return Written(written.quantity, numbers, written.transposed)


def _from_other_givens(desk: Desk, written: Written, entries: list) -> Verdict | None:
    """Values that are right from givens that the sheet prints in another place."""
    for other in desk.others:
        found = other.explainer.right(written, entries)
        if found is not None and not found.hypothesis.held & desk.explainer.carrying.not_right:
            finding = f"right with {givens.differing(desk, other)}, which the sheet leaves open"
            return verdict_on(other, written, entries, verdicts.RIGHT, finding)
    return None


def _by_convention(desk: Desk, written: Written, entries: list) -> Verdict | None:
    """A right gradient by another convention at ties and kinks, where the sheet fixes none."""
    if not desk.conventions or written.quantity in desk.course.network.tensors:
        return None
    found = desk.explainer.by_convention(written, entries)
    if found is not None:
        finding = words.of_convention(found.mistakes)
    elif "/d" in written.quantity and is_subgradient(desk.course, written, entries):
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
    source = desk.explainer.reached(written, rest)
    if source:
        return [_follows(desk, written, entries, source, "to the digits that are printed of it")]
    otherwise = _shortened_otherwise(desk, written, entries)
    if otherwise is not None:
        return [otherwise]
    explained = desk.explainer.wrong(written, entries)
    if explained:
        return [_mistaken(desk, written, entries, explained)]
    last = _last_digit(desk, written, rest)
    result = []
    fine = [e for e in entries if e not in rest]
    if fine:
        result.append(_of_fine(desk, written, fine, carried))
    if last is not None:
        return [*result, last]
    if len(rest) > 1:
        together = desk.explainer.wrong(written, rest)
        if together:
            return [*result, _mistaken(desk, written, rest, together)]
    for entry in rest:
        result.append(_one(desk, written, entry, whole=len(entries) == 1))
    return result


def _shortened_otherwise(desk: Desk, written: Written, entries: list) -> Verdict | None:
    """Right values whose digits were cut off where the sheet rounds, or the other way round."""
    rule = desk.paper.rounding.rule
    values = desk.explainer.right_values(
        written, entries, lambda v: bool(digits.by_another_rule(written, entries, v, rule))
    )
    if values is None:
        return None
    desk.explainer.carrying.not_right.add(written.quantity)
    finding = digits.by_another_rule(written, entries, values, rule)
    return verdict_on(
        desk, written, entries, verdicts.MISTAKE, finding, mistakes=("rounding rule",)
    )


def _last_digit(desk: Desk, written: Written, entries: list) -> Verdict | None:
    """Values that are one off in their last digit, or right but for how they are written."""
    exact, rule = desk.bench.right(written.quantity), desk.paper.rounding.rule
    for kind, found in (("last digit", digits.one_off), ("misprint", misprint)):
        finding = found(written, entries, exact, rule)
        if finding:
            desk.explainer.carrying.not_right.add(written.quantity)
            return verdict_on(
                desk, written, entries, verdicts.MISTAKE, finding, mistakes=(kind,)
            )
    return None


def _of_fine(desk: Desk, written: Written, fine: list, carried: dict) -> Verdict:
    if any(carried.get(e) is not None for e in fine):
        return _carried_in_parts(desk, written, fine, carried)
    return verdict_on(desk, written, fine, verdicts.RIGHT, "")


def _one(desk: Desk, written: Written, entry: tuple, whole: bool) -> Verdict:
    explained = [] if whole else desk.explainer.wrong(written, [entry])
    if explained:
        return _mistaken(desk, written, [entry], explained)
    desk.explainer.carrying.not_right.add(written.quantity)
    exact = desk.bench.right(written.quantity)[entry]
    finding = (
        f"{pretty(written.quantity)} is {words.shown(exact)} here; "
        "no single slip or pair of slips that is known explains the printed value"
    )
    return verdict_on(desk, written, [entry], verdicts.WRONG, finding)


def _carried(desk: Desk, written: Written, entries: list, found: Explanation) -> Verdict:
    bad = _not_right(desk, found)
    if found.earlier:
        sources = sorted({m.line for m in found.earlier}, key=list(desk.bench.equations).index)
        return _follows(desk, written, entries, sources, words.of_earlier(found.earlier))
    if bad:
        return _follows(desk, written, entries, bad, "as printed")
    finding = words.of_carried(desk, written, entries, found)
    return verdict_on(desk, written, entries, verdicts.CARRIED, finding)


def _follows(desk: Desk, written: Written, entries: list, sources: list, how: str) -> Verdict:
    desk.explainer.carrying.not_right.add(written.quantity)
    finding = words.of_following(sources, how)
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
    hows = dict.fromkeys(words.carrying(desk, f.hypothesis) for f in found)
    finding = f"right with {', or '.join(hows)}"
    return verdict_on(desk, written, entries, verdicts.CARRIED, finding)


def _mistaken(
    desk: Desk, written: Written, entries: list, explained: list[Explanation]
) -> Verdict:
    carrying = desk.explainer.carrying
    carrying.not_right.add(written.quantity)
    readings = carrying.diagnosed.setdefault(written.quantity, [])
    readings += [e.mistakes for e in explained if e.mistakes not in readings]
    sentences = list(dict.fromkeys(words.of_mistake(desk, written.quantity, e) for e in explained))
    others = tuple(sentences[1: 1 + MOST_ALTERNATIVES])
    kinds = tuple(m.kind for m in explained[0].mistakes)
    tried = sum(len(desk.mistakes(line)) for line in {m.line for m in explained[0].mistakes})
    if written.bits(entries) < math.log2(tried + 1) and len(sentences) > 1:
        finding = "the printed digits cannot tell: perhaps " + sentences[0]
        return verdict_on(desk, written, entries, verdicts.UNDECIDED, finding, others, kinds)
    return verdict_on(desk, written, entries, verdicts.MISTAKE, sentences[0], others, kinds)


def verdict_on(
    desk: Desk, written: Written, entries: list, verdict: str, finding: str,
    alternatives: tuple[str, ...] = (), mistakes: Iterable[str] = (),
) -> Verdict:
    """A verdict on some entries of a quantity, with the right and the printed numbers beside it."""
    exact = desk.bench.right(written.quantity)
    everything = len(entries) == sum(1 for _ in written.printed())
    single = len(entries) == 1 and written.numbers.size > 1
    return Verdict(
        written.quantity,
        entries[0] if single or not everything and len(entries) == 1 else None,
        verdict,
        finding,
        words.expected_text(written, entries, exact),
        words.given_text(written, entries),
        alternatives,
        tuple(mistakes),
        desk.number,
        _marks(desk, written.quantity),
    )


def _marks(desk: Desk, quantity: str) -> float:
    marks = desk.run.marks.get(quantity)
    return float(marks.value) if marks is not None else 1.0
