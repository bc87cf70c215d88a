"""Functions that could not be called, or that raised an error: what is said of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from deltarule.sandbox import Outcome, Verdict
from deltarule.submissions.call_text import written
from deltarule.submissions.exposing_settings import Setting
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict, Obstacle
from deltarule.submissions.reading import SubmittedFile
from deltarule.submissions.reading.stand_ins import NotHandedIn, OneEntry
from deltarule.submissions.task_calls import Given
from deltarule.submissions.task_check import ANSWERED, Observed
from deltarule.submissions.unfinished_code import always_none, unfinished_name
from deltarule.submissions.where_wrong import where_wrong

#: What is raised where a table is empty, or a name is not there.
_LACKING = ("KeyError", "NameError", "IndexError", "AttributeError", "TypeError", "LookupError")
#: What NumPy raises where an array of one entry stands for a number, as it might until 2.3.
ARRAY_FOR_NUMBER = ("only 0-dimensional arrays can be converted to Python scalars",)
#: What the quotient of two integers leads to in code that was written for Python 2.
QUOTIENT = "'float' object cannot be interpreted as an integer"


def not_called(seen: Observed, found: FunctionFinding) -> None:
    """Say in a finding that its function was given nothing to work on, if it was not."""
    needs = [g.needs for _, g in seen.at if g.needs]
    if 2 * len(needs) > len(seen.at):
        # Where so little is tried, as at sizes that are all equal, mistakes may hide.
        where = "; ".join(dict.fromkeys(s.words for s in seen.answered))
        found.verdict, found.obstacle = FunctionVerdict.UNCHECKED, Obstacle.NOTHING_GIVEN
        found.finding = f"needs {needs[0]}, which no function before it gives"
        found.finding += f" but at {where}" if where else ""
        found.remedy = "hand in the function that gives it as well, and let it work"
    elif not seen.at:
        found.verdict = FunctionVerdict.UNCHECKED
        found.finding = "there is no setting at which it could be tried"


def not_answered(
    seen: Observed, found: FunctionFinding, answered: Sequence[tuple[Setting, Given]]
) -> None:
    """Say in a finding that its function raised an error or was stopped: at all settings, or at
    some."""
    failed = [
        (s, g, g.outcome) for s, g in seen.at if g.outcome and g.outcome.verdict not in ANSWERED
    ]
    if not failed:
        return
    setting, given, outcome = failed[0]
    raised = outcome.verdict in (Verdict.RAISED, Verdict.CRASHED)
    if answered and all(_asserts(s, o) for s, _, o in failed):
        found.notes.append(f"where windows leave a remainder it {outcome}")
        return
    if not answered and (_missing(seen, found, outcome) or _otherwise_called(seen, found, outcome)):
        return
    good = [s for s, _ in answered]
    where = where_wrong([s for s, *_ in failed], good, "crashes", seen.further)
    also_wrong = any(o.wrong for o in found.outputs)
    where = where if raised and not (also_wrong and where.startswith("right")) else ""
    often = 4 * len(answered) >= len(seen.at)
    if outcome.verdict is Verdict.RAISED and often and any(o.wrong for o in found.outputs):
        # What is wrong where it answers counts for more.
        found.notes.append(f"{outcome}, {where or f'at {setting.words}'}")
        return
    found.line = outcome.line or found.line
    found.raised = outcome.detail if outcome.verdict is Verdict.RAISED else ""
    if found.raised.startswith(f"{NotHandedIn.__name__}: "):
        found.verdict = FunctionVerdict.UNCHECKED
        found.finding = outcome.detail.partition(": ")[2]
        return
    found.verdict = FunctionVerdict.CRASHED if raised else FunctionVerdict.STOPPED
    if outcome.verdict is Verdict.RAISED and any(o.right for o in found.outputs):
        found.verdict = FunctionVerdict.PARTLY
    found.finding = f"{outcome}, {where}" if where else str(outcome)
    found.remedy = _remedy(outcome, given)


def _remedy(outcome: Outcome, given: Given) -> str:
    if outcome.detail.endswith(QUOTIENT) and outcome.line:
        return "write // where integers are divided, or, for Python 2, check with --compat"
    if any(words in outcome.detail for words in ARRAY_FOR_NUMBER):
        return "write .item() behind an array of one entry: NumPy takes it as a number until 2.3"
    return f"call it yourself{f' with {given.arguments}' if given.arguments else ''}"


def _asserts(setting: Setting, outcome: Outcome) -> bool:
    """Whether it says by an assertion that windows are to fit exactly."""
    return not setting.exact and outcome.detail.partition(":")[0] == "AssertionError"


def _missing(seen: Observed, found: FunctionFinding, outcome: Outcome) -> bool:
    """Whether its class has no such method."""
    if outcome.verdict is not Verdict.MISSING:
        return False
    owner, _, own = seen.name.rpartition(".")
    found.verdict, found.obstacle = FunctionVerdict.UNCHECKED, Obstacle.NO_FUNCTION
    found.finding = f"{owner or 'the file'} has no {'method' if owner else 'function'} {own}"
    found.remedy = "write it, or check the class with --function and --like"
    return True


def _otherwise_called(seen: Observed, found: FunctionFinding, outcome: Outcome) -> bool:
    """Whether the call itself failed: it takes other arguments than those of the task."""
    own = "__init__" if seen.call.kind == "class" else seen.name.rpartition(".")[2]
    called = rf"TypeError: ([\w.]+\.)?{re.escape(own)}\(\) (takes|missing|got an unexpected)\b"
    none = rf"TypeError: {re.escape(seen.name)}\(\) takes no arguments"
    if not (re.match(called, outcome.detail) or re.match(none, outcome.detail)):
        return False
    found.verdict, found.obstacle = FunctionVerdict.UNCHECKED, Obstacle.ARGUMENTS
    found.finding = f"takes other arguments than {written(seen.name, seen.call)}"
    found.remedy = "name its parameters as the task does, or choose another --convention"
    return True


def with_other_attributes(seen: Observed, found: FunctionFinding) -> None:
    """That what is not right may be so as its objects have none of the task's attributes."""
    lacking = {name: None for _, g in seen.at for name in g.lacks}
    wrong = (FunctionVerdict.WRONG, FunctionVerdict.PARTLY, FunctionVerdict.CRASHED)
    # Zeros come of other weights; what is None is an attribute that it has by another name.
    own = bool(found.outputs) and set(always_none(found)) <= set(seen.call.reads.values())
    otherwise = found.verdict is FunctionVerdict.UNFINISHED and own
    if not lacking or not (found.verdict in wrong or otherwise):
        return
    owner = seen.name.partition(".")[0]
    found.verdict, found.obstacle = FunctionVerdict.UNCHECKED, Obstacle.ATTRIBUTES
    found.finding = f"objects of {owner} have no {' and no '.join(lacking)}, which the task sets"
    found.remedy = "name its attributes as the task does, or choose another --convention"
    found.notes = []


