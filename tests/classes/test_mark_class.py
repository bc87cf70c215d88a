"""A class marked: each submission once, whatever ends the program, and a teacher's word wins."""

import json
import os
import random
import signal
import sqlite3
from fractions import Fraction
from pathlib import Path

import pytest
from handed_in import PLAIN, QUESTIONS, folder, toml

from deltarule.classes.class_exam import ClassExam
from deltarule.classes.class_outputs import write_outputs
from deltarule.classes.class_worker import ClassWorker
from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.classes.journal import Journal
from deltarule.classes.mark_class import InThisProcess, mark_class
from deltarule.classes.overrides import Override, Overrides, add_overrides, load_overrides
from deltarule.classes.written_markings import ClassMarkings
from deltarule.errors import DeltaruleError

STUDENTS = {
    "emmy.toml": toml({"s2": "1.33", "yhat": "0.79", "E": "0.02"}),
    "bo.json": '{"s2": "1.33", "yhat": 0.8, "E": 0.02}',
    "cy/mine.toml": toml({"s2": "1.33", "yhat": "0.79"}),
    "form.csv": 'who,s2,yhat,E\ndi,"1,33",0.79,0.02\ned,0.1,0.2,0.3\n',
    "flo.toml": "???",
    "gus.pdf": "x",
}


@pytest.fixture
def place(tmp_path):
    return folder(tmp_path, {"exam.toml": PLAIN, **{f"in/{n}": t for n, t in STUDENTS.items()}})


class Counted(InThisProcess):
    """Marks in this process, and counts the tasks."""

    done: list = []

    def outcomes(self, tasks):
        for task, outcome in super().outcomes(tasks):
            Counted.done.append(task.who)
            yield task, outcome


class Nothing(InThisProcess):
    """Marks nothing."""

    def __init__(self, exam):
        pass

    def __exit__(self, *_error):
        pass

    def outcomes(self, tasks):
        return iter(())


@pytest.fixture(scope="module")
def shared():
    """One exam opened for all tests: workers of the same exam are the same."""
    opened: dict = {}

    class Shared(Counted):
        def __init__(self, exam):
            self._worker = next((w for e, w in opened.values() if e == exam), None)
            if self._worker is None:
                self._worker = ClassWorker(exam)
                opened[len(opened)] = exam, self._worker

        def __exit__(self, *_error):
            Counted.done = [*Counted.done]

    return Shared


def marked(place, marks, exam=None, out="marks", overrides=(), words=("in",)):
    """The markings by student, and who was marked now."""
    Counted.done = []
    exam = ClassExam(place / (exam or "exam.toml"))
    home = place / out
    home.mkdir(exist_ok=True)
    with Journal(home / "journal.sqlite") as journal:
        result = mark_class([place / word for word in words], exam, journal, marks)
        markings = ClassMarkings(journal, exam.exam, Overrides(overrides))
        write_outputs(home, markings, journal, ExportSetting())
        return {m.who: m for m in markings}, sorted(Counted.done), result


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
    assert len(marked(place, shared)[1]) == 7
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
        mark_class([place / "q"], exam, journal, shared)
        (emmy,) = ClassMarkings(journal, exam.exam, Overrides([]), exam.open)
        (code,) = [m for m in emmy.marks if m.question == "3"]
        assert (code.open, code.finding) == (1, "a sandbox needs Linux: run it there")
        # Where there is one, that question alone is marked.
        assert list(journal.missing()) == []
        mark_class([place / "q"], ClassExam(place / "q.toml"), journal, Nothing)
        ((who, wanted),) = journal.missing()
        assert who == "emmy" and [key.partition("-")[0] for key in wanted] == ["code"]


