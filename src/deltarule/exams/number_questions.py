"""The marks of questions about numbers and formulas, of the verdicts of marking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from deltarule.exams.exam import Question
from deltarule.exams.exam_marking import QuestionMark
from deltarule.exams.joined_verdicts import joined
from deltarule.marking import verdicts
from deltarule.marking.points import Credit
from deltarule.marking.sheet_files.unread import Unread
from deltarule.marking.verdicts import Score, Verdict
from deltarule.spelling.names import parse_reference, pretty

_FOLLOWING = (verdicts.FOLLOWS, verdicts.TRIVIAL)
_CHARGED = (verdicts.MISTAKE, verdicts.WRONG)


def of_numbers(
    question: Question, scores: Sequence[Score], found: Sequence[Verdict]
) -> list[QuestionMark]:
    """A mark for each quantity that a question asks for."""
    marks = []
    for score in scores:
        asked = [parse_reference(r) for r in question.asked]
        entries = {r.entry for r in asked if r.name == score.quantity and r.entry}
        own = [v for v in found if v.quantity == score.quantity]
        if entries:
            own = [v for v in own if not v.entries or entries & {*v.entries}]
        marks.append(joined(question.id, question.kind, score, own))
    return marks


def asked_besides(found: Iterable[Verdict], questions: Sequence[Question]) -> list[Verdict]:
    """The verdicts, a mistake in what no question asks for charged where something follows from it.

    Otherwise a mistake in a line between, which earns no points, would cost none either. It is
    charged once, at the first quantity that is asked.
    """
    found = list(found)
    asked = {parse_reference(r).name for q in questions for r in q.asked}
    besides = {v.quantity: v for v in found if v.quantity not in asked and v.verdict in _CHARGED}
    charged: set[str] = set()
    result = []
    for verdict in found:
        source = next((s for s in verdict.sources if s in besides and s not in charged), None)
        only = all(s in besides for s in verdict.sources)
        if verdict.verdict in _FOLLOWING and verdict.quantity in asked and source and only:
            charged.update(verdict.sources)
            verdict = _charged(verdict, besides[source])
        result.append(verdict)
    return result


def _charged(verdict: Verdict, source: Verdict) -> Verdict:
    """A value that follows, charged with the mistake in what it follows from."""
    finding = f"in {pretty(source.quantity)}, which it follows from: {source.finding or 'wrong'}"
    return replace(verdict, verdict=source.verdict, finding=finding, mistakes=source.mistakes)


def of_formulas(
    question: Question, found: Sequence[Verdict], unread: Sequence[Unread], credit: Credit
) -> list[QuestionMark]:
    """A mark for each formula that a question asks for."""
    marks = []
    for name in question.asked:
        own = [v for v in found if v.quantity == name]
        own += [_of_unread(u) for u in unread if u.name == name and not own]
        worth = question.steps[name]
        share = credit.of(own[0].verdict) if own else Fraction(0)
        undecided = bool(own) and own[0].verdict == verdicts.UNDECIDED
        score = Score(
            question.run,
            name,
            share * worth,
            worth,
            bool(own) and own[0].right,
            worth if undecided else Fraction(0),
        )
        marks.append(joined(question.id, question.kind, score, own))
    return marks


def _of_unread(unread: Unread) -> Verdict:
    return Verdict(unread.name, None, verdicts.UNREADABLE, unread.why, "", unread.text)
