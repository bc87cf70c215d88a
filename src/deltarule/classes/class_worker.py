"""What marks one submission after another: in this process, in others, on other machines."""

from __future__ import annotations

import os
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from deltarule.classes.exam_fields import ExamFields
from deltarule.classes.exam_parts import READING, parts_of
from deltarule.classes.handed_in import ReadFiles
from deltarule.classes.read_handed_in import read_handed_in
from deltarule.errors import DeltaruleError, in_one_line
from deltarule.exams.exam import Exam
from deltarule.exams.exam_submission import Submission
from deltarule.exams.open_exam import OpenExam


@dataclass(frozen=True)
class Task:
    """A submission to be marked: the parts of the exam that are wanted, by their keys, and the
    student's own exam, where students have exams of their own.
    """

    who: str
    submission: str
    handed: ReadFiles
    wanted: tuple[str, ...]
    exam: Exam | None = None


@dataclass(frozen=True)
class Outcome:
    """The results of the parts, as plain values; or why there are none.

    `final`: the same exam and the same submission end in the same, however often.
    """

    results: Mapping[str, Any] = field(default_factory=dict)
    failed: str = ""
    final: bool = False


class ClassWorker:
    """Marks submissions to one exam, which is opened once, and to variants of it."""

    def __init__(self, exam: Exam):
        self._common = _Opened(exam)
        self._own: _Opened | None = None

    def close(self) -> None:
        """End the sandbox, if one was started."""
        self._common.open.close()

    def marked(self, task: Task) -> Outcome:
        """The outcome of a task; whatever goes wrong is in it."""
        try:
            return Outcome(self._results(task))
        except DeltaruleError as error:
            return Outcome(failed=in_one_line(error), final=True)
        except Exception as error:
            if os.environ.get("DELTARULE_TRACEBACK"):
                traceback.print_exc()
            return Outcome(failed=fault_words(error))

    def _results(self, task: Task) -> dict[str, Any]:
        """The results of the parts that are wanted. Raises DeltaruleError."""
        common = self._common
        submission = read_handed_in(task.who, task.handed, common.fields)
        found: dict[str, Any] = {}
        for key in task.wanted:
            # What is alike for all, such as code, is not opened once more for a variant.
            opened = common if key in common.parts else self._opened(task)
            found[key] = opened.result(key, submission)
        return found

    def _opened(self, task: Task) -> _Opened:
        if self._own is None or self._own.exam != task.exam:
            self._own = _Opened(task.exam or self._common.exam, self._common.open)
        return self._own


class _Opened:
    """An exam that is open, its fields and its parts."""

    def __init__(self, exam: Exam, like: OpenExam | None = None):
        self.exam = exam
        self.open = OpenExam(exam) if like is None else like.variant(exam)
        self.fields = ExamFields(exam)
        self.parts = {part.key: part for part in parts_of(exam)}

    def result(self, key: str, submission: Submission) -> dict[str, Any]:
        """The marks of one part and what is said of it, as plain values."""
        part = self.parts[key]
        if key.startswith(READING):
            return {"marks": [], "notes": list(submission.notes)}
        wanted = replace(submission, notes=())
        if part.run:
            answers = tuple(a for a in submission.answers if a.run == part.run)
            wanted = replace(wanted, answers=answers)
        marking = self.open.mark(wanted, None if self.exam.plain else part.questions)
        return {"marks": [m.to_json() for m in marking.marks], "notes": list(marking.notes)}


def fault_words(error: BaseException) -> str:
    """Anything unforeseen, said as a fault of ours."""
    frames = traceback.extract_tb(error.__traceback__)
    place = (
        f" ({os.path.basename(frames[-1].filename)}, line {frames[-1].lineno})" if frames else ""
    )
    said = f"{type(error).__name__}: {error}"[:400]
    return f"deltarule met a fault of its own{place}: {said}"