def test_a_teacher_wins_and_is_never_overwritten(place, shared):
    path = place / "marks/overrides.csv"
    path.parent.mkdir()
    add_overrides(
        path,
        [
            Override("ed", "yhat", "", Fraction(1, 3), "=see, me"),
            Override("ed", "", comment="come by"),
            Override("flo", "E", points=Fraction(1)),
            Override("emmy", "s3", points=Fraction(1)),
            Override("emmy", "s2", points=Fraction(4)),
            Override("nobody", "s2", comment="?"),
        ],
    )
    add_overrides(
        path, [Override("emmy", "E", points=Fraction(0)), Override("ed", "", "", None, "!")]
    )
    kept = path.read_text()
    overrides = load_overrides(path)
    found, _, _ = marked(place, shared, overrides=overrides)
    assert path.read_text() == kept
    (mark,) = [m for m in found["ed"].marks if m.question == "yhat"]
    assert (mark.points, mark.marked, mark.comment) == (Fraction(1, 3), 0, "=see, me")
    assert (found["ed"].points, found["ed"].comment) == (Fraction(1, 3), "!")
    assert (found["flo"].points, found["flo"].open) == (1, 2)
    assert found["emmy"].points == 4 + 1 + 0
    said = [note.partition(": ")[2] for note in found["emmy"].notes]
    assert said == [
        "there is no question 's3'; the questions are s2, yhat, E",
        "4 points of 1 for s2",
    ]
    assert Overrides(overrides).strangers(set(found)) == [
        f"{path}, line 6: there is no submission of 'nobody'"
    ]
    assert "=see, me" in (place / "marks/feedback/ed.md").read_text().replace("\\", "")


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


def test_killed_at_any_moment_it_loses_nothing_and_marks_nothing_twice(place, shared):
    whole, _, _ = marked(place, shared, out="whole")
    moments = random.Random(1).sample(range(1, 90), 10)
    ends = [killed(place, shared, moment) for moment in moments]
    assert ends.count(signal.SIGKILL) >= 8
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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("who,question\nemmy,1a\n", "line 2"),
        ("who,points\nemmy,1\n", "who,question,quantity,points,comment"),
        ("who,question,points\nemmy,1a,lots\n", "'lots' is not a number"),
        ("who,question,points\nemmy,1a,-1\n", "points are 0 or more"),
    ],
)
def test_overrides_that_decide_nothing_are_refused(tmp_path, text, said):
    folder(tmp_path, {"overrides.csv": text})
    with pytest.raises(DeltaruleError) as error:
        load_overrides(tmp_path / "overrides.csv")
    assert said in str(error.value)


def test_a_damaged_journal_says_what_to_do(tmp_path):
    folder(tmp_path, {"journal.sqlite": "no database" * 100})
    with pytest.raises(DeltaruleError) as error:
        Journal(tmp_path / "journal.sqlite")
    assert "move it away: all is marked again" in str(error.value)


def test_json_of_a_class(place, shared, monkeypatch):
    from click.testing import CliRunner

    from deltarule.cli import check_class
    from deltarule.cli.main import app

    monkeypatch.setattr(check_class, "_marks", lambda asked: shared)
    words = ["check", "class", str(place / "in"), "--sheet", str(place / "exam.toml"), "--json"]
    words += ["--out", str(place / "m"), "--export", "canvas", "--override", "ed E 1 'by hand'"]
    done = CliRunner().invoke(app, words)
    values = json.loads(done.stdout)
    assert done.exit_code == 1 and values["submissions"] == 7 and values["right"] == 3
    assert {u["who"] for u in values["unmarked"]} == {"flo", "gus"}
    by_name = {s["who"]: s for s in values["students"]}
    assert by_name["ed"]["points"] == "1" and (place / "m/exports/canvas.csv").exists()
    text = CliRunner().invoke(app, [*words[:5], "--out", str(place / "m"), "--brief"]).stdout
    assert "7 submissions: 3 all right, 2 not all right, 2 could not be marked" in text
    assert "0 submissions marked now" in text
    refused = CliRunner().invoke(app, ["check", "class", str(place / "in")])
    assert refused.exit_code == 2 and "no exam is named" in refused.stderr
