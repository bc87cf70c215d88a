"""Whose a file is, which of several is the newest, and what is not taken."""

import os
import stat
import zipfile

import pytest
from handed_in import folder, zipped

from deltarule.classes import stored_files
from deltarule.classes.collected import collect
from deltarule.errors import DeltaruleError


def collected(*words):
    return collect(words, lambda head: head in ("yhat", "E", "1a"))


def students(found):
    """Names of files by student."""
    return {s.who: [f.name for f in s.files] for s in found.students}


def notes(found):
    return {s.who: list(s.notes) for s in found.students if s.notes}


def test_files_and_folders_of_students(tmp_path):
    folder(
        tmp_path,
        {
            "emmy.toml": "a",
            "emmy.py": "b",
            "bo/answers.json": "c",
            "bo/code/net.ipynb": "d",
            "bo/report.pdf": "e",
            ".hidden.toml": "f",
            "__MACOSX/emmy.toml": "g",
            "cy.docx": "h",
        },
    )
    found = collected(tmp_path)
    assert students(found) == {
        "bo": ["answers.json", "code/net.ipynb"],
        "cy": [],
        "emmy": ["emmy.py", "emmy.toml"],
    }
    hand_in = "hand in .toml, .json, .py, .ipynb, .csv, .tsv or .xlsx"
    assert notes(found) == {
        "bo": [f"report.pdf is not read: {hand_in}"],
        "cy": [f"cy.docx is not read: {hand_in}"],
    }


def test_canvas_names_students_and_attempts(tmp_path):
    folder(
        tmp_path,
        {
            "doejane_77_900_mine.toml": "old",
            "doejane_77_901_mine-1.toml": "new",
            "doejane_77_901_net.py": "b",
            "liwei_LATE_78_902_mine.toml": "c",
            "doejane_79_903_mine.toml": "another Jane",
            "anon_a1B2c_904_mine.toml": "d",
        },
    )
    found = collected(tmp_path)
    assert students(found) == {
        "anon_a1B2c": ["mine.toml"],
        "doejane_77": ["mine.toml", "net.py"],
        "doejane_79": ["mine.toml"],
        "liwei": ["mine.toml"],
    }
    assert found.students[1].files[0].read() == b"new"
    assert notes(found) == {
        "doejane_77": ["mine.toml was handed in again; the newest counts"],
        "liwei": ["handed in late"],
    }


@pytest.mark.parametrize(
    ("names", "who", "files"),
    [
        (["Jane Doe_123_assignsubmission_file_/mine.toml"], "Jane Doe", ["mine.toml"]),
        (["Jane Doe_123_assignsubmission_file_mine.toml"], "Jane Doe", ["mine.toml"]),
        (["1-22 - Jane Doe - Nov 5, 2026 1011 AM/mine.toml"], "Jane Doe", ["mine.toml"]),
        (
            [
                "Sheet 1_jdoe_attempt_2026-11-05-10-11-12_old.toml",
                "Sheet 1_jdoe_attempt_2026-11-06-10-11-12.txt",
                "Sheet 1_jdoe_attempt_2026-11-06-10-11-12_mine.toml",
            ],
            "jdoe",
            ["mine.toml"],
        ),
    ],
)
def test_downloads_of_other_platforms(tmp_path, names, who, files):
    archive = tmp_path / "download.zip"
    archive.write_bytes(zipped(dict.fromkeys(names, "x")))
    assert students(collected(archive)) == {who: files}
    # The same archive among other files, and unpacked.
    folder(tmp_path, {"emmy.toml": "x"})
    assert students(collected(tmp_path)) == {who: files, "emmy": ["emmy.toml"]}
    unpacked = folder(tmp_path / "unpacked", dict.fromkeys(names, "x"))
    assert students(collected(unpacked)) == {who: files}


METADATA = """---
submission_77:
  :submitters:
  - :name: Jane O'Neil
    :sid: '0815'
    :email: jane@x.org
  - :name: "Li Wei"
    :email: li@x.org
  :created_at: 2026-11-05 23:52:35.838474000 Z
  :results:
    :name: a test
submission_78:
  :submitters:
  - :name: Cy
    :sid: ''
"""


def test_an_export_of_gradescope_says_whose_its_folders_are(tmp_path):
    names = {f"submission_{k}/mine.toml": "x" for k in (77, 78, 79)}
    files = {f"assignment_9_export/{n}": t for n, t in names.items()}
    archive = tmp_path / "export.zip"
    archive.write_bytes(zipped({"assignment_9_export/submission_metadata.yml": METADATA, **files}))
    found = collected(archive)
    assert {s.who: s.also for s in found.students} == {
        "Cy": (),
        "Jane O'Neil": ("0815", "jane@x.org"),
        "Li Wei": ("li@x.org",),
        "submission_79": (),
    }
    assert all(s.files[0].read() == b"x" for s in found.students) and found.notes == []
    # The same archive among other files.
    folder(tmp_path, {"emmy.toml": "x"})
    assert {*students(collected(tmp_path))} >= {"Li Wei", "emmy"}


def test_what_lies_beside_submissions_is_no_student(tmp_path):
    whose = ("1-22 - Jane Doe - Nov 5, 2026 1011 AM", "1-23 - Bo Li - Nov 5, 2026 1012 PM")
    names = (*(f"{each}/mine.toml" for each in whose), "index.html")
    marks = ("marks/journal.sqlite", "marks/marks.csv", "marks/feedback/emmy.json")
    folder(tmp_path, dict.fromkeys((*names, *marks), "x"))
    found = collected(tmp_path)
    assert [*students(found)] == ["Bo Li", "Jane Doe"]
    assert found.notes == ["marks: marks of a class, not marked", "index.html: nobody's, not read"]


