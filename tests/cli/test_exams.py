"""The commands about exams: what is shown, in which format, with which exit status."""

import json

import exam_texts
import pytest
from click.testing import CliRunner

from deltarule.cli.programs import app

ANSWERS = """
who = "Emmy N."
[answers]
2 = 2400
4 = "a"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exam.toml").write_text(exam_texts.EXAM, encoding="utf-8")
    (tmp_path / "mine.toml").write_text(ANSWERS, encoding="utf-8")
    choices = exam_texts.CHOICES + "[question.because]\nno = 'Look again.'\n"
    (tmp_path / "test.toml").write_text(choices, encoding="utf-8")
    return tmp_path


def run(*words):
    return CliRunner().invoke(app, words, env={"COLUMNS": "100"})


def test_answers_to_an_exam_are_shown_by_question(folder):
    (folder / "a.toml").write_text("[answers]\n1 = 'no'\n", encoding="utf-8")
    shown = run("check", "a.toml", "--sheet", "test.toml")
    assert shown.exit_code == 1
    assert "1: 0 of 1" in shown.output and "✗ no: wrong" in shown.output
    assert "Look again." in shown.output and "0 of 1 points" in shown.output
    (folder / "a.toml").write_text("[answers]\n1 = 'yes'\n", encoding="utf-8")
    values = json.loads(run("check", "a.toml", "--sheet", "test.toml", "--json").output)
    assert values["passed"] and values["marks"][0]["points"] == "1"
    assert r"\documentclass" in run("check", "a.toml", "--sheet", "test.toml", "--latex").output
    assert "## 1: 1 of 1" in run("check", "a.toml", "--sheet", "test.toml", "--markdown").output


def test_several_students_are_a_class(folder):
    shown = run("check", "mine.toml", "other.toml", "--sheet", "test.toml")
    assert shown.exit_code == 2
    assert "check class mine.toml other.toml --sheet test.toml" in shown.output


def test_the_remarks_on_a_sheet(folder):
    odd = exam_texts.CHOICES.replace("It does not.", "It does.").replace("[[", "total = 2\n[[", 1)
    (folder / "odd.toml").write_text(odd, encoding="utf-8")
    shown = run("check", "sheet", "odd.toml", "test.toml")
    assert shown.exit_code == 0 and "0 errors, 3 warnings" in shown.output
    assert "! the choices yes and no say the same" in shown.output
    assert "nothing is wrong" in shown.output
    (folder / "wrong.toml").write_text(odd.replace('right = "yes"', 'right = "y"'))
    values = json.loads(run("check", "sheet", "wrong.toml", "--json").output)
    assert not values["sound"] and "y is not among" in values["sheets"][0]["errors"][0]["fact"]
    assert run("check", "sheet", "wrong.toml").exit_code == 1
    assert run("check", "sheet", "none.toml").exit_code == 2
    assert run("check", "sheet").exit_code == 2


def test_the_schema_is_printed_or_written(folder):
    schema = json.loads(run("exam", "schema").output)
    assert schema["required"] == ["title"]
    assert run("exam", "schema", "-o", "exam.schema.json").exit_code == 0
    assert json.loads((folder / "exam.schema.json").read_text()) == schema
    assert run("exam", "schema", "-o", "exam.schema.json").exit_code == 2


def test_an_answers_file_for_an_exam(folder):
    shown = run("check", "--template", "test.toml")
    assert "# Question 1 (1 point)" in shown.output and '[answers.1]\nanswer = ""' in shown.output
    assert 'sheet = "test.toml"' in shown.output


def test_each_student_has_a_paper_of_their_own(folder):
    exam = folder / "exam"
    (exam / "variants").mkdir(parents=True)
    (exam / "exam.toml").write_text(exam_texts.CHOICES, encoding="utf-8")
    other = exam_texts.CHOICES.replace('right = "yes"', 'right = "no"')
    (exam / "variants" / "Ada.toml").write_text(other, encoding="utf-8")
    (folder / "a.toml").write_text('who = "Ada"\n[answers]\n1 = "no"\n', encoding="utf-8")
    assert run("check", "a.toml", "--sheet", "exam").exit_code == 0
    page = run("check", "a.toml", "--sheet", "exam", "--html", "-").output
    assert page.startswith("<!doctype html>") and "1 of 1 point" in page
    (folder / "Bob.toml").write_text('[answers]\n1 = "no"\n', encoding="utf-8")
    refused = run("check", "Bob.toml", "--sheet", "exam")
    assert refused.exit_code == 2 and "there is no paper of Bob" in refused.output
    assert "check class" in run("check", "a.toml", "Bob.toml", "--sheet", "exam").output
    brief = run("check", "a.toml", "Bob.toml", "--sheet", "test.toml", "--brief")
    assert "check class" in brief.output


@pytest.mark.parametrize("words", [(), ("--out", "made/here")])
def test_a_class_of_nobody_leaves_nothing_behind(folder, words):
    (folder / "submissions").mkdir()
    before = {*folder.rglob("*")}
    refused = run("check", "class", "submissions", "--sheet", "test.toml", *words)
    assert refused.exit_code == 2 and "there is nothing to mark in submissions" in refused.output
    assert {*folder.rglob("*")} == before
