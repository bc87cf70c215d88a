"""An exam's folder: what is written, what is kept, and which file is whose."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from drawn_papers import like_slide

from deltarule.arithmetic.printed import Printed
from deltarule.calculus.without_steps import derive_unverified
from deltarule.cli.programs import program
from deltarule.errors import DeltaruleError
from deltarule.exams.exam_files import load_exam
from deltarule.exams.models import model_like
from deltarule.exams.sheet_text import sheet_text
from deltarule.exams.students import file_stem, numbered, read_students, refuse_alike
from deltarule.exams.variant_files import exam_for, path_of, write_exam
from deltarule.marking import run_computations
from deltarule.marking.open_sheet import OpenSheet
from deltarule.marking.sheet_files.answers import Answers
from deltarule.marking.sheet_files.sheets import Sheet, load_sheet

EXAM = """
title = "An exam"
instructions = "Show your work."
network = "mlp"
[options]
layers = 2
batch = false
[given]
x = [1.0, -0.5]
y = 0.9
Theta1 = [[1.2, 2.1, -1.5], [-0.3, -0.7, 0.3]]
Theta2 = [-0.2, 0.5, 1.3]
[marks]
follows = "half"
[[question]]
id = "1a"
kind = "numbers"
text = "Work out {yhat}."
asked = ["h1", "yhat"]
marks = {h1 = 1.5, yhat = 1}
[[question]]
id = "2"
kind = "choice"
text = "Where is σ steepest?"
choices = ["at 0", "at 1"]
right = "a"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("papers") / "exam"
    write_exam(like_slide(), ["ann", "Bob, C."], out, model_like("slide"))
    return out


