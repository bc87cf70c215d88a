"""A submitted file loaded in a sandbox; statements that raise when it loads are left out."""

from __future__ import annotations

import ast
from dataclasses import replace

from deltarule.sandbox import Outcome, Sandbox, Verdict
from deltarule.sandbox.submission import Submission
from deltarule.submissions.reading.blanked_text import BlankedText
from deltarule.submissions.reading.names_used import bound
from deltarule.submissions.reading.remarks import RemarkKind, remark
from deltarule.submissions.reading.submitted_file import SubmittedFile, definitions

#: Statements that are left out of one file, one after another.
_MOST = 20
_PRELUDE = "what the file imports"


def load_into(submitted: SubmittedFile, own: Submission) -> Outcome:
    """Load a file in a process of the sandbox: the modules that it imports, then its text."""
    before = own.load(submitted.prelude, _PRELUDE)
    return own.load(submitted.running, submitted.name) if before.returned else before


def loadable(submitted: SubmittedFile, sandbox: Sandbox) -> tuple[SubmittedFile, Outcome]:
    """The file without the statements that raise when it loads, and how loading it ended.

    What was left out is among its remarks, with what was raised.
    """
    for _ in range(_MOST):
        with sandbox.submission() as own:
            outcome = load_into(submitted, own)
        if outcome.returned:
            break
        node = _at(submitted, outcome.line)
        if node is None:
            break
        submitted = _without(submitted, node, outcome)
    return submitted, outcome


def _at(submitted: SubmittedFile, line: int | None) -> ast.stmt | None:
    """The statement of the module at a line."""
    for node in submitted.body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        if line is not None and first <= line <= (node.end_lineno or line):
            return node
    return None


def _without(submitted: SubmittedFile, node: ast.stmt, outcome: Outcome) -> SubmittedFile:
    text = BlankedText(submitted.text)
    text.statement(node)
    names = tuple(sorted(bound(node) - {"*"}))
    place = submitted.place(outcome.line)
    detail = outcome.detail if outcome.verdict is Verdict.RAISED else str(outcome)
    said = remark(RemarkKind.NOT_LOADED, detail, place, "see that the line runs by itself", names)
    body = [other for other in submitted.body if other is not node]
    found = definitions(body)
    own = set(names) - set(found)
    reasons = dict.fromkeys(own, f"which could not be loaded ({place}: {detail})")
    source = submitted.places.source(outcome.line or node.lineno)
    return replace(
        submitted,
        text=str(text),
        body=body,
        definitions=found,
        remarks=[*submitted.remarks, said],
        lost={**submitted.lost, **dict.fromkeys(own & set(submitted.definitions), source)},
        imports={**submitted.imports, "names": {**submitted.imports["names"], **reasons}},
    )
