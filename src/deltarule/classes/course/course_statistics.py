"""What a course's markings say together: of each question, and of the whole.

Markings are added one after another and none is kept, so that memory does not grow with their
number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from deltarule.classes.course.exact_numbers import Sums
from deltarule.classes.marked_questions import MarkedQuestion, by_question
from deltarule.classes.point_decimals import share
from deltarule.exams.exam_marking import ExamMarking
from deltarule.marking.verdicts import FOLLOWS, TRIVIAL, UNREADABLE


@dataclass
class QuestionStatistics:
    """One question. `sums` are over the students whose points for it are decided: the share of its
    points, and the share of all other points. The counters count students, each once for a cause.
    """

    id: str
    label: str
    of: Fraction = Fraction(0)
    asked: int = 0
    sums: Sums = field(default_factory=Sums)
    right: int = 0
    follows: int = 0
    unanswered: int = 0
    unread: int = 0
    open: int = 0
    decided: int = 0
    causes: Counter[str] = field(default_factory=Counter)

    @property
    def difficulty(self) -> Fraction | None:
        """The mean share of its points: 1 where everybody has all."""
        return self.sums.mean

    @property
    def discrimination(self) -> Fraction | None:
        """The correlation of its share with that of all other points; None where there is none."""
        return self.sums.correlation()

    def add(self, question: MarkedQuestion, marking: ExamMarking) -> None:
        """One student's."""
        rest, rest_of = marking.points - question.points, marking.of - question.of
        self.of = max(self.of, question.of)
        self.asked += 1
        if not question.open:
            self.sums.add(share(question.points, question.of), share(rest, rest_of))
        verdicts = {m.verdict for m in question.marks}
        self.right += question.right
        self.follows += bool(verdicts & {FOLLOWS, TRIVIAL})
        self.unanswered += not question.answered
        self.unread += UNREADABLE in verdicts
        self.open += bool(question.open)
        self.decided += any(m.marked is not None for m in question.marks)
        self.causes.update(question.causes)


@dataclass
class CourseStatistics:
    """The whole course. `totals` counts students by their points, `shares` by their share of what
    they could have, but for those of whose points none is decided (`undecided`); `causes` counts
    the students who made each mistake somewhere.
    """

    exam: str = ""
    questions: dict[str, QuestionStatistics] = field(default_factory=dict)
    of: Fraction = Fraction(0)
    sums: Sums = field(default_factory=Sums)
    totals: Counter[Fraction] = field(default_factory=Counter)
    shares: Counter[Fraction] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    causes_in: dict[str, list[str]] = field(default_factory=dict)
    students: int = 0
    open: int = 0
    undecided: int = 0

    def add(self, marking: ExamMarking) -> None:
        """One student's marking."""
        self.exam = self.exam or marking.exam
        self.of = max(self.of, marking.of)
        self.students += 1
        self.open += bool(marking.open)
        if 0 < marking.of == marking.open:
            self.undecided += 1
        else:
            self.sums.add(marking.points, marking.points)
            self.totals[marking.points] += 1
            self.shares[share(marking.points, marking.of)] += 1
        made: dict[str, None] = {}
        for question in by_question(marking):
            found = self.questions.get(question.id)
            if found is None:
                found = QuestionStatistics(question.id, question.label)
                self.questions[question.id] = found
            found.add(question, marking)
            for cause in question.causes:
                made[cause] = None
                places = self.causes_in.setdefault(cause, [])
                if question.id not in places:
                    places.append(question.id)
        self.causes.update(made.keys())


def course_statistics(markings: Iterable[ExamMarking]) -> CourseStatistics:
    """The statistics of all markings, which are gone through once."""
    course = CourseStatistics()
    for marking in markings:
        course.add(marking)
    return course
