"""Functions that are not finished yet: `pass`, None, zeros, NotImplementedError, a name that is
still None."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import numpy as np

from deltarule.sandbox import Outcome, Verdict
from deltarule.submissions.agreement import Fit, as_numbers
from deltarule.submissions.exposing_settings import Setting
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict
from deltarule.submissions.task_calls import Given
from deltarule.submissions.task_check import Observed

_NOT_IMPLEMENTED = ("NotImplementedError", "TypeError: exceptions must derive from BaseException")


def unfinished(
    seen: Observed, found: FunctionFinding, answered: Sequence[tuple[Setting, Given]]
) -> None:
    """Say in a finding that its function is not finished, if it is not."""
    outcomes = [g.outcome for _, g in seen.at if g.outcome is not None]
    absent = {name for _, g in answered for name in g.absent}
    empty = [name for name in always_none(found) if name not in absent]
    if outcomes and all(map(_not_implemented, outcomes)):
        found.finding = "raises NotImplementedError"
        found.line = outcomes[0].line or found.line
    elif answered and all(nothing(g.outcome.value) for _, g in answered if g.outcome):
        found.finding = "returns nothing yet"
    elif (
        found.outputs
        and 2 * len(answered) > len(outcomes)
        and all(_zeros(g, found) for _, g in answered)
    ):
        found.finding = "returns zeros alone"
    elif answered and empty:
        found.finding = f"{' and '.join(empty)} {'is' if len(empty) == 1 else 'are'} still None"
    else:
        return
    found.verdict, found.remedy = FunctionVerdict.UNFINISHED, "write its body"


def unfinished_name(outcome: Outcome, name: str, body: Sequence[ast.stmt]) -> str:
    """The name for which a function `name` of a file raised an error, where it holds None as at
    first: `out` in `out = None; …; return out.astype(x.dtype)`. Else ""."""
    if outcome.line is None or "NoneType" not in outcome.detail:
        return ""
    attribute = outcome.detail.rpartition("has no attribute ")[2].strip("'")
    for node in _functions(body, name):
        first, only = _none_at_first(node), _only_none(node)
        for part in ast.walk(node):
            if getattr(part, "lineno", 0) != outcome.line:
                continue
            if isinstance(part, ast.Attribute) and part.attr == attribute:
                if isinstance(part.value, ast.Name) and part.value.id in first:
                    return part.value.id
            elif isinstance(part, ast.Name) and part.id in only:
                return part.id
    return ""


def _not_implemented(outcome: Outcome) -> bool:
    return outcome.verdict is Verdict.RAISED and outcome.detail.startswith(_NOT_IMPLEMENTED)


def nothing(value: object) -> bool:
    """None, or None several times; what stays in the sandbox counts as something."""
    if isinstance(value, (tuple, list)):
        return bool(value) and all(nothing(v) for v in value)
    return value is None


def always_none(found: FunctionFinding) -> list[str]:
    """The names of outputs that are None at every setting."""
    return [
        o.name
        for o in found.outputs
        if o.wrong and not o.right and all(a.fit is Fit.MISSING for _, a in o.wrong)
    ]


def _zeros(given: Given, found: FunctionFinding) -> bool:
    arrays = [as_numbers(v) for v in given.values.values()]
    right = [o for o in found.outputs if o.right]
    return bool(arrays) and not right and all(a is not None and not np.any(a) for a in arrays)


def _functions(body: Sequence[ast.stmt], name: str) -> list[ast.FunctionDef]:
    """The functions of this name, those of a class where it is `Linear.forward`."""
    owner, _, own = name.rpartition(".")
    inside = body
    if owner:
        classes = [n for n in body if isinstance(n, ast.ClassDef) and n.name == owner]
        inside = [part for node in classes for part in node.body]
    return [n for n in inside if isinstance(n, ast.FunctionDef) and n.name == own]


def _only_none(node: ast.FunctionDef) -> set[str]:
    """The names that a function sets, each time to None."""
    filled = {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}
    for part in ast.walk(node):
        if isinstance(part, ast.Assign):
            # `out = out.astype(…)` is where it fails: it fills nothing.
            kept = {n for t in part.targets for n in _set_to_none(t, part.value)}
            read = {n.id for n in ast.walk(part.value) if isinstance(n, ast.Name)}
            filled |= {n for t in part.targets for n in _stored(t)} - kept - read
        elif isinstance(part, (ast.For, ast.AugAssign, ast.AnnAssign, ast.NamedExpr)):
            filled |= set(_stored(part.target))
        elif isinstance(part, ast.withitem) and part.optional_vars is not None:
            filled |= set(_stored(part.optional_vars))
    return _none_at_first(node) - filled


def _none_at_first(node: ast.FunctionDef) -> set[str]:
    """The names that a function sets to None somewhere."""
    assigned = [part for part in ast.walk(node) if isinstance(part, ast.Assign)]
    return {n for part in assigned for t in part.targets for n in _set_to_none(t, part.value)}


def _set_to_none(target: ast.expr, value: ast.expr) -> set[str]:
    """The names that an assignment sets to None, alone or in a tuple."""
    if isinstance(target, ast.Name):
        return {target.id} if isinstance(value, ast.Constant) and value.value is None else set()
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = zip(target.elts, value.elts)
        return {name for one, other in pairs for name in _set_to_none(one, other)}
    return set()


def _stored(target: ast.expr) -> list[str]:
    names = [n for n in ast.walk(target) if isinstance(n, ast.Name)]
    return [n.id for n in names if isinstance(n.ctx, ast.Store)]
