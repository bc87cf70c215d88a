"""A marked class as pages that link to each other, as files of one folder.

`index.html` has the class as a whole, `students/` a page for each student, and `distances.html`
what the sheet's own numbers let a marker see. All that anybody wrote is text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from deltarule.classes.class_result import ClassResult
from deltarule.classes.class_site.class_overview import StudentRow, overview_body, row_of
from deltarule.classes.class_site.distances_html import distances_body
from deltarule.classes.feedback.feedback_html import feedback_body, feedback_title
from deltarule.classes.feedback.student_feedback import feedback_of
from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.classes.student_files import StudentFiles
from deltarule.exams.exam import Exam
from deltarule.exams.exam_marking import ExamMarking
from deltarule.pages.blocks_html import STYLES
from deltarule.pages.html_page import page_html, quoted_html

INDEX, STUDENTS, DISTANCES = "index.html", "students", "distances.html"
_STYLES = (*STYLES, "class_style.css")


@dataclass(frozen=True)
class ShownClass:
    """A marked class with what its pages need besides: the exam, and what students are called."""

    result: ClassResult
    exam: Exam
    setting: ExportSetting


def class_pages(shown: ShownClass) -> Iterator[tuple[str, str]]:
    """Each page: its path in the folder, and its text. A student's page is made when its turn
    comes, and the overview last, so that memory does not grow with what the class wrote.
    """
    setting = shown.setting
    rows: list[StudentRow] = []
    stems = _stems(shown)
    for k, marking in enumerate(shown.result.markings):
        name = setting.students.of(marking.who).full_name
        rows.append(row_of(marking, name, _link(STUDENTS, stems[k])))
        around = (stems[k - 1] if k else "", stems[k + 1] if k + 1 < len(stems) else "")
        yield f"{STUDENTS}/{stems[k]}.html", _student_page(shown, marking, name, around)
    distances = list(distances_body(shown.exam))
    if distances:
        body = [_back(DISTANCES), *distances]
        yield DISTANCES, page_html(f"Distances: {shown.exam.title}", body, _STYLES)
    body = overview_body(shown.result, rows, DISTANCES if distances else "")
    yield INDEX, page_html(shown.result.exam, body, _STYLES)


def _stems(shown: ShownClass) -> list[str]:
    """The names of the students' files, none of which is another's."""
    files = StudentFiles()
    return [files.name(marking.who) for marking in shown.result.markings]


def _link(folder: str, stem: str) -> str:
    """The address of a student's page: a name may have percent signs of its own."""
    return f"{folder}/{quote(stem)}.html" if folder else f"{quote(stem)}.html"


def _back(path: str) -> str:
    up = "../" * path.count("/")
    return f'<nav><a href="{up}{INDEX}">the class</a></nav>'


def _student_page(shown: ShownClass, marking: ExamMarking, name: str, around: Sequence[str]) -> str:
    """A student's feedback, with ways to the class and to those before and behind."""
    setting = shown.setting
    feedback = feedback_of(marking, setting.texts_for(marking.who), setting.reveal, name)
    ways = [f'<a href="../{INDEX}">the class</a>']
    for stem, words in zip(around, ("the one before", "the next"), strict=True):
        ways += [f'<a href="{_link("", stem)}">{words}</a>'] if stem else []
    if feedback.name != marking.who:
        ways.append(f'<span class="soft">handed in as {quoted_html(marking.who)}</span>')
    body = [f"<nav>{' · '.join(ways)}</nav>", *feedback_body(feedback)]
    return page_html(feedback_title(feedback), body, _STYLES)
