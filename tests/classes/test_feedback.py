"""Feedback for one student: what it says, in three formats, and what it never says."""

import json
import re
from dataclasses import replace
from fractions import Fraction

import pytest
from course_markings import TEXTS, emmy, markings
from hypothesis import given, settings

from deltarule.classes.feedback.feedback_html import feedback_html
from deltarule.classes.feedback.feedback_json import feedback_json
from deltarule.classes.feedback.feedback_markdown import feedback_markdown
from deltarule.classes.feedback.student_feedback import feedback_of
from deltarule.classes.marked_questions import texts_of
from deltarule.classes.verdict_words import WORDS
from deltarule.exams import load_exam
from deltarule.exams.joined_verdicts import gravest
from deltarule.marking import verdicts
from deltarule.pages.html_page import text_html

QUESTION = """
title = "one"
[[question]]
id = "1"
kind = "counting"
of = "lenet5"
what = "parameters"
text = "Wie viele Gewichte hat lenet5 bei {Theta2}?"
"""
#: What a page of ours is made of, and nothing else.
TAGS = set(
    "html head meta title style body main h1 h2 p span progress section header bdi dl dt dd ul li "
    "div blockquote b".split()
)


def test_markdown_says_each_question_and_what_follows_from_what():
    text = feedback_markdown(feedback_of(emmy(), TEXTS, "right", "Emmy Noether"))
    for line in (
        "Feedback for Emmy Noether",
        "**3 of 8 points, 2 more to be decided by hand**",
        "> **Comment:** well done",
        "## · 1a: 1 of 2 points",
        "Compute s₁ and h₁.",
        "- ✓ **s₁** = (1.35, 2.45): **right** (1 of 1 point)",
        "- ✗ **∂E/∂Θ₂** = 0.07: **a mistake** (0 of 1 point)",
        "  - what went wrong: sign lost",
        "  - right is −0.07",
        "- → **Θ₂ after** = 0.27: **not the right value, but it follows rightly from your earlier "
        "answer** (1 of 1 point)",
        "  - follows from ∂E/∂Θ₂ as printed: worked out from there it is right",
        "- ✗ your answer: **wrong; the points are your teacher's decision**",
        "  - 1 points, decided by hand",
        "  - comment: the idea is right",
        "- E was read as E",
    ):
        assert line in text.splitlines(), line


@pytest.mark.parametrize("reveal", ["causes", "verdicts"])
def test_the_right_value_is_in_no_format_unless_a_teacher_wants_it(reveal):
    feedback = feedback_of(emmy(), TEXTS, reveal)
    for text in map(str, (feedback_markdown(feedback), feedback_html(feedback))):
        assert "0.13" not in text and "−0.07" not in text and "0.79" not in text
        assert ("sign lost" in text) == (reveal == "causes")
        assert "0.07" in text and "the idea is right" in text
    assert "0.79" not in feedback_json(feedback)


def test_what_follows_from_another_question_says_from_which():
    *marks, after = emmy().marks[:4]
    apart = replace(emmy(), marks=(*marks, replace(after, question="2b")))
    last = feedback_of(apart).questions[-1].parts[0]
    assert last.follows == ("∂E/∂Θ₂ (question 2)",) and last.follows_elsewhere
    assert "it follows from ∂E/∂Θ₂ (question 2)" in feedback_markdown(feedback_of(apart))


def test_json_has_exact_points():
    values = json.loads(feedback_json(feedback_of(emmy(), TEXTS)))
    code = values["questions"][2]["parts"][0]
    assert (code["points"], code["marked"], values["of"]) == ("1", "1/3", "8")
    assert Fraction(values["points"]) == emmy().points


def test_a_page_needs_nothing_else():
    page = feedback_html(feedback_of(emmy(), TEXTS))
    assert page.startswith("<!doctype html>") and '<meta name="viewport"' in page
    assert "default-src 'none'" in page and "prefers-color-scheme: dark" in page
    assert "@media print" in page and not re.search(r"<(script|link|img|iframe)|url\(|src=", page)


@settings(max_examples=20)
@given(markings)
def test_whatever_is_handed_in_a_page_has_our_tags_alone_and_json_loses_nothing(marking):
    feedback = feedback_of(marking, {m.question: m.given for m in marking.marks}, "right")
    page = feedback_html(feedback)
    body = page.partition("</style>")[2]
    assert set(re.findall(r"</?([^\s>]+)", page)) <= TAGS | {"!doctype"}
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", page)
    assert all(text_html(m.given) in body for m in marking.marks)
    values = json.loads(feedback_json(feedback))
    parts = [part for question in values["questions"] for part in question["parts"]]
    assert sorted(p["given"] for p in parts) == sorted(m.given for m in marking.marks)
    assert values["notes"] == list(marking.notes) and values["comment"] == marking.comment


def test_every_verdict_has_plain_words_and_a_place_among_the_others():
    found = [v for k, v in vars(verdicts).items() if k.isupper() and isinstance(v, str)]
    assert set(found) == set(WORDS) and gravest(found) == verdicts.UNDECIDED


def test_the_texts_of_an_exam_have_its_quantities_as_the_engine_spells_them(tmp_path):
    path = tmp_path / "exam.toml"
    path.write_text(QUESTION, encoding="utf-8")
    assert texts_of(load_exam(path)) == {"1": "Wie viele Gewichte hat lenet5 bei Θ₂?"}