@pytest.mark.slow
def test_a_paper_is_a_sheet_of_the_same_form(folder):
    run = load_sheet(folder / "variants" / "ann.toml").runs[0]
    drawn = like_slide().draw("ann").run
    assert (run.given, run.asked, run.rounding) == (drawn.given, drawn.asked, drawn.rounding)
    assert (run.network, run.rate, run.updates, run.options) == (
        drawn.network,
        drawn.rate,
        drawn.updates,
        drawn.options,
    )
    assert load_exam(folder / "exam.toml").plain
    assert "mistake" in (folder / "distances.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_who_joins_later_changes_nobody_elses_paper(folder):
    before = {p: p.read_bytes() for p in folder.rglob("*.*")}
    written = write_exam(like_slide(), ["cyd", "ann", "Bob, C."], folder, model_like("slide"))
    assert (written.written, written.kept) == (("cyd",), ("ann", "Bob, C."))
    assert all(p.read_bytes() == content for p, content in before.items())


@pytest.mark.slow
def test_another_exam_does_not_take_its_place(tmp_path):
    (tmp_path / "exam.toml").write_text("title = 'mine'", encoding="utf-8")
    with pytest.raises(DeltaruleError, match="is there already, and is another exam"):
        write_exam(like_slide(), [], tmp_path, model_like("slide"))
    assert [p.name for p in tmp_path.iterdir()] == ["exam.toml"]


def test_a_student_is_found_by_any_name(folder):
    assert Path(path_of(folder, "who", "Bob, C.")).name == "Bob__C.toml"
    assert Path(path_of(folder)).name == "exam.toml"
    assert path_of("slide", "ann") == "slide"
    assert exam_for(folder, "ann").sheet.runs[0].given == like_slide().draw("ann").run.given
    with pytest.raises(DeltaruleError, match="there is no paper of anne"):
        path_of(folder, "anne")


def test_questions_stay_as_they_are(tmp_path):
    path = tmp_path / "exam.toml"
    path.write_text(EXAM, encoding="utf-8")
    model = model_like(path)
    text = sheet_text(model.run, questions=model.questions, extra=model.extra)
    (tmp_path / "again.toml").write_text(text, encoding="utf-8")
    first, again = load_exam(path), load_exam(tmp_path / "again.toml")
    assert again.questions == first.questions
    assert again.instructions == "Show your work."
    assert (again.sheet.runs[0].given, again.credit) == (first.sheet.runs[0].given, first.credit)


@pytest.mark.parametrize("name", ["slide", "mazur", "six-by-six", "elman", "hello", "chain"])
def test_any_run_can_be_written_as_a_sheet(name, tmp_path):
    run = load_sheet(name).runs[0]
    (tmp_path / "own.toml").write_text(sheet_text(run), encoding="utf-8")
    (again,) = load_sheet(tmp_path / "own.toml").runs
    for part in ("network", "options", "given", "asked", "rate", "updates", "formulas", "names"):
        assert getattr(again, part) == getattr(run, part)
    assert (again.not_updated, again.rounding) == (run.not_updated, run.rounding)


def test_students_are_read_from_any_table(tmp_path):
    table = tmp_path / "students.csv"
    table.write_text("name;student;group\nAnn;a1;x\nBob;b2;y\n\n", encoding="utf-8")
    assert read_students(table) == ["a1", "b2"]
    table.write_text("\ufeffann\nbob\n", encoding="utf-8")
    assert read_students(table) == ["ann", "bob"]
    assert numbered(3) == ["student-01", "student-02", "student-03"]
    table.write_text("student\n", encoding="utf-8")
    with pytest.raises(DeltaruleError, match="the table has no students"):
        read_students(table)


def test_names_of_files_are_safe():
    assert file_stem("../../etc/passwd") == "etc_passwd"
    assert file_stem("con") == "con_"
    assert file_stem("Zoë") == "Zoë"
    with pytest.raises(DeltaruleError, match="names no file"):
        file_stem("/..")
    with pytest.raises(DeltaruleError, match=r"Ann and ann would share the file ann.toml"):
        refuse_alike(["Ann", "ann"], "students.csv")
    with pytest.raises(DeltaruleError, match="ann stands there twice"):
        refuse_alike(["ann", "ann"], "students.csv")


def test_all_names_that_will_not_do_are_told_at_once():
    with pytest.raises(DeltaruleError) as told:
        refuse_alike([".", "ann", "bob", "Ann", "?!", *["x" * 101] * 2, "bob"], "students.csv")
    assert told.value.fact == (
        f"'.' names no file; '?!' names no file; {'x' * 40!r} names no file; "
        "ann and Ann would share the file Ann.toml; bob stands there twice"
    )
    assert told.value.remedy == (
        "name them by letters and digits; name each student once, by something of their own"
    )
    with pytest.raises(DeltaruleError, match="'!!!!!!!!!!!!' names no file; and 8 more"):
        refuse_alike(["!" * k for k in range(1, 21)], "students.csv")


def test_a_variant_is_marked_without_deriving_anything_again():
    variants = like_slide()
    opened = OpenSheet(Sheet("exam", "", "exam.toml", (variants.draw("").run,)))
    beside = opened.variant(Sheet("exam", "", "ann.toml", (variants.draw("ann").run,)))
    third = beside.variant(Sheet("exam", "", "bob.toml", (variants.draw("bob").run,)))
    again = patch.object(run_computations, "derive_unverified", wraps=derive_unverified)
    with again as derived:
        for sheet in (opened, beside, third):
            found = sheet.mark(Answers(None, "", {"yhat": Printed("7")}, "a")).verdicts
            assert next(v.verdict for v in found if v.quantity == "yhat") == "wrong"
    assert derived.call_count == 0


def test_the_command_writes_an_exam(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = CliRunner().invoke(
        program("exam new"),
        "--network dense --set N=2,D=2,M=2 --seed 7 --count 1 --decimals 2 --json".split(),
    )
    values = json.loads(ran.output)
    assert (ran.exit_code, values["written"]) == (0, ["student-01"])
    assert values["distances"]["digits"] == "2 decimals (half-up)"
    assert (tmp_path / "exam" / "variants" / "student-01.toml").is_file()
