"""Right answers that go with different givens, or with different conventions: said of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from deltarule.marking import givens_printed_twice, verdicts, wording
from deltarule.marking.session import Session
from deltarule.marking.verdicts import Verdict
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.no_value import NO_VALUE
from deltarule.spelling.names import pretty

#: Two sides that contradict each other: the quantities of each, and what is said of a side.
_Sides = tuple[list[str], list[str], str, str]


def said_both_ways(session: Session, found: list[Verdict]) -> list[Verdict]:
    """The verdicts, where right answers contradict each other with a note on each of them."""
    right = {v.quantity for v in found} - {v.quantity for v in found if not v.right}
    right &= session.evaluator.equations.keys() & session.aligned.written.keys()
    for one, two, of_one, of_two in (*_givens(session, found, right), *_kinks(session, found)):
        named_one, named_two = _named(session, one), _named(session, two)
        said = dict.fromkeys(one, (of_one, f"{named_two} as written goes with the other"))
        said |= dict.fromkeys(two, (of_two, f"{named_one} as written goes with the other"))
        found = [_noted(v, *said[v.quantity]) if v.quantity in said else v for v in found]
    return found


def _givens(session: Session, found: list[Verdict], right: set[str]) -> Iterator[_Sides]:
    """Answers from the other printing of a given, and those that are right with the first alone."""
    for other in session.others:
        said = f"right with {givens_printed_twice.differing(session, other)}, "
        said += givens_printed_twice.LEFT_OPEN
        theirs = [v.quantity for v in found if v.right and v.finding == said]
        ours = [q for q in right - {*theirs} if theirs and _otherwise(other, q)]
        if ours:
            own = f"right with {givens_printed_twice.differing(other, session)}, "
            yield theirs, ours, said, own + givens_printed_twice.LEFT_OPEN


def _kinks(session: Session, found: list[Verdict]) -> Iterator[_Sides]:
    """Gradients by another convention at ties and kinks, and those by the network's own alone."""
    plain = [v.quantity for v in found if v.verdict == verdicts.RIGHT and not v.finding]
    for verdict in found:
        if not verdict.finding.startswith(wording.BY_CONVENTION):
            continue
        written = session.aligned.written[verdict.quantity]
        taken = session.explainer.by_convention(written, list(verdict.entries))
        if taken is not None:
            otherwise = Hypothesis(variants=taken.hypothesis.variants)
            ours = [q for q in plain if q in session.evaluator.equations]
            ours = [q for q in ours if _unlike(session, q, otherwise)]
            if ours:
                own = "right by the network's own convention at this kink or tie"
                yield [verdict.quantity], ours, verdict.finding, own


def _otherwise(other: Session, quantity: str) -> bool:
    """Whether what is written of a line is another value than by these givens."""
    written = other.aligned.written[quantity]
    return bool(other.aligned.unlike(written, other.evaluator.right(quantity)))


def _unlike(session: Session, quantity: str, hypothesis: Hypothesis) -> bool:
    """Whether a hypothesis gives a line another value than is written of it."""
    written = session.aligned.written[quantity]
    try:
        values = session.evaluator.value(quantity, hypothesis)
    except NO_VALUE:
        return False
    return bool(session.aligned.unlike(written, values))


def _noted(verdict: Verdict, side: str, note: str) -> Verdict:
    before = verdict.finding
    first = before if not before or before == side else f"{before}; {side}"
    return replace(verdict, finding=f"{first or side}; {note}")


def _named(session: Session, quantities: Iterable[str]) -> str:
    return ", ".join(map(pretty, sorted(quantities, key=list(session.evaluator.equations).index)))
