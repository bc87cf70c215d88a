"""What right numbers cannot tell: mistakes of a recurrence that would print the same.

One time alone says nothing of the path through time, states of zero nothing of what they are
multiplied by, a symmetric matrix nothing of its transpose.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from deltarule.expressions.gradient_names import is_gradient
from deltarule.marking.hypothesis import Hypothesis
from deltarule.marking.session import Session
from deltarule.marking.verdicts import Verdict
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


def _same(session: Session, name: str) -> Iterable[str]:
    """The mistakes under which a quantity would be what it is."""
    right = np.asarray(session.computation.floats.arrays[name], dtype=float)
    for place in session.explainer.places(name):
        if not is_gradient(place):
            continue
        for mistake in session.often_hidden(place):
            hypothesis = Hypothesis().with_variant(place, mistake.equation)
            value = session.explainer.quick(name, hypothesis)
            if value is not None and np.allclose(value, right, rtol=1e-12, atol=1e-15):
                yield mistake.words if place == name else f"in {pretty(place)}, {mistake.words}"
