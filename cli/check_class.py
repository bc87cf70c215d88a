"""`check class`: a class marked into a folder, and shown."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from deltarule.classes.class_exam import ClassExam
from deltarule.classes.class_outputs import EXPORTS, refuse_unknown, write_outputs
from deltarule.classes.class_result import ClassResult
from deltarule.classes.class_site.class_pages import ShownClass
from deltarule.classes.collected import JOURNAL
from deltarule.classes.course.course_statistics import course_statistics
from deltarule.classes.exporting import write_exports
from deltarule.classes.formats.export_setting import ExportSetting, time_of_export
from deltarule.classes.formats.export_table import exports
from deltarule.classes.journal import Journal
from deltarule.classes.mark_class import Marks, handed_in, mark_class
from deltarule.classes.marked_questions import texts_of
from deltarule.classes.overrides import (
    Override,
    Overrides,
    add_overrides,
    load_overrides,
    read_override,
)
from deltarule.classes.revealing import CAUSES, RIGHT_VALUES, revealed
from deltarule.classes.roster import Roster, read_roster
from deltarule.classes.written_markings import ClassMarkings
from deltarule.cli.class_command import Class
from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.cli.progress import Progress
from deltarule.errors import DeltaruleError
from deltarule.exams.exam import Exam
from deltarule.marking.points import points_text
from deltarule.processors import processes
from deltarule.spelling.counted import counted
from deltarule.whole_files import made_folder

_SECONDS = 300.0


def show_class(asked: Class) -> int:
    """Mark a class, and show a line for each student."""
    return _shown(asked, "a marked class")


def show_totals(asked: Class) -> int:
    """Mark a class, and show the totals."""
    return _shown(asked, "the totals of a class")


def show_course(asked: Class) -> int:
    """Mark a class, and show how each question went."""
    return _shown(asked, "the table of a course")


def _shown(asked: Class, called: str) -> int:
    words, sheet = _named(asked)
    decided = [read_override(said) for said in asked.override or ()]
    students = read_roster(asked.students) if asked.students else Roster()
    exam = ClassExam(sheet, students)
    if asked.cluster is None:
        exam.leave_code_open()
    formats = exports(asked.export) if asked.export else []
    setting = _setting(asked, exam, students)
    marks = _marks(asked)
    out = asked.out or Path("marks")
    if not asked.force:
        refuse_unknown(out)
    found = handed_in(words, exam, out)  # before a folder is made for what would not be
    made_folder(out)
    with Journal(out / JOURNAL) as journal:
        overrides = _overrides(out / "overrides.csv", decided, exam.exam)
        with Progress("marking") as bar:
            done = mark_class(found, exam, journal, marks, bar.tell)
        markings = ClassMarkings(journal, exam.exam, overrides, exam.open)
        who = {entry.who for entry in journal.students()}
        worth = {q.id: q.marks for q in exam.exam.questions}
        notes = (*done.notes, *overrides.strangers(who), *overrides.above(worth))
        write_outputs(out, markings, journal, setting)
        written = write_exports(formats, markings, out / EXPORTS, setting)
        result = ClassResult(
            exam.exam.title, markings, done.newly, str(out), notes, tuple(map(str, written))
        )
        show(_thing(asked, called, result, exam.exam, setting), called, asked.format)
        return 0 if result.passed else 1


def _thing(
    asked: Class, called: str, result: ClassResult, exam: Exam, setting: ExportSetting
) -> object:
    """What is shown. Pages are the teacher's: right values are in them unless asked otherwise."""
    if called == "the table of a course":
        return course_statistics(result.markings)
    if asked.format != "html" or called != "a marked class":
        return result
    reveal = setting.reveal if asked.reveal else RIGHT_VALUES
    return ShownClass(result, exam, replace(setting, reveal=reveal))


def _setting(asked: Class, exam: ClassExam, students: Roster) -> ExportSetting:
    """Who the students are, and what they may see."""
    reveal = revealed(asked.reveal or CAUSES)
    own = exam.texts if exam.students else None
    return ExportSetting(students, texts_of(exam.exam), reveal, time_of_export(), "", own)


def _named(asked: Class) -> tuple[list[str], str]:
    """What is to be marked, and the exam. Raises DeltaruleError where one is not named."""
    words = [word for word in asked.words or () if word.strip()]
    if unknown := next((word for word in words if word.startswith("--")), None):
        raise DeltaruleError(
            f"there is no option {unknown}", "the command line", "see check class --help"
        )
    if not words:
        raise DeltaruleError(
            "no submissions are named",
            "the command line",
            "write check class submissions/ --sheet exam.toml",
        )
    if asked.sheet is None:
        raise DeltaruleError(
            "no exam is named",
            "the command line",
            f"write check class {words[0]} --sheet exam.toml",
        )
    return words, asked.sheet


def _overrides(path: Path, decided: list[Override], exam: Exam) -> Overrides:
    """The decisions that are kept, with those that are new."""
    for override in decided:
        known = {q.id for q in exam.questions}
        if override.question and known and override.question not in known:
            raise DeltaruleError(
                f"there is no question {override.question}",
                "--override",
                f"its questions are {', '.join(q.id for q in exam.questions)}",
            )
    if decided:
        add_overrides(path, decided)
    return Overrides(load_overrides(path))


def _marks(asked: Class) -> Callable[[Exam], AbstractContextManager[Marks]]:
    """What marks: processes of this machine, or a cluster."""
    seconds = asked.timeout or _SECONDS
    if asked.cluster is not None:
        from deltarule.classes.dask_cluster import DaskCluster

        address = asked.cluster
        return lambda exam: DaskCluster(exam, address, seconds)
    from deltarule.classes.worker_pool import WorkerPool

    jobs = processes(asked.jobs, "--jobs")
    return lambda exam: WorkerPool(exam, jobs, seconds)


def class_page(page: Page, result: ClassResult) -> None:
    """A line for each student, and the totals."""
    page.title(result.exam)
    page.blank()
    for line in result.lines:
        sign = "?" if line.failed else "✓" if line.passed else "✗"
        style = {"?": "magenta", "✓": "green", "✗": "bold red"}[sign]
        said = f"{' '.join(line.who.split())}: {line.words}"
        page.formula(said, indent=0, lead=f"{sign} ", hang=4, style=style)
    totals_page(page, result, every=False)


def totals_page(page: Page, result: ClassResult, every: bool = True) -> None:
    """How many are right, what could not be marked, and where all of it is written."""
    if every:
        page.title(result.exam)
        for line in result.lines:
            if line.failed:
                page.formula(f"{line.who}: {line.words}", indent=0, lead="? ", style="magenta")
    page.blank()
    for note in result.notes:
        page.prose(note, style="dim")
    page.blank()
    students = counted(len(result.lines), "submission")
    page.prose(f"{students}: {result.kinds}", style="bold")
    if result.points is not None:
        page.prose(f"on average {points_text(result.points)} of {points_text(result.of)} points")
    page.prose(f"{counted(result.newly, 'submission')} marked now; written to {result.out}")
    for path in result.exports:
        page.prose(f"exported to {path}")