def without_statement(found: FunctionFinding, unfilled: Mapping[str, tuple[str, str]]) -> None:
    """That a crash may be for a statement that did not run: see `unfilled_names`."""
    name, place = unfilled.get(found.name.partition(".")[0], ("", ""))
    if name and found.verdict is FunctionVerdict.CRASHED and found.raised.startswith(_LACKING):
        found.verdict = FunctionVerdict.UNCHECKED
        found.finding += f"; {name} is filled at {place}, which did not run: only definitions run"
        found.remedy = f"fill {name} in the statement that makes it, or within a function"


def for_unfinished_code(
    seen: Observed,
    found: FunctionFinding,
    before: Sequence[tuple[FunctionFinding, Observed]],
    body: Sequence[ast.stmt],
) -> None:
    """That a crash is for code that is not finished: its own, or what it works on.

    `before` are the findings of the same task that come before it.
    """
    needing = found.obstacle is Obstacle.NOTHING_GIVEN
    if found.verdict is not FunctionVerdict.CRASHED and not needing:
        return
    raised = (o for _, g in seen.at if (o := g.outcome) and o.verdict not in ANSWERED)
    name = "" if needing else unfinished_name(next(raised), seen.name, body)
    if name:
        found.verdict = FunctionVerdict.UNFINISHED
        found.finding, found.remedy = f"{name} is still None", "write its body"
        return
    for earlier, giving in before:
        said = _said_of(earlier.verdict) if giving.call.kind != "class" else "could not be made"
        if said and (given := _given_by(seen, giving)):
            found.verdict, found.obstacle = FunctionVerdict.UNCHECKED, Obstacle.NOTHING_GIVEN
            found.finding = f"works on {given} of {earlier.name}, which {said}"
            found.remedy = f"let {earlier.name} work first"
            return


def arrays_of_one_entry(seen: Observed, submitted: SubmittedFile) -> list[str]:
    """That NumPy refuses what was done in some lines: it was done as before."""
    said = [w for _, g in seen.at if g.outcome for w in g.outcome.warned]
    own = [w.partition(": ")[2] for w in said if w.startswith(f"{OneEntry.__name__}: ")]
    lines = dict.fromkeys(int(line) for line in own if line.isascii() and line.isdecimal())
    if not lines:
        return []
    place = submitted.places.many([n for n in lines if n <= len(submitted.places.sources)])
    fact = f"{place}: an array of one entry is taken as a number, which NumPy refuses from 2.4 on"
    return [f"{fact}: write .item() behind it"]


def _said_of(verdict: FunctionVerdict) -> str:
    """What is said of a function before, where others cannot work on what it gives."""
    return {FunctionVerdict.UNFINISHED: "is not finished", FunctionVerdict.CRASHED: "crashed"}.get(
        verdict, ""
    )


def _given_by(seen: Observed, giving: Observed) -> str:
    """What a call takes of what an earlier one gives; "" for nothing."""
    if seen.call.kind == giving.call.kind == "method":
        return "the attributes"
    if giving.call.kind == "class":
        return "an object" if any(g.needs for _, g in seen.at) else ""
    needs = {g.needs for _, g in seen.at if g.needs}
    kept = set(_names(giving.call.returns))
    kept = kept & needs or kept
    return next((n for n in _names([*seen.call.arguments]) if n in kept), "")


def _names(tree: object) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, (list, tuple)):
        for part in tree:
            yield from _names(part)
