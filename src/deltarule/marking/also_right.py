"""Values that are right in another way: from a given's other printing, by another convention."""

from __future__ import annotations

from deltarule.expressions.gradient_names import is_gradient
from deltarule.marking import givens_printed_twice, verdicts, wording
from deltarule.marking.aligned_answers import Written
from deltarule.marking.entries import verdict_on
from deltarule.marking.nearby import is_subgradient
from deltarule.marking.session import Session
from deltarule.marking.verdicts import Verdict


def from_other_givens(session: Session, written: Written, entries: list) -> Verdict | None:
    """Values that are right from givens that the sheet prints in another place."""
    for other in session.others:
        found = other.explainer.right(written, entries)
        if (
            found is not None
            and not found.hypothesis.as_printed & session.explainer.carrying.not_right
        ):
            differing = givens_printed_twice.differing(session, other)
            finding = f"right with {differing}, {givens_printed_twice.LEFT_OPEN}"
            return verdict_on(other, written, entries, verdicts.RIGHT, finding)
    return None


def by_convention(session: Session, written: Written, entries: list) -> Verdict | None:
    """A right gradient by another convention at ties and kinks, where the sheet fixes none."""
    if not session.conventions or written.quantity in session.computation.network.tensors:
        return None
    found = session.explainer.by_convention(written, entries)
    if found is not None:
        finding = wording.of_convention(found.mistakes)
    elif is_gradient(written.quantity) and is_subgradient(session.computation, written, entries):
        finding = "right: one of the subgradients at this kink or tie, where any of them counts"
    else:
        return None
    return verdict_on(session, written, entries, verdicts.RIGHT, finding)
