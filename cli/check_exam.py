"""`check mine.toml --sheet exam.toml`, where the sheet is an exam with questions."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from deltarule.cli.check_command import Check
from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.cli.screen import busy
from deltarule.cli.started_sandbox import StartedSandbox
from deltarule.cli.verdict_page import SIGNS, STYLES
from deltarule.errors import DeltaruleError
from deltarule.exams import Exam, ExamMarking, OpenExam, QuestionMark, Submission
from deltarule.exams.exam_answers import SECTIONS, load_submission
from deltarule.exams.variant_files import path_of
from deltarule.marking import verdicts
from deltarule.marking.points import parts_in_words, points_text
from deltarule.marking.sheet_files.lenient import read_leniently
from deltarule.marking.sheet_files.text_files import read_text
from deltarule.spelling.names import pretty
from deltarule.submissions.reading.notebook_cells import MOST_NOTEBOOK
from deltarule.submissions.reading.source_bytes import file_bytes

_CODE = (".py", ".ipynb")
#: So many files are named in a command; of more the folder.
_MOST_NAMED = 4


def _named(names: Sequence[str]) -> str:
    """All of the names as they are typed, or the folder that many of them are in."""
    folders = {Path(name).parent for name in names}
    if len(names) > _MOST_NAMED and len(folders) == 1:
        return shlex.quote(f"{folders.pop()}/")
    return shlex.join(names)


def own_paper(folder: Path, names: Sequence[str]) -> Path:
    """The paper of one student in an exam's folder, by whose answers they are, or by their file.

    Raises DeltaruleError for several students, and for one of whom there is no paper.
    """
    answers = [n for n in names if not n.endswith(_CODE)]
    if len(answers) != 1 or Path(answers[0]).is_dir():
        raise DeltaruleError(
            "several students' answers to an exam of which each has a paper of their own",
            "the command line",
            f"write check class {_named(names)} --sheet {folder}",
        )
    text = read_text(Path(answers[0]), answers[0])
    who = read_leniently(text, answers[0], SECTIONS).toml.data.get("who", "")
    stem = Path(answers[0]).stem
    return Path(path_of(folder, *([who] if isinstance(who, str) and who.strip() else []), stem))


def show_exam_check(asked: Check, exam: Exam, names: Sequence[str]) -> int:
    """Mark what one student handed in, show it, and say by the exit status whether all is right."""
    code = [n for n in names if n.endswith(_CODE)]
    answers = [n for n in names if n not in code]
    if len(answers) > 1 or any(Path(n).is_dir() for n in names):
        raise DeltaruleError(
            "several students' answers to an exam with questions",
            "the command line",
            f"write check class {_named(names)} --sheet {asked.sheet}",
        )
    with busy(f"marking {', '.join(names)}"):
        submission = load_submission(answers[0], exam) if answers else Submission()
        files = tuple((Path(n).name, file_bytes(Path(n), MOST_NOTEBOOK)) for n in code)
        submission = replace(submission, code=files)
        marking = _marked(asked, exam, submission)
    show(marking, "the marking of an exam", asked.format)
    return 0 if marking.passed else 1


def _marked(asked: Check, exam: Exam, submission: Submission) -> ExamMarking:
    if not submission.code or all(q.code is None for q in exam.questions):
        return OpenExam(exam).mark(submission)
    with StartedSandbox(asked) as started:
        return OpenExam(exam, started.sandbox).mark(submission)


def exam_marking_page(page: Page, marking: ExamMarking) -> None:
    """The marks of every question, and the points."""
    page.title(marking.exam)
    if marking.who:
        page.prose(marking.who)
    for note in marking.notes:
        page.prose(note, style="dim")
    for question, marks in groupby(marking.marks, key=lambda m: m.question):
        own = list(marks)
        points = sum((m.points for m in own), start=own[0].points * 0)
        of = sum((m.of for m in own), start=own[0].of * 0)
        page.heading(f"{question}: {points_text(points)} of {points_text(of)}")
        for mark in own:
            _mark(page, mark)
    page.blank()
    page.prose(total(marking), style="bold")


def _mark(page: Page, mark: QuestionMark) -> None:
    """One mark: sign, quantity, what is given and the verdict; then why."""
    name = pretty(mark.quantity) if mark.quantity else ""
    written = " = ".join(text for text in (name, mark.given) if text)
    words = f"{written}: {mark.verdict}" if written else mark.verdict
    sign, style = SIGNS.get(mark.verdict, "✗"), STYLES[mark.verdict]
    page.formula(words, indent=0, lead=f"{sign} ", style=style, hang=4)
    if mark.finding and mark.verdict != verdicts.MISSING:
        page.prose(mark.finding, indent=4)
    if not mark.right and mark.expected:
        page.formula(f"right is {mark.expected}", indent=4, style="dim", hang=2)
    if mark.earned:
        earned = f"{points_text(mark.points)} of {points_text(mark.of)}"
        page.prose(f"{earned}: {parts_in_words(mark.earned)}", indent=4)
    if mark.open:
        page.prose(f"{points_text(mark.open)} to be decided by hand", indent=4)


def total(marking: ExamMarking) -> str:
    """The points, and those that are to be decided by hand."""
    words = f"{points_text(marking.points)} of {points_text(marking.of)} points"
    hand = f" ({points_text(marking.open)} more to be decided by hand)" if marking.open else ""
    return words + hand


def exam_marking_values(marking: ExamMarking) -> dict:
    """The marking, as `ExamMarking.to_json` has it, and whether all is right."""
    return {**marking.to_json(), "passed": marking.passed}
