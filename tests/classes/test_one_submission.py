"""One student's submission marked by itself, and written for another system's grader."""

import json
from zipfile import ZipFile

import pytest
from handed_in import PLAIN, folder

from deltarule.classes.class_exam import ClassExam
from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.classes.marked_questions import has_numbers, texts_of
from deltarule.classes.one_submission import mark_alone
from deltarule.errors import DeltaruleError

COUNTED = """
title = "Counting"
[[question]]
id = "1"
kind = "counting"
of = "half_squared"
what = "parameters"
text = "How many parameters?"
"""
PAPER = """
title = "A half square"
network = "half_squared"
[given]
{given}
"""
ASKED = """
[[question]]
id = "1"
kind = "numbers"
text = "Work out {E} for {y = }."
asked = "E"
[[question]]
id = "2"
kind = "choice"
text = "Is it {E}?"
choices = ["yes", "no"]
right = "a"
"""


@pytest.fixture
def counted(tmp_path):
    path = tmp_path / "exam.toml"
    path.write_text(COUNTED, encoding="utf-8")
    return path


def test_all_files_of_a_folder_are_one_students(counted, tmp_path):
    own = tmp_path / "emmy"
    own.mkdir()
    (own / "a.toml").write_text("[answers]\n1 = 0\n", encoding="utf-8")
    (own / "notes.txt").write_text("hello", encoding="utf-8")
    with ZipFile(own / "more.zip", "w") as archive:
        archive.writestr("b.toml", "[answers]\n1 = 0\n")
    exam, marking = mark_alone([own], counted)
    assert any(note.startswith("notes.txt is not read") for note in marking.notes)
    assert (marking.who, marking.points, marking.of) == ("emmy", 1, 1) and exam.title == "Counting"
    assert mark_alone([own / "a.toml"], counted, ("e@x", "Emmy"))[1].who == "e@x"


def test_what_cannot_be_read_earns_nothing_and_is_said(counted, tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    _, marking = mark_alone([broken], counted)
    assert [m.verdict for m in marking.marks] == ["could not read"]
    assert marking.notes[0].startswith("could not be marked: ") and marking.points == 0
    with pytest.raises(DeltaruleError, match="there is no file"):
        mark_alone([tmp_path / "nothing"], counted)


def test_questions_show_the_numbers_of_a_students_own_paper(tmp_path):
    (tmp_path / "variants").mkdir()
    head = PAPER.replace("{given}", "y = 1\nt = 2")
    (tmp_path / "exam.toml").write_text(head + ASKED, encoding="utf-8")
    own = PAPER.replace("{given}", "y = 3\nt = 4")
    (tmp_path / "variants/emmy.toml").write_text(own, encoding="utf-8")
    exam = ClassExam(tmp_path)
    setting = ExportSetting(texts=texts_of(exam.exam), own_texts=exam.texts)
    assert setting.texts_for("emmy")["1"] == "Work out E for y = 3."
    assert setting.texts_for("nobody") == {"2": "Is it E?"}
    assert setting.texts["1"] == "Work out E for y = 1." and not has_numbers("{E}")


def test_the_command_writes_what_is_asked_for(invoke_check, counted, tmp_path):
    answers = tmp_path / "emmy.toml"
    answers.write_text("[answers]\n1 = 3\n", encoding="utf-8")
    asked = ["check", answers, "--sheet", counted]
    done = invoke_check(*asked, "--export", "gradescope", "--reveal", "verdicts")
    assert done.exit_code == 1 and json.loads(done.stdout)["score"] == 0
    out = tmp_path / "out"
    assert invoke_check(*asked, "--export", "lti,html", "--output", out).exit_code == 1
    assert json.loads((out / "lti.json").read_text(encoding="utf-8"))["userId"] == "emmy"
    assert (out / "html.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    for more, said in (
        (["--export", "lti,html"], "several exports at once have no place"),
        (["--export", "ltii"], "did you mean 'lti'?"),
        (["--export", "lti", "--reveal", "all"], "there is no --reveal all"),
        (["--export", "lti", "--students", out], "the list of students cannot be read"),
    ):
        refused = invoke_check(*asked, *more)
        assert refused.exit_code == 2 and said in " ".join(refused.stderr.split())


@pytest.fixture
def invoke_check(monkeypatch):
    from click.testing import CliRunner

    from deltarule.cli.programs import app

    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_why_nothing_could_be_read_is_said(tmp_path):
    folder(tmp_path, {"exam.toml": PLAIN, "in/photo.jpg": "x"})
    _, marking = mark_alone([tmp_path / "in"], tmp_path / "exam.toml")
    assert "nothing is handed in that can be read (photo.jpg is not read: " in marking.notes[0]
