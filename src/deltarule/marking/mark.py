"""Marking: a sheet's own published values, or somebody's answers to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from deltarule.calculus import Derivation
from deltarule.checking.course import Course
from deltarule.marking import givens, verdicts
from deltarule.marking.after import judge_after
from deltarule.marking.answers import Answers, load_answers
from deltarule.marking.desk import Desk, derivation_of, open_desk, run_course
from deltarule.marking.formulas import Grounds, judge_formula
from deltarule.marking.hidden import hidden
from deltarule.marking.judge import judge
from deltarule.marking.mends import mended
from deltarule.marking.paper import Written
from deltarule.marking.printed import shortened
from deltarule.marking.sheets import Run, Sheet, load_sheet
from deltarule.marking.strangers import named, only_known
from deltarule.marking.unread import Unread
from deltarule.marking.verdicts import Marking, Verdict
from deltarule.notation.errors import DeltaruleError, in_one_line, told_at


def mark(sheet: Sheet | str | Path, answers: Answers | str | Path | None = None) -> Marking:
    """Verdicts on everything that is written.

    `sheet` is a sheet, the name of an example, or a path. Without `answers` the sheet's own
    published values are marked, and its givens are doubted too. Raises DeltaruleError for files
    that cannot be read and for quantities that the network does not have.
    """
    sheet = sheet if isinstance(sheet, Sheet) else load_sheet(sheet)
    known: dict[tuple, Derivation] = {}
    if answers is not None:
        answers = answers if isinstance(answers, Answers) else load_answers(answers)
        with told_at(answers.path):
            return _answered(sheet, answers, known)
    found: list[Verdict] = []
    notes: list[str] = []
    for number, run in enumerate(sheet.runs, start=1):
        with told_at(sheet.path):
            if run.published:
                desk = open_desk(run, number, run.published, known)
                verdicts_here = judged(desk, doubt=True)
                notes += hidden(desk, verdicts_here)
                found += verdicts_here
            found += judged_formulas(run, number, run.formulas, known)
    return Marking(sheet.title, tuple(found), notes=tuple(notes))


def _answered(sheet: Sheet, answers: Answers, known: dict) -> Marking:
    if not 1 <= answers.run <= len(sheet.runs):
        raise DeltaruleError(
            f"the answers are to run {answers.run}, but the sheet has {len(sheet.runs)}",
            answers.path,
            "leave run out for the first one",
        )
    run = sheet.runs[answers.run - 1]
    notes = list(answers.notes)
    answers = only_known(run, answers, known)
    asked = (*(run.asked or run.published), *named(run, answers.unread, known))
    desk = open_desk(run, answers.run, answers.values, known, extra=asked)
    if (run.published or run.restated) and run.at != "after":
        sheets_own = open_desk(run, answers.run, run.published, known)
        desk = givens.best(desk, givens.readings(sheets_own))
        notes += givens.notes(desk)
    found = judged(desk, doubt=False)
    notes += hidden(desk, found)
    found += judged_formulas(run, answers.run, answers.formulas, known)
    found += [_unread(desk, unread) for unread in answers.unread]
    unread = {v.quantity for v in found if v.verdict == verdicts.UNREADABLE}
    found += [_missing(desk, name) for name in _not_answered(run, desk) if name not in unread]
    return Marking(sheet.title, tuple(found), answers.who, tuple(notes))


def judged(desk: Desk, doubt: bool) -> list[Verdict]:
    if desk.run.at == "after":
        return judge_after(desk)
    found: list[Verdict] = []
    if doubt:
        desk_mended, found = mended(desk)
        desk.take(desk_mended.course)
    for written in _in_order(desk):
        found += judge(desk, written)
    return desk.ledger.settled(found)


def judged_formulas(
    run: Run, number: int, typed: Mapping[str, str], known: dict
) -> list[Verdict]:
    """The verdicts on formulas; one that cannot be read stops no other."""
    if not typed:
        return []
    derivation = derivation_of(run, known)
    grounds = Grounds(_numbers(run, known), run.properties)
    found = []
    for quantity, formula in typed.items():
        try:
            found.append(judge_formula(derivation, quantity, formula, number, grounds))
        except DeltaruleError as error:
            told = in_one_line(error)
            found.append(
                Verdict(
                    quantity, None, verdicts.UNREADABLE, told, "", shortened(formula), run=number
                )
            )
    return found


def _numbers(run: Run, known: dict) -> Course | None:
    """The course of a run with its numbers; None if a sheet of formulas has none."""
    try:
        return run_course(run, (), known)
    except DeltaruleError:
        return None


def _in_order(desk: Desk) -> Iterator[Written]:
    """The written quantities in the order of computation; copied givens are left out."""
    for name in desk.bench.equations:
        if name in desk.paper.written:
            yield desk.paper.written[name]


def _not_answered(run: Run, desk: Desk) -> list[str]:
    asked = run.asked or tuple(run.published)
    names = dict.fromkeys(desk.course.locate(reference)[0] for reference in asked)
    return [name for name in names if name not in desk.paper.written]


def _unread(desk: Desk, unread: Unread) -> Verdict:
    """The verdict on what cannot be read; it costs nothing but itself."""
    try:
        name, entry = desk.course.locate(unread.name)
    except DeltaruleError:
        name, entry = unread.name, ()
    index = (*entry, *unread.index) or None
    return Verdict(
        name, index, verdicts.UNREADABLE, unread.why, "", unread.text, run=desk.number
    )  # fmt: skip


def _missing(desk: Desk, name: str) -> Verdict:
    return Verdict(name, None, verdicts.MISSING, "nothing is written", "", "", run=desk.number)
