"""A marked class as a folder of pages: whole, linked to each other, no text in them obeyed."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from course_markings import HOSTILE, emmy, right
from handed_in import PLAIN
from parsed_html import Parsed, Whole

from deltarule.classes.class_result import ClassResult
from deltarule.classes.class_site.class_pages import ShownClass, class_pages
from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.classes.roster import Roster, Student
from deltarule.cli.programs import program
from deltarule.exams.exam import Exam
from deltarule.exams.exam_files import load_exam
from deltarule.exams.exam_marking import ExamMarking
from deltarule.marking.points import points_text
from deltarule.marking.sheet_files.sheets import Sheet

EMPTY = Exam("An exam", "exam.toml", Sheet("exam.toml", "An exam", "", ()), ())


def pages_of(markings, exam=EMPTY, students=()) -> dict[str, str]:
    result = ClassResult("An exam", markings, 0, "marks")
    setting = ExportSetting(Roster(students), reveal="right")
    return dict(class_pages(ShownClass(result, exam, setting)))


def links(pages: dict[str, str]) -> list[tuple[str, str]]:
    """Each link with the page it stands on, as a path in the folder."""
    found = []
    for path, page in pages.items():
        for link in re.findall(r'href="([^"]*)"', page):
            target = Path(path).parent / unquote(unescape(link))
            found.append((path, "/".join(p for p in _plain(target))))
    return found


def _plain(path: Path) -> list[str]:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return parts


def test_the_overview_has_everybody_with_their_points_and_links_that_work():
    markings = [right("bo"), emmy(), right("cy", "2")]
    pages = pages_of(markings, students=[Student("emmy", "Emmy Noether")])
    assert [*pages][-1] == "index.html" and len(pages) == 4
    for page in pages.values():
        Whole(page.replace("<a href=", "<a title="))
        assert "<script" not in page
    ways = links(pages)
    assert {target for path, target in ways if path == "index.html"} == {*pages} - {"index.html"}
    assert all(target in pages for _, target in ways)
    assert ("students/emmy.html", "students/cy.html") in ways
    text = Parsed(pages["index.html"]).text
    assert "Emmy Noether" in text and "sign lost" in text and "students/emmy" not in text
    rows = re.findall(r"<tr><td>(.*?)</tr>", pages["index.html"])
    for marking, row in zip(markings, rows):
        said = f"<b>{points_text(marking.points)}</b> of {points_text(marking.of)}"
        assert said in row
    own = Parsed(pages["students/emmy.html"]).text
    assert "handed in as emmy" in own and "−0.07" in own and "well done" in own


def test_what_students_are_called_is_text_and_nobody_is_written_over():
    names = [*HOSTILE, "../../x", "emmy", "EMMY", "50%25", "a/b", "students", "index"]
    names = list(dict.fromkeys(names))
    notes = ("could not be marked: <img src=x onerror=alert(1)>",)
    pages = pages_of([ExamMarking(n, n, right(n).marks, notes) for n in names])
    assert len(pages) == len(names) + 1
    for path, page in pages.items():
        assert "<script" not in page and "<img" not in page and "\x1b" not in page
        assert ".." not in Path(path).parts and not path.startswith("/")
    assert all(target in pages for _, target in links(pages))
    assert len({path.casefold() for path in pages}) == len(pages)


def test_nobody_is_a_class_too():
    (page,) = pages_of([]).values()
    assert "Nobody handed anything in" in Parsed(page).text


@pytest.mark.slow
def test_the_distances_of_the_sheet_stand_beside():
    pages = pages_of([right("bo")], load_exam("slide"))
    assert ("index.html", "distances.html") in links(pages)
    text = Parsed(pages["distances.html"]).text
    assert "mistakes show" in text and "∂E/∂Θ₂" in text and "σ is not applied" in text


@pytest.fixture
def written(tmp_path):
    (tmp_path / "exam.toml").write_text(PLAIN, encoding="utf-8")
    (tmp_path / "form.csv").write_text("who,s2,yhat,E\ndi,1.33,0.79,0.02\n", encoding="utf-8")

    def check(*words: str):
        form, exam = str(tmp_path / "form.csv"), str(tmp_path / "exam.toml")
        out = str(tmp_path / "marks")
        given = ["class", form, "--sheet", exam, "--out", out, "--jobs", "1", *words]
        return CliRunner().invoke(program("check"), given, env={"COLUMNS": "200"})

    return check


def test_the_pages_go_into_a_folder(written, tmp_path):
    folder = tmp_path / "pages"
    for words in (["-"], [str(tmp_path / "x.html")], [str(tmp_path / "exam.toml")]):
        told = written("--html", *words)
        assert told.exit_code == 2 and "write --html pages/" in told.output
    assert not (tmp_path / "marks").exists()
    told = written("--html", str(folder))
    assert told.exit_code == 0 and "3 pages are written" in told.output
    files = {str(p.relative_to(folder)) for p in folder.rglob("*.html")}
    assert files == {"index.html", "distances.html", "students/di.html"}
    assert "3 of 3 points" in (folder / "students/di.html").read_text()
    page = tmp_path / "totals.html"
    assert written("--brief", "--html", str(page)).exit_code == 0 and page.is_file()