def test_of_many_files_that_are_not_read_some_are_named(tmp_path):
    folder(tmp_path, {f"emmy/{k}.txt": "x" for k in range(30)})
    (emmy,) = collected(tmp_path).students
    assert len(emmy.notes) == 21 and emmy.notes[-1] == "and 10 files more that are not read"


def test_names_that_are_no_text_are_shown_by_their_bytes(tmp_path):
    place = os.fsencode(tmp_path)
    os.mkdir(place + b"/Zo\xeb")
    for name in (b"/Zo\xeb/mine.toml", b"/\xff.toml"):
        with open(place + name, "wb") as file:
            file.write(b"x")
    os.symlink("/etc/passwd", place + b"/Zo\xeb/\xfe.toml")
    found = collected(tmp_path)
    assert [*students(found)] == ["Zo\\xeb", "\\xff"]
    assert [s.read().files[0].data for s in found.students] == [b"x", b"x"]
    "".join(note for s in found.students for note in s.read().notes).encode()


def test_an_archive_of_a_student_is_taken_as_its_files(tmp_path):
    inner = zipped({"deep/mine.toml": "a"})
    folder(tmp_path, {"emmy.zip": zipped({"hw/net.py": "b", "more.zip": inner})})
    found = collected(tmp_path)
    assert students(found) == {"emmy": ["deep/mine.toml", "hw/net.py"]}
    assert [f.read() for f in found.students[0].files] == [b"a", b"b"]


def test_what_leads_out_of_an_archive_is_not_read(tmp_path):
    path = tmp_path / "emmy.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name in ("../evil.toml", "/etc/evil.toml", "C:\\evil.toml", "a\\..\\..\\evil.toml"):
            packed.writestr(name, "x")
        link = zipfile.ZipInfo("link.toml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
        packed.writestr(zipfile.ZipInfo(""), "x")
        packed.writestr("mine.toml", "x")
    found = collected(tmp_path)
    assert students(found) == {"emmy": ["mine.toml"]}
    said = notes(found)["emmy"]
    assert len(said) == 6 and "emmy.zip: link.toml: a link, not read" in said
    assert sum("its name leads out of the archive, not read" in note for note in said) == 5


def test_an_encrypted_file_is_said(tmp_path):
    data = bytearray(zipped({"mine.toml": "x"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    folder(tmp_path, {"emmy.zip": bytes(data)})
    assert notes(collected(tmp_path)) == {"emmy": ["emmy.zip: mine.toml: encrypted, not read"]}


def test_bombs_are_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(stored_files, "MOST_FILES", 50)
    monkeypatch.setattr(stored_files, "MOST_INNER_CONTENTS", 2000)
    many = zipped({f"{k}.toml": "" for k in range(60)})
    nested = zipped({"1.zip": zipped({"2.zip": zipped({"3.zip": zipped({"a.toml": "x"})})})})
    large = zipped({"a.toml": b"\0" * (stored_files.MOST_BYTES + 1)})
    broken = zipped({"a.toml": "x"})[:-10]
    folder(tmp_path, {"many.zip": many, "nested.zip": nested, "large.zip": large})
    folder(tmp_path, {"broken.zip": broken, "inner.zip": zipped({"many.zip": many})})
    found = collected(tmp_path)
    said = notes(found)
    assert said["many"] == ["many.zip has more than 50 files: hand in the answers alone"]
    assert said["nested"] == ["3.zip is an archive in archives: pack the files once"]
    assert said["inner"] == ["many.zip holds too many files: hand in the answers alone"]
    assert said["broken"][0].startswith("broken.zip cannot be read as an archive")
    (big,) = [s for s in found.students if s.who == "large"]
    assert big.read().files == ()
    assert big.read().notes == ("a.toml is larger than 8 MB: hand in the answers alone",)


def test_links_and_pipes_are_not_followed(tmp_path):
    outside = folder(tmp_path / "outside", {"secret.toml": "x", "more/secret.py": "x"})
    place = folder(tmp_path / "in", {"bo/mine.toml": "x"})
    (place / "emmy.toml").symlink_to(outside / "secret.toml")
    (place / "bo/more").symlink_to(outside / "more")
    os.mkfifo(place / "pipe.toml")
    found = collected(place)
    assert found.notes == ["bo/more: a link to another folder, not followed"]
    read = {s.who: s.read() for s in found.students}
    assert [f.name for f in read["bo"].files] == ["mine.toml"]
    assert read["emmy"].files == read["pipe"].files == ()
    assert "a link to another file" in read["emmy"].notes[0]
    assert "not a regular file" in read["pipe"].notes[0]


def test_of_copies_that_a_browser_numbers_the_last_counts(tmp_path):
    folder(tmp_path, {"emmy (2).toml": "c", "emmy.toml": "a", "emmy (1).toml": "b"})
    (emmy,) = collected(tmp_path).students
    assert [(f.name, f.read()) for f in emmy.files] == [("emmy.toml", b"c")]
    assert emmy.notes == ("emmy.toml was handed in again; the newest counts",)


def test_where_there_is_nothing(tmp_path):
    with pytest.raises(DeltaruleError, match="there is nothing to mark in .*empty"):
        collected(folder(tmp_path / "empty", {".hidden": "x"}) or tmp_path / "empty")
    with pytest.raises(DeltaruleError, match="there is no folder .*submission"):
        collected(tmp_path / "submission")
    folder(tmp_path, {"form.csv": "who,foo\nemmy,1\n"})
    with pytest.raises(DeltaruleError, match="no column of form.csv is a quantity or a question"):
        collected(tmp_path)
