"""Functions that are wrong by another of the file's functions, which they call: charged once."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence

from deltarule.networks.reachability import reachable
from deltarule.submissions.cause_words import cause_text
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict
from deltarule.submissions.reading.names_used import used

_WRONG = (FunctionVerdict.WRONG, FunctionVerdict.PARTLY)


def follow_what_they_call(findings: Sequence[FunctionFinding], body: Iterable[ast.stmt]) -> None:
    """Say in findings which function is at fault, if it is one that theirs call.

    What is wrong by the same mistakes as a function that it calls, and by no other, follows from
    it. What crashed in another function, or for one that is not finished, could not be checked.
    Of others it is noted. `body` are the statements of the file.
    """
    nodes = {n.name: n for n in body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    uses = {name: used(node) & nodes.keys() for name, node in nodes.items()}
    by_owner: dict[str, list[FunctionFinding]] = {}
    for one in findings:
        by_owner.setdefault(_owner(one), []).append(one)
    said = [(one, _called(one, uses, by_owner)) for one in findings]
    # Verdicts are those found before anything is changed: of three in a row two follow.
    verdicts = {id(one): one.verdict for one in findings}
    for one, called in said:
        if verdicts[id(one)] is FunctionVerdict.CRASHED:
            _crashed(one, called, nodes, verdicts)
        elif verdicts[id(one)] in _WRONG:
            _wrong(one, [c for c in called if verdicts[id(c)] in _WRONG])


def _owner(finding: FunctionFinding) -> str:
    return finding.name.partition(".")[0]


def _called(
    one: FunctionFinding, uses: Mapping[str, set[str]], by_owner: Mapping[str, list]
) -> list[FunctionFinding]:
    """The findings on functions that a function calls, or that these call."""
    own = _owner(one)
    names = [n for n in reachable([own], lambda name: sorted(uses.get(name, ()))) if n != own]
    return [found for name in names for found in by_owner.get(name, ())]


def _wrong(one: FunctionFinding, wrong: Sequence[FunctionFinding]) -> None:
    if not wrong:
        return
    theirs = {cause_text(c): other for other in wrong for c in other.causes}
    mine = [cause_text(c) for c in one.causes]
    explained = {o for c in one.causes for o in c.outputs} >= {
        o.name for o in one.outputs if o.wrong
    }
    if mine and explained and all(words in theirs for words in mine):
        other = theirs[mine[0]]
        one.verdict = FunctionVerdict.CALLS
        words = next(c.words for c in other.causes if cause_text(c) == mine[0])
        one.finding = f"{other.name}, which it calls, is wrong: {words}"
        one.causes, one.test, one.remedy = [], "", f"let {other.name} be right first"
        return
    names = " and ".join(dict.fromkeys(other.name for other in wrong))
    one.notes.append(f"it calls {names}, which {'is' if len(wrong) == 1 else 'are'} wrong, too")


def _crashed(
    one: FunctionFinding,
    called: Sequence[FunctionFinding],
    nodes: Mapping[str, ast.stmt],
    verdicts: Mapping[int, FunctionVerdict],
) -> None:
    for other in called:
        node, verdict = nodes[_owner(other)], verdicts[id(other)]
        inside = one.line is not None and node.lineno <= one.line <= (node.end_lineno or 0)
        inside |= bool(one.raised) and one.raised == other.raised
        if verdict is FunctionVerdict.UNFINISHED:
            words = "is not finished"
        elif verdict is FunctionVerdict.CRASHED and inside:
            words = "crashed"
        else:
            continue
        one.verdict = FunctionVerdict.UNCHECKED
        one.finding = f"it calls {other.name}, which {words}"
        one.causes, one.notes, one.test = [], [], ""
        one.remedy = f"let {other.name} work first"
        return
