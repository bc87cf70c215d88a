"""Exams: questions of five kinds with their marks, and what somebody handed in, marked.

The names are imported when they are first used: who reads an exam needs no marking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deltarule.lazy_names import lazy_names

if TYPE_CHECKING:
    from deltarule.exams.exam import Exam, Question
    from deltarule.exams.exam_files import load_exam
    from deltarule.exams.exam_marking import ExamMarking, QuestionMark
    from deltarule.exams.exam_submission import Submission
    from deltarule.exams.open_exam import OpenExam

__all__ = ["Exam", "ExamMarking", "OpenExam", "Question", "QuestionMark", "Submission", "load_exam"]

_HOME = {
    "Exam": "exam",
    "ExamMarking": "exam_marking",
    "OpenExam": "open_exam",
    "Question": "exam",
    "QuestionMark": "exam_marking",
    "Submission": "exam_submission",
    "load_exam": "exam_files",
}


__getattr__ = lazy_names(__name__, _HOME)
