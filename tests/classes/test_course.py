"""The course's table: checked against sums made in another way, and the same every time."""

import json
import statistics
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from course_markings import SIGN, emmy, mark, right
from hypothesis import given, settings
from hypothesis import strategies as st

from deltarule.classes.course.course_markdown import course_markdown
from deltarule.classes.course.course_report import distribution, number, question_rows
from deltarule.classes.course.course_statistics import course_statistics
from deltarule.classes.course.course_values import course_json, course_values
from deltarule.classes.course.exact_numbers import Sums, median, root
from deltarule.exams.exam_marking import ExamMarking


def drawn(seed: int, students: int = 40) -> list[ExamMarking]:
    random = Random(seed)
    return [
        ExamMarking(
            "exam",
            f"s{k}",
            tuple(
                mark(str(q), "", "wrong", Fraction(random.randint(0, 4), 2), 2) for q in range(4)
            ),
        )
        for k in range(students)
    ]


def test_difficulty_and_discrimination_are_those_of_the_standard_library():
    markings = drawn(3)
    course = course_statistics(markings)
    totals = [m.points for m in markings]
    for k, question in enumerate(course.questions.values()):
        own = [m.marks[k].points / 2 for m in markings]
        rest = [float((t - 2 * o) / 6) for t, o in zip(totals, own, strict=True)]
        wanted = statistics.correlation([float(o) for o in own], rest)
        assert float(question.discrimination) == pytest.approx(wanted, abs=0.0051)
        assert question.difficulty == statistics.mean(own)
    assert course.sums.mean == statistics.mean(totals) and course.of == 8
    assert float(course.sums.deviation()) == pytest.approx(statistics.pstdev(totals), abs=0.0051)
    assert median(course.totals) == statistics.median(totals)
    assert sum(times for _, times, _ in distribution(course)) == 40


@settings(max_examples=15)
@given(st.lists(st.fractions(-5, 5, max_denominator=9), min_size=1, max_size=9))
def test_numbers_of_a_course(values):
    sums = Sums()
    for value in values:
        sums.add(value, -value)
    assert float(sums.deviation(6)) == pytest.approx(statistics.pstdev(values), abs=1e-6)
    assert sums.correlation() == (-1 if len(set(values)) > 1 else None)
    size = abs(values[0])
    assert float(root(size, 6)) == pytest.approx(float(size) ** 0.5, abs=1e-6)


def test_what_went_wrong_is_counted_by_student_and_question():
    twice = replace(
        emmy(), who="twice", marks=(*emmy().marks, replace(emmy().marks[2], question="5"))
    )
    course = course_statistics([right("carl"), emmy(), twice])
    two = course.questions["2"]
    assert (two.asked, two.right, two.follows, two.unanswered) == (3, 1, 2, 0)
    assert two.causes == {SIGN: 2} and course.causes == {SIGN: 2}
    values = course_values(course)
    assert values["mistakes"] == [{"mistake": SIGN, "students": 2, "questions": ["2", "5"]}]
    assert values["questions"][2]["decided_by_hand"] == 2 and values["open"] == 2
    assert course.questions["4"].asked == 2 and course.questions["4"].open == 2


def test_the_table_says_it():
    text = course_markdown(course_statistics([right("carl"), emmy()]))
    for line in (
        "- 2 students; 8 points in all",
        "- mean 4.5, median 4.5, standard deviation 1.5, from 3 to 6",
        "- 1 student with points to be decided by hand",
        "| 2 | 2 | 0.75 | 1.00 | 1 | 1 | 0 | 0 | sign lost (1) |",
        "| 90–100 % | 1 | █ |",
        "| sign lost | 1 | 2 |",
    ):
        assert line in text.splitlines(), line
    assert "No mistake was named." in course_markdown(course_statistics([right("a")]))
    assert "Nobody handed anything in." in course_markdown(course_statistics([]))


def test_the_same_in_whichever_order_the_students_come():
    markings = [*drawn(5), emmy(), right("carl")]
    texts = set()
    for seed in range(3):
        Random(seed).shuffle(markings)
        course = course_statistics([*markings, emmy()])
        values = course_values(course)
        values["questions"].sort(key=lambda q: q["question"])
        texts.add(json.dumps(values))
    assert len(texts) == 1


def test_points_that_nobody_has_decided_are_no_points_lost():
    nothing = ExamMarking("exam", "x", (mark("1", "", "could not decide", 0, 2, open=Fraction(2)),))
    some = ExamMarking("exam", "y", (mark("1", "", "right", 2, 2),))
    course = course_statistics([nothing, some])
    assert (course.students, course.undecided, course.open) == (2, 1, 1)
    assert course.sums.mean == 2 and course.questions["1"].difficulty == 1
    assert course.questions["1"].asked == 2 and course.questions["1"].open == 1
    assert "- 1 student of whom nothing is decided yet" in course_markdown(course)
    alone = course_statistics([nothing])
    assert "mean" not in course_markdown(alone).partition("## Questions")[0]
    assert course_values(alone)["questions"][0]["difficulty"] is None


def test_no_marking_is_kept():
    course = course_statistics(replace(emmy(), who=str(k)) for k in range(60))
    assert len(course.totals) == len(course.shares) == 1 and course.students == 60
    assert "emmy" not in course_json(course) and len(question_rows(course)) == 4


def test_numbers_as_shown():
    assert [number(n) for n in (None, Fraction(-1, 3), Fraction(1), Fraction(-1, 999))] == [
        "–",
        "−0.33",
        "1.00",
        "0.00",
    ]
