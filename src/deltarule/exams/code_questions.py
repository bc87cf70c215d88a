"""Code questions: the files of a submission, checked in a sandbox, as marks."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from deltarule.errors import DeltaruleError, in_one_line
from deltarule.exams.exam import CodeTask, Exam, Question
from deltarule.exams.exam_marking import QuestionMark
from deltarule.exams.exam_submission import Submission
from deltarule.marking import verdicts
from deltarule.sandbox import Sandbox
from deltarule.submissions import FunctionFinding, FunctionVerdict, check_submission
from deltarule.submissions.accepted_verdicts import accepted_verdicts
from deltarule.submissions.findings import OutputFinding, SubmissionReport
from deltarule.submissions.like_derivation import Like, convention_like
from deltarule.submissions.reading import read_source

_HALF = Fraction(1, 2)
#: The verdicts on a function that leave open whether it is right.
_OPEN = (FunctionVerdict.UNCHECKED,)
_LOST = (FunctionVerdict.NOT_LOADED,)


class CodeMarker:
    """Marks the code questions of an exam; the sandbox is started when the first file comes."""

    def __init__(self, exam: Exam, sandbox: Sandbox | None = None):
        self.partial = exam.credit.partial == "share"
        self._sandbox, self._own = sandbox, False

    def close(self) -> None:
        """End the sandbox, if it was started here."""
        if self._sandbox is not None and self._own:
            self._sandbox.close()
            self._sandbox = None

    def _started(self) -> Sandbox:
        """Raises DeltaruleError where the machine has no sandbox."""
        if self._sandbox is None:
            self._sandbox, self._own = Sandbox(), True
        return self._sandbox

    def marks(
        self, wanted: Sequence[Question], submission: Submission, notes: list[str]
    ) -> dict[str, QuestionMark]:
        """The mark of each of those questions that are about code, by its id."""
        found: dict[str, QuestionMark] = {}
        for question in (q for q in wanted if q.code is not None):
            if not submission.code:
                found[question.id] = _missing(question, "no code is handed in")
                continue
            try:
                found[question.id] = self._mark(question, submission, notes)
            except DeltaruleError as error:
                found[question.id] = _undecided(question, in_one_line(error))
        return found

    def _mark(self, question: Question, submission: Submission, notes: list[str]) -> QuestionMark:
        task = question.code or CodeTask(())
        reports: list[SubmissionReport] = []
        for name, data in submission.code:
            report = self._report(task, name, data)
            if report is None:
                continue
            notes += [f"{name}: {note}" for note in report.notes]
            if report.error and report.known:
                notes.append(f"{name}: {report.error}")
            reports.append(report)
        wanted = task.functions if task.convention else task.functions[-1:]
        found = [_of_name(reports, name) for name in wanted]
        known = [f for f in found if f is not None]
        if not known:
            return _none(question, wanted, reports)
        passing = [f for r in reports for f in r.functions if _passes(f, r, task)]
        shares = [_share(f, f in passing, self.partial) if f else Fraction(0) for f in found]
        open_ = sum((Fraction(f.verdict in _OPEN) for f in known), start=Fraction(0)) / len(found)
        missing = [n for n, f in zip(wanted, found, strict=True) if f is None]
        said = [_said(f) for f in known] + [f"there is no function {n}" for n in missing]
        return QuestionMark(
            question.id,
            question.kind,
            "",
            _verdict(known, passing, bool(missing)),
            question.marks * sum(shares, start=Fraction(0)) / len(found),
            question.marks,
            question.marks * open_,
            "; ".join(text for text in said if text),
            tuple(dict.fromkeys(c.kind or c.words for f in known for c in f.causes[:1])),
            "",
            ", ".join(f"{f.name} ({f.place or f'line {f.line}'})" for f in known),
            unread="; ".join(_said(f) for f in known if f.verdict in _LOST),
        )

    def _report(self, task: CodeTask, name: str, data: bytes) -> SubmissionReport | None:
        """What is found of one file; None where it has no such function."""
        if not task.like:
            wanted = set(task.functions)
            return check_submission(
                data, name, self._started(), task.convention, lambda own: own in wanted
            )
        submitted = read_source(data, name)
        if not all(f in submitted.definitions for f in task.functions):
            return None
        like = Like(task.functions, task.like, task.options, task.names, task.returns)
        convention, _ = convention_like(submitted.text, name, like)
        return check_submission(submitted, name, self._started(), convention)


def _of_name(reports: Sequence[SubmissionReport], name: str) -> FunctionFinding | None:
    """What is found of a function, in the first file that has it."""
    for report in reports:
        for finding in report.functions:
            if finding.name == name:
                return finding
    return None


def _passes(finding: FunctionFinding, report: SubmissionReport, task: CodeTask) -> bool:
    """Whether it counts as right: as the question says, else by the convention's policy."""
    if task.accept is not None:
        return finding.verdict in accepted_verdicts(task.accept)
    policy = report.policy
    return finding.verdict.passes if policy is None else policy.accepts(finding)


def _share(finding: FunctionFinding, passes: bool, partial: bool) -> Fraction:
    """The share of the marks: all of what passes, else that of the returned values that are right.

    A value that is right at some settings only counts half.
    """
    if passes:
        return Fraction(1)
    wrong = (FunctionVerdict.WRONG, FunctionVerdict.PARTLY)
    if not partial or finding.verdict not in wrong or not finding.outputs:
        return Fraction(0)
    shares = [_of_output(o, finding.verdict) for o in finding.outputs]
    return sum(shares, start=Fraction(0)) / len(shares)


def _of_output(output: OutputFinding, verdict: FunctionVerdict) -> Fraction:
    if not output.wrong:
        return Fraction(bool(output.right))
    some = bool(output.right) and verdict is FunctionVerdict.PARTLY
    return _HALF if some else Fraction(0)


def _verdict(
    found: Sequence[FunctionFinding], passing: Sequence[FunctionFinding], missing: bool
) -> str:
    """The gravest verdict on the functions, in the words of marking."""
    if any(f.verdict in _OPEN for f in found):
        return verdicts.UNDECIDED
    if any(f.verdict in _LOST for f in found):
        return verdicts.UNREADABLE
    bad = [f for f in found if f not in passing]
    if bad:
        return verdicts.MISTAKE if any(f.causes for f in bad) else verdicts.WRONG
    return verdicts.MISSING if missing else verdicts.RIGHT


def _said(finding: FunctionFinding) -> str:
    """What is said of a function: its verdict, what it does, and the first reason for it."""
    words = [f"{finding.name}: {finding.verdict.value}", finding.finding]
    words += [cause.words for cause in finding.causes[:1]]
    words += [finding.remedy]
    return "; ".join(w for w in words if w)


def _none(
    question: Question, wanted: Sequence[str], reports: Sequence[SubmissionReport]
) -> QuestionMark:
    errors = [r.error for r in reports if r.error and r.known]
    finding = errors[0] if errors else f"there is no function {' and no '.join(wanted)}"
    verdict = verdicts.UNREADABLE if errors else verdicts.MISSING
    return _mark_of(question, verdict, finding)


def _missing(question: Question, finding: str) -> QuestionMark:
    return _mark_of(question, verdicts.MISSING, finding)


def _undecided(question: Question, finding: str) -> QuestionMark:
    return _mark_of(question, verdicts.UNDECIDED, finding, question.marks)


def _mark_of(
    question: Question, verdict: str, finding: str, open: Fraction = Fraction(0)
) -> QuestionMark:
    nothing = Fraction(0)
    return QuestionMark(
        question.id, question.kind, "", verdict, nothing, question.marks, open, finding
    )
