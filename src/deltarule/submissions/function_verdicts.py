"""The verdict on a function, from what it did at all settings."""

from __future__ import annotations

from deltarule.submissions.agreement import Agreement, Fit
from deltarule.submissions.built_otherwise import built_otherwise
from deltarule.submissions.call_failures import not_answered, not_called
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict, OutputFinding
from deltarule.submissions.own_forward import OwnForward
from deltarule.submissions.task_check import ANSWERED, Observed
from deltarule.submissions.unfinished_code import unfinished
from deltarule.submissions.where_wrong import tells, where_wrong

#: So many keys of a dictionary are named.
MOST_KEYS = 12


def finding_of(
    seen: Observed, task: str, line: int | None, own: OwnForward | None
) -> FunctionFinding:
    """What is found of one function; `own` are derivatives of its own forward pass,
    where that is wrong."""
    found = FunctionFinding(seen.name, task, FunctionVerdict.RIGHT, line=line)
    found.outputs = list(seen.outputs.values())
    answered = [
        (s, g) for s, g in seen.at if g.outcome is not None and g.outcome.verdict in ANSWERED
    ]
    judges = (
        lambda: not_called(seen, found),
        lambda: built_otherwise(found, answered),
        lambda: unfinished(seen, found, answered),
        lambda: not_answered(seen, found, answered),
        lambda: _unsteady(seen, found),
    )
    for judge in judges:
        judge()
        if found.verdict is not FunctionVerdict.RIGHT:
            return found
    _untried(seen, found)
    wrong = [o for o in found.outputs if o.wrong]
    if not wrong:
        _right(seen, found)
    elif own is not None and own.agrees(
        seen.number, [o.name for o in found.outputs], seen.answered
    ):
        found.verdict = FunctionVerdict.FOLLOWS
        found.finding = "the gradient of the file's own forward pass, which is wrong itself"
    else:
        _wrong(seen, found, wrong)
    return found


def _untried(seen: Observed, found: FunctionFinding) -> None:
    """That it could not be tried where what it needs was not given."""
    untried = [(s, g.needs) for s, g in seen.at if g.needs and s.exact]
    if untried:
        words = "; ".join(dict.fromkeys(s.words for s, _ in untried))
        found.notes.append(f"not tried at {words}: {untried[0][1]} is not given there")


def _unsteady(seen: Observed, found: FunctionFinding) -> None:
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
    elif seen.added:
        names = _listed(seen.added)
        found.verdict = FunctionVerdict.CONVENTION
        found.finding = f"{names}: added to what an earlier call of the object left there"
        found.remedy = "write = where += stands, or set gradients to 0 before they are added up"


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
    everywhere = all(s.pinned or not tells(s) for o in wrong for s in o.right)
    found.verdict = FunctionVerdict.WRONG if everywhere else FunctionVerdict.PARTLY
    names = " and ".join(o.name for o in wrong)
    _, agreement = wrong[0].mistaken[0]
    absent = {name for _, g in seen.at for name in g.absent}
    stands = f"no entry in the dictionary {_keys(seen)}" if wrong[0].name in absent else ""
    found.finding = f"{names}: {stands or said(agreement)}"
    bad = [s for o in wrong for s in (*(s for s, _ in o.mistaken), *o.off)]
    bad += [s for s, g in seen.at if g.outcome is not None and s not in seen.answered]
    where = where_wrong(bad, [s for o in wrong for s in o.exact], further=seen.further)
    found.finding += f", {where}" if where else ""
    found.finding += f"; {overflow}" if overflow else ""
    note = f"it changes its argument {_listed(seen.changed)} in place, too"
    if seen.changed and note not in found.notes:
        found.notes.append(note)


def _keys(seen: Observed) -> str:
    """What the dictionary has that is returned: `that is returned, which has dW1 and db1`."""
    values = (g.outcome.value for _, g in seen.at if g.outcome is not None)
    parts = (p for v in values for p in (v if type(v) is tuple else (v,)))
    own = next((list(p) for p in parts if type(p) is dict), [])
    few = ", ".join(map(str, own[:MOST_KEYS])) + (" …" if len(own) > MOST_KEYS else "")
    return f"that is returned, which has {few}" if own else "that is returned"


def finding_again(seen: Observed, found: FunctionFinding) -> None:
    """Say anew what is wrong, once a function that is wrong was tried at further settings."""
    wrong = [o for o in seen.outputs.values() if o.wrong]
    found.outputs = list(seen.outputs.values())
    found.notes = [n for n in found.notes if not n.startswith("raised an error")]
    not_answered(seen, found, [(s, g) for s, g in seen.at if s in seen.answered])
    if wrong:
        _wrong(seen, found, wrong)


def _listed(names: set[str]) -> str:
    return " and ".join(sorted(names))


def said(agreement: Agreement) -> str:
    """How a value disagrees."""
    at = f"[{', '.join(map(str, agreement.at))}]" if agreement.at else ""
    if agreement.fit in (Fit.NUMBERS, Fit.NOT_FINITE):
        numbers = f"{agreement.given + 0.0:.6g}, not {agreement.right + 0.0:.6g}"
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
