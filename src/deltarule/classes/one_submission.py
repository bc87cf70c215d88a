"""One student's submission, marked by itself: what a grader that calls us for each wants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from deltarule.classes.class_exam import ClassExam
from deltarule.classes.collected import collect_one
from deltarule.classes.exam_fields import ExamFields
from deltarule.classes.read_handed_in import NOTHING, read_handed_in
from deltarule.classes.written_markings import UNMARKED
from deltarule.errors import DeltaruleError, in_one_line
from deltarule.exams.exam import Exam
from deltarule.exams.exam_marking import ExamMarking, QuestionMark
from deltarule.exams.open_exam import OpenExam
from deltarule.marking.verdicts import UNDECIDED, UNREADABLE


def mark_alone(
    paths: Sequence[str | Path], exam: str | Path, names: Sequence[str] = ()
) -> tuple[Exam, ExamMarking]:
    """The exam of a student, and the marking of what is in files and folders, all of it theirs.

    `names` are what the student is called, the first one in the marking, else as the first file or
    folder is; by any of them their own paper is found. What cannot be read earns nothing, what
    cannot be marked is to be decided, and the marking says so. Raises DeltaruleError for an exam
    that is none, and where there is nothing.
    """
    names = tuple(names) or tuple(Path(path).stem for path in paths[:1])
    who = names[0] if names else ""
    handed = collect_one(who, paths)
    common = ClassExam(exam)
    own, _ = common.of(names)
    found = own or common.exam
    fault = UNREADABLE
    try:
        submission = read_handed_in(who, handed.read(), ExamFields(found))
        fault = UNDECIDED
        with OpenExam(found) as opened:
            marking = opened.mark(submission)
    except DeltaruleError as error:
        why = UNMARKED + in_one_line(error)
        why += f" ({handed.notes[0]})" if error.fact == NOTHING and handed.notes else ""
        return found, _unmarked(found, who, fault, why)
    said = tuple(dict.fromkeys((*handed.notes, *marking.notes)))
    return found, replace(marking, who=who, notes=said)


def _unmarked(exam: Exam, who: str, verdict: str, why: str) -> ExamMarking:
    """The marking of what cannot be read, which earns nothing, or cannot be marked, which somebody
    has to decide; and why.
    """
    nothing = Fraction(0)
    marks = [
        QuestionMark(q.id, q.kind, "", verdict, nothing, q.marks, open_)
        for q in exam.questions
        for open_ in [q.marks if verdict == UNDECIDED else nothing]
    ]
    return ExamMarking(exam.title, who, tuple(marks), (why,))
