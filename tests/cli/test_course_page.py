"""A course's table on the screen, and the same page as Markdown and LaTeX."""

import io

import pytest
from course_markings import emmy, right
from rich.console import Console

from deltarule.classes.course.course_statistics import course_statistics
from deltarule.cli.course_page import course_page
from deltarule.cli.document import LatexPage, MarkdownPage
from deltarule.cli.page import Page

COURSE = course_statistics([right("carl"), emmy()])


def shown(course, width=80) -> list[str]:
    text = io.StringIO()
    page = Page(width, False)
    course_page(page, course)
    page.show(Console(file=text, width=width, color_system=None))
    return text.getvalue().splitlines()


def test_a_question_has_its_numbers_and_its_mistakes():
    lines = shown(COURSE, 100)
    assert "2 students; 8 points in all" in lines
    question = "2 points; difficulty 0.75, discrimination 1.00; 1 right, 1 follow"
    assert any(line.split(maxsplit=1) == ["2", question] for line in lines)
    assert any(line.split() == ["mistakes:", "sign", "lost", "(1)"] for line in lines)
    assert any(line.split() == ["90–100", "%", "1", "█"] for line in lines)
    assert "sign lost" in lines[-1] and "1 of 2 students, in 2" in lines[-1]


@pytest.mark.parametrize("width", [40, 60, 120])
def test_no_line_is_wider_than_the_screen(width):
    assert max(map(len, shown(COURSE, width))) <= width


def test_documents_have_tables():
    markdown, latex = MarkdownPage(), LatexPage()
    for page in (markdown, latex):
        course_page(page, COURSE)
    assert "| 2 | 2 | 0.75 | 1.00 | 1 | 1 | 0 | 0 | sign lost (1) |" in str(markdown)
    assert r"sign lost & 1 & 2 \\" in str(latex)


def test_a_course_of_nobody():
    assert shown(course_statistics([]))[-1] == "Nobody handed anything in."
