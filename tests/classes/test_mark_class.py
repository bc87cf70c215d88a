"""A class marked: each submission once, whatever ends the program."""

import os
import random
import signal
import sqlite3
from pathlib import Path

import pytest
from handed_in import PLAIN, QUESTIONS, folder
from marked_class import STUDENTS, Nothing, marked

from deltarule.classes.class_exam import ClassExam
from deltarule.classes.class_worker import ClassWorker
from deltarule.classes.journal import Journal
from deltarule.classes.mark_class import handed_in, mark_class
from deltarule.classes.overrides import Overrides
from deltarule.classes.roster import roster_of
from deltarule.classes.written_markings import ClassMarkings
from deltarule.errors import DeltaruleError


def test_everybody_is_marked_once(place, shared):
    found, now, result = marked(place, shared)
    assert now == ["bo", "cy", "di", "ed", "emmy", "flo", "gus"] and result.newly == 7
    assert {w: str(m.points) for w, m in found.items()} == {
        "bo": "3",
        "cy": "2",
        "di": "3",
        "ed": "0",
        "emmy": "3",
        "flo": "0",
        "gus": "0",
    }
    assert found["emmy"].passed and not found["cy"].passed
    for who, said in (("flo", "flo.toml is not read: not TOML"), ("gus", "gus.pdf is not read")):
        assert found[who].notes[0].startswith("could not be marked: ")
        assert said in " ".join(found[who].notes) and found[who].open == 3
    again, now, result = marked(place, shared)
    assert (again, now, result.newly) == (found, [], 0)


def test_what_changed_is_marked_again_and_nothing_else(place, shared):
    first, _, _ = marked(place, shared)
    folder(place, {"in/cy/mine.toml": STUDENTS["emmy.toml"], "in/hal.toml": STUDENTS["emmy.toml"]})
    (place / "in/bo.json").unlink()
    found, now, _ = marked(place, shared)
    assert now == ["cy", "hal"] and found["cy"].points == 3 and "bo" not in found
    names = {path.name for path in (place / "marks/feedback").iterdir()}
    assert "hal.md" in names and "bo.md" not in names
    # Another exam: everybody. The old one again: nobody.
    old = (place / "exam.toml").read_text()
    folder(place, {"exam.toml": old.replace("y = 1.0", "y = 0.5")})
    assert marked(place, Nothing)[2].newly == 7
    folder(place, {"exam.toml": old})
    assert marked(place, shared)[1] == [] and first["emmy"] == found["emmy"]


def test_of_an_exam_with_questions_only_those_that_changed_are_marked(place, shared, monkeypatch):
    parts = []
    whole = ClassWorker._results
    monkeypatch.setattr(
        ClassWorker,
        "_results",
        lambda self, task: (
            parts.extend(k.partition("-")[0] for k in task.wanted) or whole(self, task)
        ),
    )
    files = {"emmy.toml": '[answers]\nh1 = [1, 2, 3]\n2 = 61706\n4 = "a"\n1b = "(yhat - y) h1"'}
    folder(place, {f"q/{n}": t for n, t in files.items()} | {"q.toml": QUESTIONS})

    def again(old="", new=""):
        parts.clear()
        folder(place, {"q.toml": QUESTIONS.replace(old, new)})
        return marked(place, shared, "q.toml", words=["q"])[0]["emmy"]

    assert [m.question for m in again().marks] == ["1a", "1a", "1b", "2", "3", "4"]
    assert sorted(parts) == ["choice", "code", "counting", "reading", "run"]
    again('right = "a"', 'right = "b"')
    assert parts == ["choice"]
    again('what = "parameters"', 'what = "multiply_adds"')
    assert parts == ["counting"]
    again("y = 1.0", "y = 0.5")
    assert sorted(parts) == ["choice", "run"]


def test_code_is_left_open_where_there_is_no_sandbox(place, shared, monkeypatch):
    def none():
        raise DeltaruleError("a sandbox needs Linux", None, "run it there")

    folder(place, {"q.toml": QUESTIONS, "q/emmy.py": "def relu_forward(x):\n    return x, x\n"})
    monkeypatch.setattr("deltarule.classes.class_exam.Sandbox", none)
    exam = ClassExam(place / "q.toml")
    exam.leave_code_open()
    with Journal(place / "journal.sqlite") as journal:
        found = handed_in([place / "q"], exam, place)
        mark_class(found, exam, journal, shared)
        (emmy,) = ClassMarkings(journal, exam.exam, Overrides([]), exam.open)
        (code,) = [m for m in emmy.marks if m.question == "3"]
        assert (code.open, code.finding) == (1, "a sandbox needs Linux: run it there")
        # Where there is one, that question alone is marked.
        assert list(journal.missing()) == []
        mark_class(found, ClassExam(place / "q.toml"), journal, Nothing)
        ((who, wanted),) = journal.missing()
        assert who == "emmy" and [key.partition("-")[0] for key in wanted] == ["code"]


