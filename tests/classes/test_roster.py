"""Lists of students as systems write them, and whom a name means."""

import pytest

from deltarule.classes.roster import read_roster, roster_of
from deltarule.classes.student_files import StudentFiles, file_name
from deltarule.errors import DeltaruleError

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section\n"
    '    Points Possible,,,,\n"Noether, Emmy",77,0815,emmy@uni.example,A\n'
    '"Gauß, Carl",78,0816,carl,A'
)
MOODLE = (
    "Identifier,Full name,Email address,Status\n"
    "Participant 12,Emmy Noether,Emmy@uni.example,Submitted\n"
)


@pytest.mark.parametrize("known", ["0815", "emmy@uni.example", "Emmy Noether", "noether, emmy"])
def test_a_student_is_found_by_whatever_they_are_known_by(known):
    student = roster_of(CANVAS).of(known)
    assert (student.id, student.last, student.first) == ("0815", "Noether", "Emmy")
    assert student.full_name == "Emmy Noether" and student.sortable_name == "Noether, Emmy"
    assert student.column("id") == "77" and student.column("nothing", "section") == "A"


@pytest.mark.parametrize(
    ("name", "squeezed"),
    [
        ("Emmy Nöther", "nötheremmy"),
        ("Mary-Ann O'Brien", "obrienmaryann"),
        ("Jean-Luc de la Tour", "delatourjeanluc"),
        ("Jean-Luc de la Tour", "tourjeanlucdela"),
        ("Jean-Luc de la Tour", "Jean-Luc_de_la_Tour"),
    ],
)
def test_a_name_that_a_platform_squeezed_is_found(name, squeezed):
    students = roster_of(f"id,name\n1,{name}\n2,Bo Li\n3,Li Bo\n")
    assert students.of(squeezed).id == "1" and "1" in students.names(squeezed)
    assert students.listed("libo") is None  # it might be either


def test_lists_of_other_systems_and_separators():
    moodle = roster_of(MOODLE).of("emmy")
    assert moodle.id == "Participant 12" and moodle.email == "Emmy@uni.example"
    own = roster_of("id;first name;last name\n1;Emmy;Noether\n2;Carl;Gauß\n")
    assert [s.full_name for s in own] == ["Emmy Noether", "Carl Gauß"] and len(own) == 2


def test_who_is_not_alone_with_a_name_is_not_found_by_it():
    students = roster_of("id,name\n1,Li Wei\n2,Li Wei\n")
    assert students.of("Li Wei").id == "Li Wei" and students.of("2").id == "2"
    assert students.of("nobody").full_name == "nobody"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the list of students has nobody in it"),
        ("a,b\n1,2\n", "the list of students has nobody in it"),
        ("id,name\n1,a\n1,b\n", "2 students have the id 1"),
    ],
)
def test_lists_that_are_none(text, said):
    with pytest.raises(DeltaruleError, match=said):
        roster_of(text)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(DeltaruleError, match="the list of students cannot be read: No such file"):
        read_roster(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes("id,name\n1,Gauß\n".encode("latin-1"))
    with pytest.raises(DeltaruleError, match="the list of students is not UTF-8"):
        read_roster(tmp_path / "latin.csv")
    (tmp_path / "bom.csv").write_bytes("\ufeffid,name\n1,Gauß\n".encode())
    assert read_roster(tmp_path / "bom.csv").of("Gauß").id == "1"


def test_names_of_files_are_safe_and_never_the_same_twice():
    assert file_name("emmy@uni.example") == "emmy@uni.example"
    assert file_name("../a b") == "%2E.%2Fa%20b" and file_name("") == "nobody"
    assert file_name("CON.x") == "%43ON.x" and file_name("ß") == "%C3%9F"
    assert len(file_name("x" * 500)) == 100 and file_name("x" * 500) != file_name("x" * 501)
    files = StudentFiles()
    assert [files.name(w) for w in ("Emmy", "emmy", "emmy~2")] == ["Emmy", "emmy~2", "emmy%7E2"]
