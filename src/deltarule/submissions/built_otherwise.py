"""Functions whose answer is built otherwise than the course's: one array for two, a tuple for a
table."""

from __future__ import annotations

from collections.abc import Sequence

from deltarule.submissions.exposing_settings import Setting
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict, Obstacle
from deltarule.submissions.task_calls import Given
from deltarule.submissions.unfinished_code import nothing


def built_otherwise(found: FunctionFinding, answered: Sequence[tuple[Setting, Given]]) -> None:
    """Say in a finding that what its function returns is built otherwise, if it is so everywhere.

    Whoever calls it as the course does cannot take it apart, right as its numbers may be.
    """
    own = [g for _, g in answered if g.outcome is not None and not nothing(g.outcome.value)]
    if not own or not all(g.unlike for g in own):
        return
    found.obstacle = Obstacle.ANSWER
    right = [o.name for o in found.outputs if o.right and not o.wrong]
    found.verdict = FunctionVerdict.PARTLY if right else FunctionVerdict.WRONG
    is_right = f"{' and '.join(right)} {'is' if len(right) == 1 else 'are'} right, but it "
    found.finding = f"{is_right if right else ''}{own[0].unlike}"
    found.remedy = f"return {own[0].wanted}"
