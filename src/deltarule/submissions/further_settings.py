"""A wrong function tried where it may be right alone: on square images, at N = D, with γ = 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import lru_cache

from deltarule.sandbox.submission import Submission
from deltarule.submissions.exposing_settings import Setting
from deltarule.submissions.right_task import RightTask
from deltarule.submissions.special_settings import Special, special_settings
from deltarule.submissions.task_check import Observed, TaskCheck
from deltarule.submissions.where_wrong import condition_of, tells

#: So many settings at which a wrong function is right are tried again, with other numbers each.
MOST_VARIED, VARIED = 8, 3


def try_further(
    seen: Observed, right: RightTask, open_: Callable[[], Submission], chosen: Mapping[int, str]
) -> bool:
    """Try a wrong function where mistakes are hidden; whether it is right anywhere at first.

    Where all of a group hold at once it is tried first: what is wrong there is wrong at each. Where
    it is right it is tried with other numbers, too, which may have been so by chance. What it did
    is added to what was seen.
    """
    bad, good = _parted(seen)
    if not bad or right.task.recovered or all(s.again for s in bad):
        return False
    check, anywhere = TaskCheck(right, open_, chosen), bool(good)
    if not good or not condition_of(bad, good):
        for together, alone in special_settings(right).groups:
            if good or together is not None and _right_at(check, seen, together):
                _try(check, seen, alone)
    good = _parted(seen)[1]
    for setting in [s for s in dict.fromkeys(good) if s.numbers == "usual"][:MOST_VARIED]:
        for number in range(1, VARIED + 1):
            check.observe_further(seen, _varied(setting, number))
    return anywhere or bool(good)


@lru_cache(maxsize=1024)
def _varied(setting: Setting, number: int) -> Setting:
    """A setting with other numbers of the same kind."""
    return replace(setting, seed=setting.seed + 1000 * number)


def _try(check: TaskCheck, seen: Observed, alone: Sequence[Special]) -> None:
    known = {s for s, _ in seen.at}
    for one in alone:
        if one.setting not in known:
            known.add(one.setting)
            check.observe_further(seen, one.setting)
    seen.further += [(one.words, one.holds) for one in alone]


def _right_at(check: TaskCheck, seen: Observed, setting: Setting) -> bool:
    """Whether what is wrong elsewhere is right at a setting, some of it at least."""
    tried = copy(seen)
    tried.at, tried.outputs, tried.rights = [], {}, {}
    check.observe_further(tried, setting)
    wrong = {n for n, o in seen.outputs.items() if o.wrong}
    if not wrong:
        return bool(tried.answered) and not any(o.wrong for o in tried.outputs.values())
    return any(not tried.outputs[n].wrong for n in wrong & tried.outputs.keys())


def _parted(seen: Observed) -> tuple[list[Setting], list[Setting]]:
    """Where it is wrong, and where what is wrong elsewhere is right; of a function that raises
    errors and is right else, where it does, and where it does not."""
    outputs, answered = [o for o in seen.outputs.values() if o.wrong], seen.answered
    bad = [s for s, g in seen.at if g.outcome is not None and s not in answered]
    if not outputs:
        return bad, answered
    bad += [s for o in outputs for s, _ in o.mistaken]
    return bad, [s for o in outputs for s in o.exact if s not in bad and tells(s)]
