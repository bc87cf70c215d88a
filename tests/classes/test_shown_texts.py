"""Texts in Markdown and HTML, points as decimals, and what is left out of findings."""

from fractions import Fraction

import pytest
from course_markings import mark, texts
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from parsed_html import Parsed

from deltarule.classes.markdown_text import inline, opening, paragraph
from deltarule.classes.point_decimals import point_decimal, point_number, share
from deltarule.classes.revealing import CAUSES, VERDICTS, finding_shown, revealed, right_shown
from deltarule.errors import DeltaruleError
from deltarule.pages.html_page import quoted_html
from deltarule.spelling.visible import visible

RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
SIGNS = st.text(alphabet="#=+-*_`[]()<>!|~$&@:;/.\\1 aw\n{}\"'^", max_size=25)


@settings(max_examples=50)
@given(texts | SIGNS)
def test_no_text_is_markup_in_markdown(text):
    words = " ".join(visible(text).split())
    for source, before in ((opening(text), ""), (f"- {opening(text)}", ""), (inline(text), None)):
        if before is None:
            source, before = f"# x {source}", "x "
        shown = Parsed(RENDERER.render(source))
        assert " ".join(shown.text.split()) == (before + words).strip()
        assert shown.tags <= {"p", "ul", "li", "h1"}
    shown = Parsed(RENDERER.render("\n".join(paragraph(text))))
    assert shown.text.split() == words.split() and shown.tags <= {"p", "br"}


@settings(max_examples=30)
@given(texts)
def test_no_text_is_markup_in_html(text):
    shown = Parsed(quoted_html(text))
    assert shown.text == visible(text) and shown.tags == {"bdi"}


DECIMALS = {
    "1/3": "0.3333",
    "2/3": "0.6667",
    "3/2": "1.5",
    "2": "2",
    "0": "0",
    "1/8": "0.125",
    "1/20000": "0.0001",
    "-1/3": "-0.3333",
    "-1/99999": "0",
}


@pytest.mark.parametrize("points", DECIMALS)
def test_points_are_rounded_once_half_up(points):
    assert point_decimal(Fraction(points)) == DECIMALS[points]
    assert point_number(Fraction(points)) == float(DECIMALS[points])


def test_a_share_lies_between_nothing_and_all():
    assert (
        share(Fraction(1), Fraction(3)) == Fraction(1, 3) and share(Fraction(1), Fraction(0)) == 0
    )
    assert share(Fraction(5), Fraction(3)) == 1 and share(Fraction(-1), Fraction(3)) == 0


FINDING = "the sign is lost: with it −0.0702 would be right; this is 0.07 at N = 3"


def test_a_finding_gives_no_right_value_away():
    wrong = mark("1", "E", "mistake", 0, finding=FINDING, expected="−0.07", given="0.07")
    assert finding_shown(wrong, "right") == FINDING and right_shown(wrong, "right") == "−0.07"
    assert finding_shown(wrong, CAUSES) == FINDING.replace("−0.0702", "…")
    assert right_shown(wrong, CAUSES) == "" == finding_shown(wrong, VERDICTS)
    for finding, expected, given_text, left in (
        ("it is 61,706, not 61,000", "61,706", "61000", ""),
        (
            "Θ₂ after is (0.668, 0.731) here; nothing explains it",
            "(0.7, 0.7)",
            "0",
            "nothing explains it",
        ),
        ("12 at [0,3] is 5", "7", "5", "12 at [0,3] is 5"),
    ):
        wrong = mark("1", "E", "wrong", 0, finding=finding, expected=expected, given=given_text)
        assert finding_shown(wrong, CAUSES) == left
    formula = mark("1", "E", "wrong", 0, finding="right is y − ŷ", expected="y − ŷ", given="y")
    assert finding_shown(formula, CAUSES) == "right is …"
    right = mark("1", "E", "right", 1, finding="carried exactly it is 0.071", expected="0.07")
    assert finding_shown(right, CAUSES) == right.finding and right_shown(right, "right") == ""


def test_a_word_that_reveals_nothing_is_refused():
    assert revealed("causes") == "causes"
    with pytest.raises(DeltaruleError, match="there is no --reveal verdict\n(.*\n)*.*verdicts"):
        revealed("verdict")
