"""Answers in every form, sorted to the questions of an exam."""

import io
import json
from functools import cache

import openpyxl
import pytest
from handed_in import QUESTIONS, folder, toml, zipped

from deltarule.classes.exam_fields import ExamFields
from deltarule.classes.form_tables import table_rows
from deltarule.classes.handed_in import FileBytes, ReadFiles
from deltarule.classes.read_handed_in import read_handed_in
from deltarule.errors import DeltaruleError
from deltarule.exams.exam_files import load_exam


@pytest.fixture(scope="module")
def fields(tmp_path_factory):
    place = folder(tmp_path_factory.mktemp("exam"), {"exam.toml": QUESTIONS})
    return ExamFields(load_exam(place / "exam.toml"))


@cache
def plain():
    return ExamFields(load_exam("slide"))


def read(fields, **files):
    """A submission from files, their names spelled with two underscores for a point."""
    found = []
    for k, (name, data) in enumerate(files.items()):
        data = data if isinstance(data, bytes) else data.encode()
        form = name.startswith("form")
        found.append(FileBytes(name.replace("__", "."), data, form, ("", k)))
    return read_handed_in("emmy", ReadFiles(tuple(found)), fields)


def values(submission):
    return {n: str(v) for a in submission.answers for n, v in a.values.items()}


def formulas(submission):
    return {n: f for a in submission.answers for n, f in a.formulas.items()}


