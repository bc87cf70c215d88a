"""Exam files, read: their questions, and the sheet that these are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from deltarule.arithmetic.printed import Printed
from deltarule.errors import DeltaruleError
from deltarule.exams.exam import FORMULA, NUMBERS, Exam, Question
from deltarule.exams.exam_format import EXAM
from deltarule.exams.exam_places import ExamPlaces
from deltarule.exams.question_tables import points, read_questions
from deltarule.marking.points import SHARED
from deltarule.marking.sheet_files.marks_table import read_credit
from deltarule.marking.sheet_files.other_names import in_own_names
from deltarule.marking.sheet_files.sheets import Run, Sheet, found_sheet, sheet_of
from deltarule.marking.sheet_files.toml_text import TomlText, read_toml
from deltarule.spelling.counted import counted
from deltarule.spelling.names import parse_reference

#: The keys without which an exam file has no sheet, but questions alone.
_OF_A_SHEET = ("network", "run", "given", "options", "published", "formulas", "restated", "names")
_POLICY = ("partial", *SHARED)


def load_exam(name_or_path: str | Path) -> Exam:
    """The exam at a path, or an example of the library by its bare name.

    Raises DeltaruleError naming file, line and key for whatever is not as it should be.
    """
    path, name = found_sheet(name_or_path)
    toml = read_toml(path, name)
    folder = path.parent if isinstance(path, Path) else Path()
    try:
        return exam_in(toml, folder)
    except RecursionError:
        raise DeltaruleError("lists nested beyond reading", name, "nest fewer lists") from None


def exam_in(toml: TomlText, folder: Path) -> Exam:
    """The exam that a text holds; paths in it are meant from the folder on."""
    where = ExamPlaces(toml)
    if "question" not in toml.data:
        sheet = sheet_of(toml, folder)
        EXAM.check(toml.data, (), where)
        return exam_of(sheet, _total(toml.data), toml.data.get("instructions", ""))
    EXAM.keys["question"].kind.check(toml.data["question"], ("question",), where)
    questions = read_questions(toml.data["question"], folder, where)
    sheet = _sheet(toml, folder, questions, where)
    EXAM.check(toml.data, (), where)
    questions = tuple(_in_own_names(q, sheet, k, where) for k, q in enumerate(questions))
    return Exam(
        toml.data["title"],
        toml.name,
        _asking(sheet, questions),
        questions,
        False,
        toml.data.get("instructions", ""),
        _total(toml.data),
        read_credit(toml.data.get("marks", {}), lambda key: where(("marks", key))),
    )


def _total(data: Mapping[str, Any]) -> Fraction | None:
    return points(data["total"]) if "total" in data else None


def _sheet(
    toml: TomlText, folder: Path, questions: tuple[Question, ...], where: ExamPlaces
) -> Sheet:
    """The sheet that the questions are about; one without runs where they need none."""
    data = toml.data
    if "asked" in data:
        raise DeltaruleError(
            "asked stands beside questions", where(("asked",)), "ask in the questions alone"
        )
    if not any(key in data for key in _OF_A_SHEET) and not any(q.asked for q in questions):
        EXAM.check(data, (), where)
        return Sheet(data["title"], data.get("source", ""), toml.name, ())
    marks = data.get("marks", {})
    if isinstance(marks, dict) and (other := next((k for k in marks if k not in _POLICY), None)):
        raise DeltaruleError(
            f"marks of {other} stand apart from the questions",
            where(("marks", other)),
            "write marks in the question that asks for it",
        )
    return sheet_of(replace(toml, data=_with_asked(data, questions)), folder)


def _with_asked(data: Mapping[str, Any], questions: tuple[Question, ...]) -> dict[str, Any]:
    """The data of the sheet, its runs with what the questions ask and the policy of all."""
    runs = data.get("run", [])
    itself = not runs or "published" in data or "formulas" in data
    changed = dict(data)
    further = [dict(run) if isinstance(run, dict) else run for run in runs]
    for number, run in enumerate([changed, *further] if itself else further, start=1):
        if isinstance(run, dict):
            asked = (r for q in questions if q.run == number for r in q.asked)
            run["asked"] = list(dict.fromkeys(asked))
            if "marks" in data:
                run.setdefault("marks", data["marks"])
    if not itself:
        changed.pop("marks", None)
    if further:
        changed["run"] = further
    return changed


def _in_own_names(question: Question, sheet: Sheet, number: int, where: ExamPlaces) -> Question:
    """The question in the network's names. Raises DeltaruleError for a run that there is not."""
    if not question.asked:
        return question
    if question.run > len(sheet.runs):
        raise DeltaruleError(
            f"the question is about run {question.run}, and the sheet has "
            f"{counted(len(sheet.runs), 'run')}",
            where(("question", number, "run")),
            "count from 1",
        )
    names = sheet.runs[question.run - 1].names
    steps = {in_own_names(r, names): marks for r, marks in question.steps.items()}
    return replace(question, asked=tuple(steps), steps=steps)


def _asking(sheet: Sheet, questions: tuple[Question, ...]) -> Sheet:
    """The sheet, whose runs ask for the numbers that the questions ask for, and for their marks."""
    runs = []
    for number, run in enumerate(sheet.runs, start=1):
        marks: dict[str, Fraction] = {}
        for question in questions:
            if question.run == number and question.kind == NUMBERS:
                for reference, step in question.steps.items():
                    marks[reference] = marks.get(reference, Fraction(0)) + step
        printed = {reference: Printed(str(worth)) for reference, worth in marks.items()}
        runs.append(replace(run, asked=tuple(marks), marks=printed))
    return replace(sheet, runs=tuple(runs))


def exam_of(sheet: Sheet, total: Fraction | None = None, instructions: str = "") -> Exam:
    """A plain sheet as an exam."""
    several = len(sheet.runs) > 1
    questions = [
        question
        for number, run in enumerate(sheet.runs, start=1)
        for question in _plain_questions(run, number, several)
    ]
    return Exam(sheet.title, sheet.path, sheet, tuple(questions), True, instructions, total)


def plain_id(quantity: str, run: int, several: bool) -> str:
    """The id of a plain sheet's question: its quantity, and of several runs, which one."""
    return f"{quantity} of run {run}" if several else quantity


def _plain_questions(run: Run, number: int, several: bool) -> list[Question]:
    """A question for each quantity; the entries of one that are asked apart are its steps."""
    found: dict[str, dict[str, Fraction]] = {}
    for reference in run.asked:
        printed = run.marks.get(reference)
        steps = found.setdefault(parse_reference(reference).name, {})
        steps[reference] = Fraction(1) if printed is None else printed.value
    return [_plain(name, steps, run, number, several) for name, steps in found.items()]


def _plain(
    name: str, steps: Mapping[str, Fraction], run: Run, number: int, several: bool
) -> Question:
    formula = name in run.formulas and name not in run.published
    marks = sum(steps.values(), start=Fraction(0)) if run.marks else Fraction(1)
    id = plain_id(name, number, several)
    kind = FORMULA if formula else NUMBERS
    marked = any(reference in run.marks for reference in steps)
    return Question(id, kind, marks, "", number, tuple(steps), dict(steps), marked=marked)
