"""The order in which quantities are judged: as computed, but causes before what follows from them.

In a recurrence every line comes before every other one, at an earlier time. So of lines that are
computed together, those come first that cannot have come of the printed values of the others.
"""

from __future__ import annotations

from collections.abc import Iterator

from deltarule.marking.aligned_answers import Written
from deltarule.marking.reach import within_reach
from deltarule.marking.session import Session
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.no_value import NO_VALUE


def computed(session: Session) -> list[Written]:
    """The written quantities in the order of computation; copied givens are left out."""
    return [
        session.aligned.written[n]
        for n in session.evaluator.equations
        if n in session.aligned.written
    ]


def causes_first(session: Session) -> Iterator[Written]:
    """The same, the causes of a recurrence before what follows from them."""
    done: set[str] = set()
    for written in computed(session):
        if written.quantity in done:
            continue
        group = session.evaluator.groups.get(written.quantity, {written.quantity})
        together = [w for w in computed(session) if w.quantity in group]
        wrong = [w for w in together if _is_wrong(session, w)] if len(together) > 1 else []
        first = [w for w in wrong if len(wrong) > 1 and not _comes_of_others(session, w)]
        for one in (*first, written):
            if one.quantity not in done:
                done.add(one.quantity)
                yield one


def _is_wrong(session: Session, written: Written) -> bool:
    return bool(session.aligned.unlike(written, session.evaluator.right(written.quantity)))


def _comes_of_others(session: Session, written: Written) -> bool:
    """Whether a line may have come of the printed values before it, with any digits behind them."""
    evaluator, name = session.evaluator, written.quantity
    printed = frozenset(session.explainer.carrying.printed_above(name))
    needed = evaluator.needs[name] & evaluator.equations.keys()
    bearing = printed & needed if needed <= printed else printed
    entries = [e for e, _ in written.printed()]
    try:
        return within_reach(
            evaluator, session.aligned, written, entries, Hypothesis(printed), bearing
        )
    except NO_VALUE:
        return False
