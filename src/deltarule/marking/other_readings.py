"""Wrong values that the givens of another printing explain, where a sheet prints one in two ways.

Most answers of a paper tell from which printing somebody worked, but those before the first slip,
and a slip alone, tell nothing; and a line may be looked up in the other place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from deltarule.marking import givens_printed_twice, verdicts
from deltarule.marking.session import Session
from deltarule.marking.verdicts import Verdict

Judged = Callable[[Session], list[Verdict]]


def by_other_readings(session: Session, found: list[Verdict], judged: Judged) -> list[Verdict]:
    """The verdicts, those by another reading of the givens where these explain what is wrong."""
    for other in session.others:
        if not any(v.verdict == verdicts.WRONG for v in found):
            break
        found = _better(session, other, found, judged(other))
    return found


def _better(
    session: Session, other: Session, found: list[Verdict], others: list[Verdict]
) -> list[Verdict]:
    said = f"with {givens_printed_twice.differing(session, other)}, "
    said += f"{givens_printed_twice.LEFT_OPEN}: "
    own, by_other = _by_quantity(found), _by_quantity(others)
    for quantity, verdicts_there in by_other.items():
        here = own.get(quantity, [])
        if _is_open(here) and not _is_open(verdicts_there):
            wrong = {q for q, some in own.items() if not all(v.right for v in some)}
            if all(wrong.issuperset(v.sources) for v in verdicts_there):
                own[quantity] = [_said(v, said) for v in verdicts_there]
    return [v for some in own.values() for v in some]


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