IN_EVERY_FORM = {
    "mine__toml": '[answers]\nh1 = [0.79, 0.92]\nyhat = 0.680\n1b = "y h1"\n2 = 61706\n4 = "a"\n',
    "mine__json": json.dumps(
        {"answers": {"h1": [0.79, 0.92], "yhat": "0.680"}, "formulas": {"dE/dTheta2": "y h1"},
         "counts": {"2": 61706}, "choices": {"4": "a"}}
    ),
    "flat__json": '{"h1": [0.79, 0.92], "ŷ": 0.680, "1b": "y h1", "2": 61706, "question 4": "a"}',
    "pairs__csv": 'quantity,value\nh1,0.79,0.92\nyhat,0.680\n1b,y h1\n2,"61706"\n4,a\n',
    "heads__csv": 'h1;yhat;1b;2;4) steepest?\n"[0.79, 0.92]";"0.680";y h1;61706;a\n',
    "form": json.dumps(
        [["1a", "h1 = [0.79, 0.92]; yhat = 0.680"], ["formula for dE/dTheta2", "y h1"],
         ["Q2", "61706"], ["Where is the sigmoid steepest?", "a"]]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", IN_EVERY_FORM)
def test_the_same_answers_in_every_form(fields, name):
    found = read(fields, **{name: IN_EVERY_FORM[name]})
    shown = {n: v.replace("Printed", "") for n, v in values(found).items()}
    assert list(shown) == ["h1", "yhat"] and "0.79" in shown["h1"]
    assert shown["yhat"] == "0.680"  # zeros at the end are digits that somebody wrote
    assert formulas(found) == {"dE/dTheta2": "y h1"}
    assert (found.counts, found.choices) == ({"2": "61706"}, {"4": "a"})
    assert found.notes == ()


def test_code_comes_as_files_or_pasted(fields):
    found = read(fields, form=json.dumps([["3", "def f(x):\n    return x"]]), net__py="x = 1")
    assert found.code == (("3.py", b"def f(x):\n    return x"), ("net.py", b"x = 1"))


def test_a_name_of_nothing_is_said(fields):
    found = read(fields, mine__json='{"yhat": 0.62, "yhta": 1, "score": 3}')
    assert found.notes == (
        "mine.json: 'yhta' is no quantity and no question of the exam, and is not read; did you "
        "mean 'yhat'?",
        "mine.json: 'score' is no quantity and no question of the exam, and is not read",
    )


def test_a_quantity_asked_by_numbers_and_by_a_formula_gets_what_is_written(tmp_path):
    asked = QUESTIONS.replace('asked = ["h1", "yhat"]', 'asked = ["yhat", "dE/dTheta2"]', 1)
    place = folder(tmp_path, {"exam.toml": asked})
    both = ExamFields(load_exam(place / "exam.toml"))
    numbers, formula = "[-0.1, 2e-3, 0.2]", "(yhat - y) h1"
    for name, text in (
        ("a__json", json.dumps({"dE/dTheta2": numbers})),
        ("a__csv", f'question,answer\ndE/dTheta2,"{numbers}"\n'),
        ("a__toml", f'[answers]\n"dE/dTheta2" = {numbers}\n'),
    ):
        found = read(both, **{name: text})
        assert [*values(found)] == ["dE/dTheta2"] and not formulas(found)
        quoted = f'"{formula}"' if name == "a__toml" else formula
        found = read(both, **{name: text.replace(numbers, quoted)})
        assert formulas(found) == {"dE/dTheta2": formula} and not values(found)


def test_a_head_among_other_words_is_read_where_no_other_column_has_it(fields):
    pairs = [["Compute ŷ, please:", "0.62"], ["Write E or s2", "1"], ["How sure of yhat?", "9"]]
    found = read(fields, form=json.dumps(pairs))
    assert values(found) == {"yhat": "0.62"} and len(found.notes) == 2
    found = read(fields, form=json.dumps([*pairs, ["yhat", "0.7"]]))
    assert values(found) == {"yhat": "0.7"} and len(found.notes) == 3


def test_code_that_nobody_asked_for_is_no_answer():
    with pytest.raises(DeltaruleError, match="net.py is code, which the exam does not ask for"):
        read(plain(), net__py="x = 1")
    found = read(plain(), net__py="x = 1", mine__toml=toml({"yhat": "0.62"}))
    assert found.notes == ("net.py is code, which the exam does not ask for",)


def test_answers_in_the_letters_of_windows_are_read(fields):
    for name in ("a__toml", "a__json"):
        text = (
            "# Grüße\n[answers]\nyhat = 0.62\n" if name == "a__toml" else '{"ŷ ü": 1, "yhat": 0.62}'
        )
        found = read(fields, **{name: text.replace("ŷ", "y").encode("cp1252")})
        assert values(found) == {"yhat": "0.62"}
        assert found.notes[0].endswith("is not UTF-8, and is read as Windows-1252")


def test_answers_in_two_files_are_put_together(fields):
    one, two = toml({"h1": "[1, 2]", "yhat": "0.6"}), toml({"yhat": "0.7"})
    found = read(fields, one__toml=one, two__toml=two)
    assert values(found)["yhat"] == "0.7" and "h1" in values(found)
    assert found.notes == ("yhat: in one.toml and in two.toml, which counts as the newer one",)


def test_a_quantity_that_the_sheet_does_not_ask_for_is_carried_on_with():
    found = read(plain(), pairs__csv='"dE/dh1",0.1\nnonsense,1\n')
    assert list(values(found)) == ["dE/dh1"] and "'nonsense' is no quantity" in found.notes[0]


UNREADABLE = {
    "a__json": ("{", "a.json is not read: it is no JSON"),
    "b__json": ("[" * 100_000, "b.json is not read: lists nested beyond reading"),
    "c__json": ("[1, 2]", "its JSON is no object"),
    "d__toml": ("\0", "d.toml is not read"),
    "e__toml": (b"PK\x03\x04", "a Word document, or another archive"),
    "f__xlsx": (b"PK\x03\x04", "f.xlsx is no .xlsx workbook"),
    "g__csv": ('"' + "x" * 200_000, "g.csv is no table"),
    "h__toml": ("#" * 600_000, "it is larger than 500 kB"),
    "i__json": ('{"nonsense": 1}', "'nonsense' is no quantity"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_said_and_costs_itself(fields, name):
    data, said = UNREADABLE[name]
    with pytest.raises(DeltaruleError) as error:
        read(fields, **{name: data})
    assert said in str(error.value)
    found = read(fields, **{name: data}, right__toml=toml({"yhat": "0.62"}))
    assert list(values(found)) == ["yhat"] and any(said in note for note in found.notes)


def test_the_same_key_twice_in_json_is_said(fields):
    found = read(fields, mine__json='{"yhat": 0.62, "yhat": 0.63}')
    assert values(found) == {"yhat": "0.63"}
    assert found.notes == ("mine.json: 'yhat' stands there twice; the last one counts",)


def workbook(rows, **formats):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for place, form in formats.items():
        sheet[place].number_format = form
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_cells_of_a_workbook_are_texts_as_they_are_shown():
    data = workbook(
        [["who", "yhat", "E", "s2"], ["emmy", 0.5, 0.1 + 0.2, "=1+1"], ["bo", 1, "0,62", True]],
        B2="0.00",
    )
    rows = [cells for _, cells in table_rows(data, "form.xlsx")]
    # The formula has no value yet: none is worked out here.
    assert rows == [
        ["who", "yhat", "E", "s2"],
        ["emmy", "0.50", "0.3"],
        ["bo", "1", "0,62", "true"],
    ]


def test_a_workbook_that_swells_is_refused(monkeypatch):
    monkeypatch.setattr("deltarule.classes.workbook_rows.MOST_UNPACKED", 1000)
    data = zipped({"xl/workbook.xml": " " * 1001})
    with pytest.raises(DeltaruleError, match="form.xlsx unpacks to more than"):
        list(table_rows(data, "form.xlsx"))


def test_what_a_workbook_says_of_its_size_is_not_believed():
    data = workbook([["who", "yhat"], ["emmy", 0.5]])
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        files = {n: packed.read(n) for n in packed.namelist()}
    sheet = files["xl/worksheets/sheet1.xml"]
    files["xl/worksheets/sheet1.xml"] = sheet.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')
    assert [c for _, c in table_rows(zipped(files), "a.xlsx")] == [["who", "yhat"], ["emmy", "0.5"]]
