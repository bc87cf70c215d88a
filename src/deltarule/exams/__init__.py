"""Exams: questions of five kinds with their marks, and what somebody handed in, marked.

The names are imported when they are first used: who reads an exam needs no marking.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

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


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module 'deltarule.exams' has no attribute {name!r}")
    value = getattr(import_module(f"deltarule.exams.{_HOME[name]}"), name)
    globals()[name] = value
    return value
