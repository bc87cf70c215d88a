"""Values of a recurrence that were taken for right before what they rest on was judged.

In a recurrence every line comes before every other one, so a printed value may be carried on that
is only found wrong afterwards. What rests on it is not right: it follows.
"""

from __future__ import annotations

from deltarule.marking import verdicts
from deltarule.marking.judge import judge
from deltarule.marking.order import computed
from deltarule.marking.session import Session
from deltarule.marking.verdicts import Verdict


def judge_again(session: Session, of: dict[str, list[Verdict]]) -> dict[str, list[Verdict]]:
    """The verdicts by quantity, those anew that rest on printed values that are not right."""
    of, not_right = dict(of), session.explainer.carrying.not_right
    order, known = computed(session), set()
    while known != not_right:
        known = set(not_right)
        for written in order:
            name = written.quantity
            carried = all(v.verdict == verdicts.CARRIED for v in of[name])
            if name not in session.evaluator.groups or not carried or name in not_right:
                continue
            entries = [e for e, _ in written.printed()]
            if session.explainer.right(written, entries, without=not_right) is None:
                of[name] = judge(session, written)
    return of
