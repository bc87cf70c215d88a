"""Wrong values that the givens of another printing explain, where a sheet prints one in two ways.

Most answers of a paper tell from which printing somebody worked, but those before the first slip,
and a slip alone, tell nothing; and a line may be looked up in the other place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from deltarule.marking import givens_printed_twice, verdicts
from deltarule.marking.aligned_answers import Written
from deltarule.marking.judge import judge
from deltarule.marking.order import causes_first
from deltarule.marking.pairs import plain_carryings
from deltarule.marking.session import Session
from deltarule.marking.verdicts import Verdict


def by_other_readings(session: Session, found: list[Verdict]) -> list[Verdict]:
    """The verdicts, those by another reading of the givens where these explain what is wrong."""
    for other in session.others:
        wrong = {v.quantity for v in found if v.verdict == verdicts.WRONG}
        if not wrong or session.run.at == "after":
            break
        found = _better(session, other, found, wrong)
    return found


def _better(
    session: Session, other: Session, found: list[Verdict], wrong: set[str]
) -> list[Verdict]:
    said = f"with {givens_printed_twice.differing(session, other)}, "
    said += f"{givens_printed_twice.LEFT_OPEN}: "
    own = _by_quantity(found)
    # What was wrong before is carried on as printed here, too.
    not_right = {q for q, some in own.items() if not all(v.right for v in some)}
    other.explainer.carrying.not_right |= not_right - wrong
    for written in causes_first(other):
        if written.quantity not in wrong or not _promising(other, written):
            continue
        there = judge(other, written)
        if not _is_open(there) and all(not_right.issuperset(v.sources) for v in there):
            own[written.quantity] = [_said(v, said) for v in there]
    return [v for some in own.values() for v in some]


def _promising(other: Session, written: Written) -> bool:
    """Whether some mistake comes near to what is written, by a quick look."""
    explainer, quantity = other.explainer, written.quantity
    entries = [entry for entry, _ in written.printed()]
    ways = [way for _, way in plain_carryings(explainer.carrying.printed_above(quantity))]
    lists = [*map(explainer.doubts.all, explainer.places(quantity))]
    lists.append(explainer.doubts.seldom(quantity))
    likely = explainer.shortlist.likely
    return any(likely(written, entries, ways, explainer.sets_of(one)).any() for one in lists)


def _is_open(found: Iterable[Verdict]) -> bool:
    """Whether something is wrong without a cause."""
    return any(v.verdict == verdicts.WRONG for v in found)


def _said(verdict: Verdict, said: str) -> Verdict:
    return replace(verdict, finding=f"{said}{verdict.finding or 'right'}")


def _by_quantity(found: Iterable[Verdict]) -> dict[str, list[Verdict]]:
    of: dict[str, list[Verdict]] = {}
    for verdict in found:
        of.setdefault(verdict.quantity, []).append(verdict)
    return of
