"""The verdict on a function, from what it did at all settings."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from deltarule.sandbox import Outcome, Verdict
from deltarule.submissions.agreement import Agreement, Fit, as_numbers
from deltarule.submissions.call_text import written
from deltarule.submissions.exposing_settings import Setting
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict, OutputFinding
from deltarule.submissions.own_forward import OwnForward
from deltarule.submissions.reading.stand_ins import NotHandedIn
from deltarule.submissions.task_check import Observed
from deltarule.submissions.where_wrong import where_wrong

_ANSWERED = (Verdict.RETURNED, Verdict.OTHER)
#: What is raised where a table is empty, or a name is not there.
_LACKING = ("KeyError", "NameError", "IndexError", "AttributeError", "TypeError", "LookupError")


def finding_of(
    seen: Observed, task: str, line: int | None, own: OwnForward | None
) -> FunctionFinding:
    """What is found of one function; `own` are derivatives of its own forward pass,
    where that is wrong."""
    found = FunctionFinding(seen.name, task, FunctionVerdict.RIGHT, line=line)
    found.outputs = list(seen.outputs.values())
    answered = [
        (s, g) for s, g in seen.at if g.outcome is not None and g.outcome.verdict in _ANSWERED
    ]
    for judge in (_not_called, _unfinished, _not_answered, _unsteady):
        judge(seen, found, answered)
        if found.verdict is not FunctionVerdict.RIGHT:
            return found
    _untried(seen, found)
    wrong = [o for o in found.outputs if o.wrong]
    if not wrong:
        _right(seen, found)
    elif own is not None and own.agrees(seen.number, [o.name for o in found.outputs]):
        found.verdict = FunctionVerdict.FOLLOWS
        found.finding = "the gradient of the file's own forward pass, which is wrong itself"
    else:
        _wrong(seen, found, wrong)
    return found


def _not_called(seen: Observed, found: FunctionFinding, answered: list) -> None:
    """It was given nothing to work on."""
    needs = [g.needs for _, g in seen.at if g.needs]
    if needs and len(needs) == len(seen.at):
        found.verdict = FunctionVerdict.UNCHECKED
        found.finding = f"needs {needs[0]}, which no function before it gives"
        found.remedy = "hand in the function that gives it as well, and let it work"
    elif not seen.at:
        found.verdict = FunctionVerdict.UNCHECKED
        found.finding = "there is no setting at which it could be tried"


def _unfinished(seen: Observed, found: FunctionFinding, answered: list) -> None:
    """`pass`, None, zeros, NotImplementedError."""
    outcomes = [g.outcome for _, g in seen.at if g.outcome is not None]
    if outcomes and all(
        o.verdict is Verdict.RAISED and o.detail.startswith("NotImplementedError") for o in outcomes
    ):
        found.verdict, found.finding = FunctionVerdict.UNFINISHED, "raises NotImplementedError"
        found.line = outcomes[0].line or found.line
    elif answered and all(_nothing(g.outcome.value) for _, g in answered):
        found.verdict, found.finding = FunctionVerdict.UNFINISHED, "returns nothing yet"
    elif answered and found.outputs and all(_zeros(g, seen) for _, g in answered):
        found.verdict, found.finding = FunctionVerdict.UNFINISHED, "returns zeros alone"
    if found.verdict is FunctionVerdict.UNFINISHED:
        found.remedy = "write its body"


def _nothing(value: object) -> bool:
    """None, or None several times; what stays in the sandbox counts as something."""
    if isinstance(value, (tuple, list)):
        return bool(value) and all(_nothing(v) for v in value)
    return value is None


def _zeros(given, seen: Observed) -> bool:
    arrays = [as_numbers(v) for v in given.values.values()]
    right = [o for o in seen.outputs.values() if o.right]
    return bool(arrays) and not right and all(a is not None and not np.any(a) for a in arrays)


def _not_answered(seen: Observed, found: FunctionFinding, answered: list) -> None:
    """It raised an error, or was stopped: at all settings, or at some."""
    failed = [
        (s, g, g.outcome) for s, g in seen.at if g.outcome and g.outcome.verdict not in _ANSWERED
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
    where = where_wrong([s for s, *_ in failed], [s for s, _ in answered], "crashes")
    where = where if raised else ""
    if outcome.verdict is Verdict.RAISED and any(o.wrong for o in found.outputs):
        # What is wrong where it answers counts for more.
        found.notes.append(f"{outcome}, {where or f'at {setting.words}'}")
        return
    found.line = outcome.line or found.line
    if outcome.detail.startswith(f"{NotHandedIn.__name__}: "):
        found.verdict = FunctionVerdict.UNCHECKED
        found.finding = outcome.detail.partition(": ")[2]
        return
    found.verdict = FunctionVerdict.CRASHED if raised else FunctionVerdict.STOPPED
    if outcome.verdict is Verdict.RAISED and any(o.right for o in found.outputs):
        found.verdict = FunctionVerdict.PARTLY
    found.finding = f"{outcome}, {where}" if where else str(outcome)
    arguments = f" with {given.arguments}" if given.arguments else ""
    found.remedy = f"call it yourself{arguments}"


def _asserts(setting: Setting, outcome: Outcome) -> bool:
    """Whether it says by an assertion that windows are to fit exactly."""
    return not setting.exact and outcome.detail.partition(":")[0] == "AssertionError"


def without_statement(found: FunctionFinding, unfilled: Mapping[str, tuple[str, str]]) -> None:
    """That a crash may be for a statement that did not run: see `unfilled_names`."""
    name, place = unfilled.get(found.name.partition(".")[0], ("", ""))
    raised = found.finding.partition(": ")[2].partition(":")[0]
    if name and found.verdict is FunctionVerdict.CRASHED and raised in _LACKING:
        found.verdict = FunctionVerdict.UNCHECKED
        found.finding += f"; {name} is filled at {place}, which did not run: only definitions run"
        found.remedy = f"fill {name} in the statement that makes it, or within a function"


def _untried(seen: Observed, found: FunctionFinding) -> None:
    """That it could not be tried where what it needs was not given."""
    untried = [(s, g.needs) for s, g in seen.at if g.needs and s.exact]
    if untried:
        words = "; ".join(dict.fromkeys(s.words for s, _ in untried))
        found.notes.append(f"not tried at {words}: {untried[0][1]} is not given there")


def _missing(seen: Observed, found: FunctionFinding, outcome: Outcome) -> bool:
    """Whether its class has no such method."""
    if outcome.verdict is not Verdict.MISSING:
        return False
    owner, _, own = seen.name.rpartition(".")
    found.verdict = FunctionVerdict.UNCHECKED
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
    found.verdict = FunctionVerdict.UNCHECKED
    found.finding = f"takes other arguments than {written(seen.name, seen.call)}"
    found.remedy = "name its parameters as the task does, or choose another --convention"
    return True


def _unsteady(seen: Observed, found: FunctionFinding, answered: list) -> None:
    """It is right at the first call, and gives something else at the second one."""
    if seen.unsteady and seen.first_right:
        found.verdict = FunctionVerdict.WRONG
        found.finding = "gives another answer to the same call"
        found.remedy = "keep nothing between calls, and change nothing in the cache"


def _right(seen: Observed, found: FunctionFinding) -> None:
    if seen.changed:
        found.verdict = FunctionVerdict.CHANGES
        found.finding = f"changes its argument {_listed(seen.changed)} in place"
        found.remedy = f"work on a copy: {sorted(seen.changed)[0]}.copy()"


def overflow_said(outputs: list[OutputFinding]) -> str:
    """That values overflow at large numbers, where any does; else ""."""
    unstable = [o for o in outputs if o.overflows]
    if not unstable:
        return ""
    names = " and ".join(o.name for o in unstable)
    return f"overflows at large numbers: {names}: {said(unstable[0].overflows[0][1])}"


def _wrong(seen: Observed, found: FunctionFinding, wrong: list[OutputFinding]) -> None:
    """By what is wrong at other numbers than large ones, if anything is."""
    overflow = overflow_said(wrong)
    wrong = [o for o in wrong if o.mistaken]
    if not wrong:
        found.verdict, found.finding = FunctionVerdict.PARTLY, overflow
        return
    everywhere = all(not o.right for o in wrong)
    found.verdict = FunctionVerdict.WRONG if everywhere else FunctionVerdict.PARTLY
    names = " and ".join(o.name for o in wrong)
    _, agreement = wrong[0].mistaken[0]
    found.finding = f"{names}: {said(agreement)}"
    bad = [s for o in wrong for s, _ in o.mistaken]
    where = "" if everywhere else where_wrong(bad, [s for o in wrong for s in o.right])
    found.finding += f", {where}" if where else ""
    found.finding += f"; {overflow}" if overflow else ""
    if seen.changed:
        found.notes.append(f"it changes its argument {_listed(seen.changed)} in place, too")


def _listed(names: set[str]) -> str:
    return " and ".join(sorted(names))


def said(agreement: Agreement) -> str:
    """How a value disagrees."""
    at = f"[{', '.join(map(str, agreement.at))}]" if agreement.at else ""
    if agreement.fit in (Fit.NUMBERS, Fit.NOT_FINITE):
        numbers = f"{agreement.given:.6g}, not {agreement.right:.6g}"
        entry = f"entry {at} is {numbers}" if at else numbers
        return f"{agreement.words}: {entry}" if agreement.words else entry
    if agreement.fit is Fit.MISSING:
        return "None, or nothing, stands there, not an array of numbers"
    if agreement.fit is Fit.NO_ARRAY:
        return f"{_of_type(agreement.words)}, not an array of numbers"
    return f"{agreement.fit.value} {agreement.words}".strip()


def _of_type(name: str) -> str:
    """A type's name in words; the sandbox hands on no value of another type than its own."""
    return "an object of another type" if name == "Other" else f"a value of type {name}"
