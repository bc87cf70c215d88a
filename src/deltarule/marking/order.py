"""The order in which quantities are judged: as computed, but causes before what follows from them.

In a recurrence every line comes before every other one, at an earlier time. So of lines that are
computed together, those come first that cannot have come of the printed values of the others.
"""

from __future__ import annotations

from collections.abc import Iterator

from deltarule.marking.aligned_answers import Written
from deltarule.marking.hypotheses import NO_VALUE
from deltarule.marking.hypothesis import Hypothesis
from deltarule.marking.reach import within_reach
from deltarule.marking.session import Desk


def computed(desk: Desk) -> list[Written]:
    """The written quantities in the order of computation; copied givens are left out."""
    return [desk.paper.written[n] for n in desk.bench.equations if n in desk.paper.written]


def causes_first(desk: Desk) -> Iterator[Written]:
    """The same, the causes of a recurrence before what follows from them."""
    done: set[str] = set()
    for written in computed(desk):
        if written.quantity in done:
            continue
        group = desk.bench.groups.get(written.quantity, {written.quantity})
        together = [w for w in computed(desk) if w.quantity in group]
        wrong = [w for w in together if _is_wrong(desk, w)] if len(together) > 1 else []
        first = [w for w in wrong if len(wrong) > 1 and not _comes_of_others(desk, w)]
        for one in (*first, written):
            if one.quantity not in done:
                done.add(one.quantity)
                yield one


def _is_wrong(desk: Desk, written: Written) -> bool:
    return bool(desk.paper.unlike(written, desk.bench.right(written.quantity)))


def _comes_of_others(desk: Desk, written: Written) -> bool:
    """Whether a line may have come of the printed values before it, with any digits behind them."""
    bench, name = desk.bench, written.quantity
    printed = frozenset(desk.explainer.carrying.printed_above(name))
    needed = bench.needs[name] & bench.equations.keys()
    bearing = printed & needed if needed <= printed else printed
    entries = [e for e, _ in written.printed()]
    try:
        return within_reach(bench, desk.paper, written, entries, Hypothesis(printed), bearing)
    except NO_VALUE:
        return False
