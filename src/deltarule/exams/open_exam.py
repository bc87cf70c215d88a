"""An exam opened once, and the submissions of many marked by it."""

from __future__ import annotations

from deltarule.exams.exam import FORMULA, Exam, plain_id
from deltarule.exams.exam_marking import ExamMarking, QuestionMark
from deltarule.exams.joined_verdicts import joined
from deltarule.exams.exam_submission import Submission
from deltarule.marking.open_sheet import OpenSheet
from deltarule.marking.verdicts import Marking


class OpenExam:
    """An exam whose derivations, right values and wrong workings are kept from one to the next."""

    def __init__(self, exam: Exam):
        self.exam = exam
        self._sheet = OpenSheet(exam.sheet)

    def mark(self, submission: Submission) -> ExamMarking:
        """The marks of one submission.

        Raises DeltaruleError for answers that no sheet can be marked by, such as to a run that
        there is not.
        """
        marks: list[QuestionMark] = []
        notes = list(submission.notes)
        for answers in submission.answers:
            marking = self._sheet.mark(answers)
            marks += self._plain(marking)
            notes += marking.notes
        return ExamMarking(self.exam.title, submission.who, tuple(marks), tuple(notes))

    def _plain(self, marking: Marking) -> list[QuestionMark]:
        several = len(self.exam.sheet.runs) > 1
        found = []
        for score in marking.scores:
            verdicts = [
                v for v in marking.verdicts if (v.run, v.quantity) == (score.run, score.quantity)
            ]
            id = plain_id(score.quantity, score.run, several)
            question = self.exam.question(id)
            kind = question.kind if question else FORMULA if _formula(verdicts) else "numbers"
            found.append(joined(id, kind, score, verdicts))
        return found


def _formula(verdicts) -> bool:
    return bool(verdicts) and not any(v.entries for v in verdicts)
