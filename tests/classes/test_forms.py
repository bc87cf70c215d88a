"""Forms: whose a row is, and which columns are answers, as people and platforms head them."""

import csv
import json

import pytest
from handed_in import folder

from deltarule.classes.collected import collect
from deltarule.errors import DeltaruleError


def collected(*words):
    return collect(words, lambda head: head in ("yhat", "E", "1a"))


def students(found):
    """Names of files by student."""
    return {s.who: [f.name for f in s.files] for s in found.students}


def notes(found):
    return {s.who: list(s.notes) for s in found.students if s.notes}


def test_rows_of_a_form_are_students(tmp_path):
    text = (
        "Timestamp,Email Address,yhat,1a,Remarks\r\n"
        "2026/11/05 9:00:01 AM GMT+1,emmy@x.org,0.6,b,hi\r\n"
        '2026/11/05 10:00:01 PM GMT+1,bo@x.org,"0,62",a,\r\n'
        "2026/11/05 11:00:01 AM GMT+1,emmy@x.org,0.62,,\r\n"
        ",,,,\r\n"
        "2026/11/05 11:00:01 AM GMT+1,,0.62,,\r\n"
    )
    folder(tmp_path, {"form.csv": text})
    found = collected(tmp_path)
    rows = {s.who: [f.read().decode() for f in s.files] for s in found.students}
    assert rows == {
        "bo@x.org": ['[["yhat", "0,62"], ["1a", "a"]]'],
        "emmy@x.org": ['[["yhat", "0.62"]]'],
    }
    assert found.notes == [
        "form.csv: the column 'Remarks' is no quantity and no question of the exam, and is not "
        "read",
        "form.csv, line 6: nobody is named, not marked",
    ]
    assert notes(found) == {"emmy@x.org": ["form.csv was handed in again; the newest counts"]}


@pytest.mark.parametrize(
    "data",
    [
        b"Vorname;Nachname;yhat\nEmmy;Noether;0,62\n",
        "\ufeffNachname\tVorname\tyhat\nNoether\tEmmy\t0,62\n".encode("utf-16"),
        "sep=;\nVorname;Nachname;yhat\nEmmy;Noether;0,62\n".encode("cp1252"),
    ],
)
def test_tables_as_spreadsheets_write_them(tmp_path, data):
    folder(tmp_path, {"form.csv": data})
    (emmy,) = collected(tmp_path).students
    assert emmy.who == "Noether, Emmy" and b'"0,62"' in emmy.files[0].read()


QUIZ = [
    ["ID", "Start time", "Completion time", "Email", "Name", "Compute yhat:",
     "Points - Compute yhat:", "Feedback - Compute yhat:"],
    ["1", "", "", "wei@x.org", "Li Wei", "0,62"],
    ["2", "", "", "wei2@x.org", "Li Wei", "0.63"],
    ["3", "", "", "anonymous", "", "0.64"],
]  # fmt: skip
#: Tables as people and platforms make them, and whose each row is.
HEADS = {
    "a quiz": (QUIZ, ["wei2@x.org", "wei@x.org"]),
    "a title": ([["Exam 2026"], [], ["Kennung", "yhat"], ["emmy", "0.62"]], ["emmy"]),
    "longer heads": ([["Ihre E-Mail-Adresse", "E"], ["emmy@x.org", "0.1"]], ["emmy@x.org"]),
    "one for the name": ([["Name, Vorname", "E"], ["Noether, Emmy", "1"]], ["Noether, Emmy"]),
    "a question of numbers": ([["Your matriculation number?", "1a"], ["77", "x"]], ["77"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", HEADS)
def test_heads_as_people_write_them(tmp_path, kind):
    rows, names = HEADS[kind]
    with (tmp_path / "form.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    found = collect([tmp_path], lambda head: "yhat" in head or head in ("E", "1a"))
    assert [*students(found)] == names
    assert all(len(json.loads(s.files[0].read())) == 1 for s in found.students)


@pytest.mark.parametrize(
    "heads",
    [
        "who,h1,,,E\nemmy,0.1,0.2,0.3,1\nbo,0.1,0.2,0.3,1\n",
        "who,h1,,,E\n,h1[0],h1[1],h1[2],\nemmy,0.1,0.2,0.3,1\n",
        "who,E,h1\nemmy,1,0.1,0.2,0.3\n",
    ],
)
def test_a_head_may_be_merged_over_its_entries(tmp_path, heads):
    folder(tmp_path, {"form.csv": heads})
    found = collect([tmp_path], lambda head: head[:2] in ("h1", "E"))
    rows = dict(json.loads(found.students[-1].files[0].read()))
    assert rows.get("h1", [rows.get(f"h1[{k}]") for k in range(3)]) == ["0.1", "0.2", "0.3"]
    assert rows["E"] == "1"


def test_a_table_of_many_in_which_nobody_is_named_is_said(tmp_path):
    folder(tmp_path, {"form.csv": "seat,yhat,E\n1,0.6,0.1\n2,0.7,0.2\n"})
    with pytest.raises(DeltaruleError, match="no column of form.csv says whose a row is"):
        collected(tmp_path)
    # A student's own: heads and one row, or a quantity and its value in each row.
    folder(tmp_path, {"form.csv": "yhat,E\n0.6,0.1\n", "emmy.csv": "yhat,0.6\nE,0.1\n"})
    assert [*students(collected(tmp_path))] == ["emmy", "form"]
