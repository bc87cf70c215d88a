"""Students who sit a drawn exam: marks are those of the truth, and mistakes are named."""

from __future__ import annotations

import pytest
from simulated_exam_figures import SHARES, category, judged, paper_of
from simulated_exam_papers import MAKERS
from simulated_exams import exams


@pytest.mark.parametrize("student", [0, 1, 4, 5])
def test_marks_are_those_of_the_truth(student):
    figures = judged("the slide", student)
    assert figures["as they should be"] == figures["decidable"] == 1
    assert figures["right values accused"] == figures["charged twice"] == 0
    assert figures["named wrongly"] == figures["not named"] == 0


def test_a_mistake_in_a_line_that_is_not_asked_is_charged_once():
    _, found = paper_of("the slide", 1)
    (slip,) = found.slips
    assert slip.line == "dE/ds2"
    assert found.charged == ["dE/dTheta2"]


def test_all_kinds_of_papers_are_drawn():
    assert {category(k) for k in range(100)} == set(SHARES) == set(MAKERS)
    assert len(exams()) == 4
