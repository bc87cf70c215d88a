"""What right numbers cannot tell: mistakes of a recurrence that would print the same.

One time alone says nothing of the path through time, states of zero nothing of what they are
multiplied by, a symmetric matrix nothing of its transpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from deltarule.expressions.gradient_names import is_gradient
from deltarule.marking.mistakes.context import in_line
from deltarule.marking.session import Session
from deltarule.marking.verdicts import Verdict
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.spelling.names import pretty

#: So many are said.
MOST = 8


def hidden(session: Session, verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    """What cannot be decided of the quantities that are right; nothing without a recurrence."""
    if not session.evaluator.groups:
        return ()
    of: dict[str, list[str]] = {}
    found = list(verdicts)
    wrong = {v.quantity for v in found if not v.right}
    for name in dict.fromkeys(v.quantity for v in found if v.quantity not in wrong):
        if not is_gradient(name):
            continue
        for words in _same(session, name):
            of.setdefault(words, []).append(pretty(name))
    return tuple(
        f"these numbers cannot tell whether {words} (of {', '.join(names)})"
        for words, names in list(of.items())[:MOST]
    )


def _same(session: Session, name: str) -> Iterator[str]:
    """The mistakes under which a quantity would be what it is."""
    for place in session.explainer.places(name):
        if is_gradient(place):
            key = f"undetectable in {place}"
            same = session.once(key, name, lambda line, place=place: _words(session, line, place))
            yield from same if place == name else (f"{in_line(place)}, {w}" for w in same)


def _words(session: Session, name: str, place: str) -> list[str]:
    """The words for those in one line, which are the same for all answers to a sheet."""
    right = np.asarray(session.computation.floats.arrays[name], dtype=float)
    mistakes = session.often_hidden(place)
    rows = session.explainer.values(name, Hypothesis(), mistakes) if mistakes else None
    found = []
    for k, mistake in enumerate(mistakes):
        value = None if rows is None else rows[k]
        if value is None or np.isnan(value).any():  # as for what no row can be evaluated of
            value = session.explainer.quick(
                name, Hypothesis().with_variant(place, mistake.equation)
            )
        if value is not None and np.allclose(value, right, rtol=1e-12, atol=1e-15):
            found.append(mistake.words)
    return found
