"""An exam opened once, and the submissions of many marked by it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from types import TracebackType

from deltarule.exams.choice_questions import mark_choice
from deltarule.exams.code_questions import CodeMarker
from deltarule.exams.counting_questions import mark_count
from deltarule.exams.exam import FORMULA, NUMBERS, ChoiceTask, Exam, Question
from deltarule.exams.exam_files import plain_id
from deltarule.exams.exam_marking import ExamMarking, QuestionMark
from deltarule.exams.exam_submission import Submission
from deltarule.exams.joined_verdicts import joined
from deltarule.exams.number_questions import asked_besides, of_formulas, of_numbers
from deltarule.exams.right_counts import RightCount, right_count
from deltarule.marking.open_sheet import OpenSheet
from deltarule.marking.sheet_files.answers import Answers
from deltarule.marking.sheet_files.sheets import Run
from deltarule.marking.verdicts import Marking, Verdict
from deltarule.sandbox import Sandbox


class OpenExam:
    """An exam whose derivations, right values and wrong workings are kept from one to the next.

        with OpenExam(load_exam("exam.toml")) as opened:
            marking = opened.mark(submission)

    Code runs in `sandbox`; without one it is started for the first file of code, and closed with
    the exam.
    """

    def __init__(self, exam: Exam, sandbox: Sandbox | None = None):
        self.exam = exam
        self._sheet = OpenSheet(exam.sheet)
        self._code = CodeMarker(exam, sandbox)
        self._counts: dict[str, RightCount] = {}

    def variant(self, exam: Exam) -> OpenExam:
        """An exam of the same form with other numbers, which needs no derivations of its own."""
        other = OpenExam(exam)
        other._sheet = self._sheet.variant(exam.sheet)
        return other

    def __enter__(self) -> OpenExam:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the sandbox, if one was started."""
        self._code.close()

    def left_open(self) -> list[str]:
        """What is left open of the givens, to be said before anything is answered."""
        return self._sheet.left_open()

    def mark(self, submission: Submission, only: Container[str] | None = None) -> ExamMarking:
        """The marks of one submission; `only` those of questions with such ids, if it is given.

        Raises DeltaruleError for an exam that cannot be evaluated, and for answers to a run that
        there is not.
        """
        notes = list(submission.notes)
        if self.exam.plain:
            marks = self._of_plain(submission, notes)
        else:
            wanted = [q for q in self.exam.questions if only is None or q.id in only]
            of_runs = self._of_runs(wanted, submission, notes)
            of_code = self._code.marks(wanted, submission, notes)
            marks = [
                mark
                for question in wanted
                for mark in self._of_question(question, submission, of_runs, of_code)
            ]
        said = tuple(dict.fromkeys(notes))
        return ExamMarking(self.exam.title, submission.who, tuple(marks), said)

    def _of_question(
        self,
        question: Question,
        submission: Submission,
        of_runs: dict[str, list[QuestionMark]],
        of_code: dict[str, QuestionMark],
    ) -> list[QuestionMark]:
        if question.asked:
            return of_runs[question.id]
        if question.counting is not None:
            typed = submission.counts.get(question.id, "")
            return [mark_count(question, self.right_count(question), typed)]
        if isinstance(question.choice, ChoiceTask):
            typed = submission.choices.get(question.id, "")
            return [mark_choice(question, question.choice, typed, self._run(question))]
        return [of_code[question.id]]

    def right_count(self, question: Question) -> RightCount:
        """The right figure of a counting question, counted once."""
        if question.id not in self._counts:
            self._counts[question.id] = right_count(question)
        return self._counts[question.id]

    def _run(self, question: Question) -> Run | None:
        runs = self.exam.sheet.runs
        return runs[question.run - 1] if question.run <= len(runs) else None

    def _of_runs(
        self, wanted: Sequence[Question], submission: Submission, notes: list[str]
    ) -> dict[str, list[QuestionMark]]:
        """The marks of those questions that are about numbers and formulas, by their ids."""
        found: dict[str, list[QuestionMark]] = {}
        for number in range(1, len(self.exam.sheet.runs) + 1):
            questions = [q for q in wanted if q.asked and q.run == number]
            answers = submission.of_run(number)
            answers = answers or Answers(None, submission.who, {}, "the answers", number)
            numbers = [q for q in questions if q.kind == NUMBERS]
            formulas = [q for q in questions if q.kind == FORMULA]
            if numbers:
                found |= self._numbers(numbers, answers, formulas, notes)
            found |= self._formulas(formulas, answers)
        return found

    def _numbers(
        self,
        questions: Sequence[Question],
        answers: Answers,
        formulas: Sequence[Question],
        notes: list[str],
    ) -> dict[str, list[QuestionMark]]:
        elsewhere = {r for q in formulas for r in q.asked} - {r for q in questions for r in q.asked}
        unread = tuple(u for u in answers.unread if u.name not in elsewhere)
        marking = self._sheet.mark(replace(answers, formulas={}, unread=unread))
        notes += [n for n in marking.notes if n not in answers.notes]
        verdicts = asked_besides(marking.verdicts, questions)
        found: dict[str, list[QuestionMark]] = {}
        for question in questions:
            scores = self._sheet.scores(verdicts, answers.run, question.steps)
            found[question.id] = of_numbers(question, scores, verdicts)
        return found

    def _formulas(
        self, questions: Sequence[Question], answers: Answers
    ) -> dict[str, list[QuestionMark]]:
        """The marks of formulas; what a question about numbers asks for by a formula is said."""
        if not questions:
            return {}
        asked = {r for q in questions for r in q.asked}
        own = answers.in_own_names(self.exam.sheet.runs[answers.run - 1].names)
        typed = {name: formula for name, formula in own.formulas.items() if name in asked}
        found = self._sheet.formulas(replace(answers, formulas=typed)) if typed else []
        unread = [u for u in own.unread if u.name in asked and u.name not in typed]
        credit = self.exam.sheet.runs[answers.run - 1].credit
        return {q.id: of_formulas(q, found, unread, credit) for q in questions}

    def _of_plain(self, submission: Submission, notes: list[str]) -> list[QuestionMark]:
        """The marks of a plain sheet; of a run that nobody answers, none."""
        marks: list[QuestionMark] = []
        for answers in submission.answers:
            marking = self._sheet.mark(answers)
            marks += self._plain(marking)
            notes += marking.notes
        return marks

    def _plain(self, marking: Marking) -> list[QuestionMark]:
        several = len(self.exam.sheet.runs) > 1
        found = []
        for score in marking.scores:
            verdicts = [
                v for v in marking.verdicts if (v.run, v.quantity) == (score.run, score.quantity)
            ]
            id = plain_id(score.quantity, score.run, several)
            question = self.exam.question(id)
            kind = question.kind if question else FORMULA if _formula(verdicts) else NUMBERS
            found.append(joined(id, kind, score, verdicts))
        return found


def _formula(verdicts: Iterable[Verdict]) -> bool:
    found = list(verdicts)
    return bool(found) and not any(v.entries for v in found)
