"""`deltarule exam new`: an exam drawn and written, and the table of distances."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from deltarule.arithmetic.printed import Printed
from deltarule.arithmetic.rounding import check_rule
from deltarule.cli.arguments import no_option, numbers, split
from deltarule.cli.exam_new_command import NewExam
from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.cli.screen import busy
from deltarule.errors import DeltaruleError
from deltarule.exams.distance_table import DistanceTable
from deltarule.exams.distances import number
from deltarule.exams.drawn_variants import Variants
from deltarule.exams.models import Model, model_like, run_of_network
from deltarule.exams.students import numbered, read_students
from deltarule.exams.variant_files import DISTANCES, WrittenExam, write_exam
from deltarule.marking.sheet_files.sheets import Rounding, Run
from deltarule.spelling.counted import counted
from deltarule.spelling.names import pretty

#: So many mistakes of one line are named.
MOST_OF_LINE = 4
_EXAMPLE = "deltarule exam new --like slide --seed 2026-17 --count 3 --out exam/"


def show_new(asked: NewExam) -> int:
    """Draw the papers, write them, and show what they let one see."""
    model = _model(asked)
    if not asked.seed:
        raise DeltaruleError(
            "there is no seed", "the command line", f"give --seed, any text: {_EXAMPLE}"
        )
    students = _students(asked)
    with busy("drawing the specimen") as doing:
        variants = Variants(model.run, asked.seed, _digits(asked, model.run), asked.ties)
        written = write_exam(
            variants,
            students,
            asked.out or Path("exam"),
            model,
            asked.allow_hidden,
            lambda student: doing.tell(f"drawing the paper of {student}"),
        )
    show(written, "a new exam", asked.format)
    return 0


def _model(asked: NewExam) -> Model:
    bare, options = split(asked.words or ())
    if bare:
        raise DeltaruleError(
            f"{bare[0]!r} stands alone", "the command line", f"write --like {bare[0]}"
        )
    if asked.network is not None:
        sizes = numbers(asked.set_ or ())
        return Model(run_of_network(asked.network, options, sizes, asked.ask or (), asked.rate))
    if options:
        raise no_option(options, "see deltarule exam new --help")
    if asked.like is None:
        raise DeltaruleError(
            "it is not said what the exam is to be like", "the command line", f"write {_EXAMPLE}"
        )
    model = model_like(asked.like, asked.run_)
    return model if asked.rate is None else replace(model, run=_with_rate(model.run, asked.rate))


def _with_rate(run: Run, rate: str) -> Run:
    """The run with another learning rate; updated once if it was not before."""
    return replace(run, rate=Printed(rate, "--rate"), updates=max(run.updates, 1))


def _digits(asked: NewExam, run: Run) -> Rounding | None:
    """The digits that are asked for; None to find as few as will do."""
    rule = check_rule(asked.rounding) if asked.rounding else run.rounding.rule
    if asked.decimals is not None or asked.significant is not None:
        return Rounding(asked.decimals, asked.significant, rule)
    if asked.rounding:
        raise DeltaruleError(
            "--rounding says how digits are cut, and not how many",
            "the command line",
            "give --decimals or --significant too",
        )
    return None


def _students(asked: NewExam) -> list[str]:
    if asked.students is not None:
        return read_students(asked.students)
    return numbered(asked.count) if asked.count is not None else []


def new_page(page: Page, exam: WrittenExam) -> None:
    """What was written, and a line for each line of the working."""
    page.title(exam.title)
    papers = counted(len(exam.written), "paper")
    kept = f", {len(exam.kept)} kept as they were" if exam.kept else ""
    page.prose(f"{exam.folder}: a specimen and {papers} of the seed {exam.seed}{kept}")
    page.prose(f"answers with {exam.table.digits}")
    for note in exam.notes:
        page.prose(note)
    table_page(page, exam.table)
    for student, hidden in exam.hidden.items():
        page.heading(f"Hidden on the paper of {student}")
        for words in hidden:
            page.prose(words, indent=2)


def table_page(page: Page, table: DistanceTable) -> None:
    """For each line how many mistakes are seen, and which comes nearest to rounding."""
    page.heading("Distances, in units of the last digit asked")
    heads = ("line", "mistakes", "seen", "nearest", "rounding", "which")
    rows = []
    for s in table.lines:
        near = s.nearest
        tail = (
            ("", "", "")
            if near is None
            else (number(near.units), number(near.reach), near.mistake.words)
        )
        rows.append((pretty(s.line), str(s.mistakes), str(s.seen), *tail))
    if not page.table(heads, rows, {1, 2, 3, 4}):
        widths = [max(len(row[k]) for row in (heads, *rows)) for k in range(5)]
        for row in (heads, *rows):
            cells = (
                row[k].rjust(widths[k]) if 1 <= k <= 4 else row[k].ljust(widths[k])
                for k in range(5)
            )
            line = "  ".join(cells) + "  "
            room = max(page.width - len(line), 12)
            words = row[5] if len(row[5]) <= room else row[5][: room - 1] + "…"
            page.prose_line(line + words)
    for heading, words in (
        ("What no numbers can tell", table.never),
        ("What changes too little for these digits", table.slight),
        ("What these numbers hide", table.hidden),
    ):
        if words:
            page.heading(heading)
            for one in _shortened(words):
                page.prose(one, indent=2)
    if table.further:
        page.heading("What else may go wrong")
    for found in table.further:
        page.prose(f"{found.kind}: {found.seen} of {found.count} seen", indent=2)
        for one in found.hidden[: MOST_OF_LINE - 1]:
            page.prose(f"not seen: {one}", indent=4)
        if len(found.hidden) >= MOST_OF_LINE:
            page.prose(f"and {len(found.hidden) - MOST_OF_LINE + 1} more, in {DISTANCES}", indent=4)


def _shortened(words: Sequence[str]) -> Iterator[str]:
    """Mistakes line by line, a few of each; distances.md has them all."""
    for line, own in groupby(words, key=lambda one: one.partition(": ")[0]):
        of_line = list(own)
        shown = of_line if len(of_line) <= MOST_OF_LINE else of_line[: MOST_OF_LINE - 1]
        yield from shown
        if len(shown) < len(of_line):
            yield f"{line}: and {len(of_line) - len(shown)} more, in {DISTANCES}"