def test_the_exam_and_the_marks_are_nobodys(place, shared):
    folder(place, {"in/exam.toml": PLAIN})
    for _ in range(2):
        found, _, _ = marked(place, shared, exam="in/exam.toml", out="in/marks")
        assert sorted(found) == ["bo", "cy", "di", "ed", "emmy", "flo", "gus"]


def test_the_order_of_marking_changes_nothing(place, shared):
    class Shuffled(shared):
        def outcomes(self, tasks):
            tasks = list(tasks)
            random.Random(3).shuffle(tasks)
            return super().outcomes(iter(tasks))

    def files(out):
        return {
            p.relative_to(place / out): p.read_bytes()
            for p in (place / out).rglob("*")
            if p.is_file() and "journal" not in p.name
        }

    marked(place, shared, out="one")
    marked(place, Shuffled, out="two")
    assert files("one") == files("two") and Path("marks.csv") in files("one")


def killed(place, marks, moment):
    """Marking in a process that is killed at the moment before a statement of SQLite."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    try:
        connect, seen = sqlite3.connect, [0]

        def watched(*arguments, **options):
            base = connect(*arguments, **options)

            def trace(_statement):
                seen[0] += 1
                if seen[0] == moment:
                    os.kill(os.getpid(), signal.SIGKILL)

            base.set_trace_callback(trace)
            return base

        sqlite3.connect = watched
        marked(place, marks)
    finally:
        os._exit(0)


@pytest.mark.slow
def test_killed_at_any_moment_it_loses_nothing_and_marks_nothing_twice(place, shared):
    whole, _, _ = marked(place, shared, out="whole")
    moments = random.Random(1).sample(range(1, 90), 6)
    ends = [killed(place, shared, moment) for moment in moments]
    assert ends.count(signal.SIGKILL) >= 5
    before = sqlite3.connect(place / "marks/journal.sqlite")
    known = {s for (s,) in before.execute("SELECT DISTINCT submission FROM result")}
    before.close()
    found, now, _ = marked(place, shared)
    assert found == whole and len(now) == 7 - len(known)
    csv = [(place / out / "marks.csv").read_bytes() for out in ("whole", "marks")]
    assert csv[0] == csv[1]


def test_one_program_marks_a_class_at_a_time(place, monkeypatch):
    monkeypatch.setattr("deltarule.classes.journal.PATIENCE", 0.05)
    with (
        Journal(place / "journal.sqlite"),
        pytest.raises(DeltaruleError, match="another program is marking this class"),
    ):
        Journal(place / "journal.sqlite")


def test_a_damaged_journal_says_what_to_do(tmp_path):
    folder(tmp_path, {"journal.sqlite": "no database" * 100})
    with pytest.raises(DeltaruleError) as error:
        Journal(tmp_path / "journal.sqlite")
    assert "move it away: all is marked again" in str(error.value)


def test_papers_of_their_own_are_found_by_the_list_of_students(place, shared):
    paper = (place / "exam.toml").read_text()
    for name, y in (("0815", "1.0"), ("0816", "0.5")):
        folder(place, {f"own/variants/{name}.toml": paper.replace("y = 1.0", f"y = {y}")})
    answers = STUDENTS["emmy.toml"]
    names = (
        "noetheremmy_7_8_a.toml",
        "libo_9_10_a.toml",
        "strange_11_12_a.toml",
        "😀_13_14_a.toml",
    )
    folder(place, {"own/exam.toml": paper, **{f"zip/{name}": answers for name in names}})
    roster = roster_of("id,name,login\n0815,Emmy Noether,emmy\n0816,Bo Li,bo\n0817,Al X,al\n")
    found, _, result = marked(place, shared, "own", words=("zip",), students=roster)
    assert found["noetheremmy"].passed and not found["libo"].passed and not found["libo"].open
    assert "there is no paper of strange: give the list" in found["strange"].notes[0]
    assert result.notes == ()
    folder(place, {"zip/emmy_17_18_a.toml": answers})
    notes = marked(place, shared, "own", words=("zip",), students=roster)[2].notes
    said = "0815 has handed in as emmy and as noetheremmy, and stands in the marks with each"
    assert notes == (said,)
