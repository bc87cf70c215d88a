"""Answers to an exam, sorted to its questions: by a question's id, or by a quantity's name.

    who = "Emmy N."

    [answers]
    h1 = [0.79, 0.92, 0.16]        # a quantity by its name, in any spelling
    1b = "(yhat - y) yhat (1 - yhat) h1^T"     # a question by its id: a formula here
    2 = 61706                      # what is counted
    4 = "a"                        # a choice

    [answers.1c]                   # the quantities of one question
    "Theta2 after" = [-0.22, 0.55, 1.42]

`[formulas]`, `[choices]` and `[counts]` are read too, so that a quantity may be answered by its
numbers and by its formula. What is written for a quantity that no question asks for is carried on
with. An empty text is no answer. Whatever else is read (a form's table, JSON) becomes such tables,
and is sorted here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.exams.exam import CHOICE, CODE, COUNTING, FORMULA, NUMBERS, Exam, Question
from deltarule.exams.exam_submission import Submission
from deltarule.exams.value_kinds import is_text, shown
from deltarule.marking.sheet_files.answers import Answers, answers_in
from deltarule.marking.sheet_files.lenient import Lenient, Lost, read_leniently
from deltarule.marking.sheet_files.other_names import in_own_names
from deltarule.marking.sheet_files.text_files import read_text
from deltarule.marking.sheet_files.toml_text import TomlText, expect
from deltarule.marking.sheet_files.unread import MOST_QUANTITIES, Unread, read_typed, read_values
from deltarule.spelling.names import parse_reference

SECTIONS = ("answers", "formulas", "choices", "counts")
#: Letters beside those that numbers are written with.
_NAMES = re.compile(r"(?!approx|array|tensor|circa|ca\b|np\b|torch|dtype|float)\b[^\W\d_]\w*")
#: What may stand on top of a file of answers.
TOP = ("sheet", "who", "run", *SECTIONS)


def load_submission(path: str | Path, exam: Exam) -> Submission:
    """What a TOML file of answers to an exam holds. What cannot be read stops nothing else.

    Raises DeltaruleError for a file that holds no answers at all.
    """
    return sorted_answers(
        exam, read_leniently(read_text(Path(path), str(path)), str(path), SECTIONS)
    )


def sorted_answers(exam: Exam, read: Lenient) -> Submission:
    """The tables of answers, sorted to the questions of an exam.

    Raises DeltaruleError where there are no answers.
    """
    if exam.plain:
        answers = answers_in(read)
        return Submission(answers.who, (answers,))
    toml, lost = read.toml, read.lost
    data = toml.data
    if not data.keys() & set(SECTIONS) and not lost:
        raise DeltaruleError(
            "there are no answers", toml.name, "write them under [answers], as yhat = 0.62"
        )
    who = expect(data.get("who", ""), str, toml.where("", "who"))
    sorter = _Sorter(exam, toml, [*read.notes], _run(data))
    for section in SECTIONS:
        sorter.section(section, data.get(section, {}))
    for line in lost:
        sorter.lost(line)
    unknown = [key for key in data if key not in TOP]
    sorter.notes += [f"{shortened(key)}: unknown, and not read" for key in unknown]
    return sorter.submission(who)


def _run(data: Mapping[str, Any]) -> int:
    run = data.get("run", 1)
    return run if isinstance(run, int) and not isinstance(run, bool) and run > 0 else 1


@dataclass
class _OfRun:
    """What is answered to one run, as two tables of a file of answers."""

    answers: dict[str, Any] = field(default_factory=dict)
    formulas: dict[str, Any] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)


class _Sorter:
    def __init__(self, exam: Exam, toml: TomlText, notes: list[str], run: int):
        self.exam, self.toml, self.notes, self.run = exam, toml, notes, run
        self.runs: dict[int, _OfRun] = {}
        self.texts: dict[str, dict[str, str]] = {CHOICE: {}, COUNTING: {}}

    def section(self, section: str, table: Any) -> None:
        """One table of the file: what stands in it is sorted by its key."""
        if not isinstance(table, Mapping):
            self.notes.append(f"{section} is no table, and not read")
            return
        if len(table) > MOST_QUANTITIES:
            raise DeltaruleError(
                f"{len(table)} quantities under [{section}]",
                self.toml.where(section),
                f"at most {MOST_QUANTITIES} are read",
            )
        for key, value in table.items():
            question = self.named(key)
            if question is not None:
                self._to_question(question, value, section)
            elif isinstance(value, Mapping):
                self.notes.append(f"{shortened(key)} is no question's id, and not read")
            else:
                self._to_quantity(key, value, section)

    def named(self, key: str) -> Question | None:
        """The question that a key names: 1a, 1A, Q1a, "question 1a"."""
        plain = re.sub(r"^(question|q|no|nr)[\s._-]*(?=\d)", "", key.strip().lower()).strip(" .)")
        return next((q for q in self.exam.questions if q.id.lower() == plain), None)

    def _to_question(self, question: Question, value: Any, section: str) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                if question.asked and key.strip().lower() not in ("answer", question.id.lower()):
                    self._put(question, key, inner, section)
                else:
                    self._to_question(question, inner, section)
        elif question.kind in self.texts:
            if (text := _as_text(value)).strip():
                self.texts[question.kind][question.id] = text
        elif question.kind == CODE:
            self.notes.append(f"question {question.id} wants code: hand in a file, .py or .ipynb")
        elif len(question.asked) == 1:
            self._put(question, question.asked[0], value, section)
        elif _is_written(value):
            asked = ", ".join(question.asked)
            why = (
                f"question {question.id} asks for {asked}: write each under [answers.{question.id}]"
            )
            unread = self._of(question.run).unread
            unread += [Unread(name, (), shortened(_as_text(value)), why) for name in question.asked]

    def _put(self, question: Question, name: str, value: Any, section: str) -> None:
        """A value for a quantity, among the numbers or the formulas."""
        run = self._of(question.run)
        formula = question.kind == FORMULA or section == "formulas"
        if formula and not is_text(value):
            why = f'question {question.id} asks for a formula: write it in quotes, "(yhat − y)·x"'
            run.unread.append(Unread(name, (), shown(value), why))
            return
        (run.formulas if formula else run.answers)[name] = value

    def _to_quantity(self, key: str, value: Any, section: str) -> None:
        """What is written by a quantity's name: to the question that asks for it."""
        asking = [q for q in self.exam.questions if self._asks(q, key)]
        both = {NUMBERS, FORMULA} <= {q.kind for q in asking}
        formula = section == "formulas" or (both and _has_names(value))
        kind = FORMULA if formula else NUMBERS
        mine = [q for q in asking if q.kind == kind and q.run == self.run]
        mine = mine or [q for q in asking if q.kind == kind] or asking
        runs = {q.run for q in mine}
        if len(runs) > 1 and self.run not in runs:
            ids = " and ".join(q.id for q in mine)
            why = f"{key} is asked in {ids}: write it under [answers.{mine[0].id}]"
            self._of(mine[0].run).unread.append(Unread(key, (), shortened(_as_text(value)), why))
        elif mine and {q.kind for q in mine} == {FORMULA}:
            self._put(mine[0], key, value, section)
        elif self.exam.sheet.runs:
            run = self._of(mine[0].run if mine else self.run)
            (run.formulas if kind == FORMULA else run.answers)[key] = value
        else:
            self.notes.append(f"{shortened(key)} is no question's id, and not read")

    def _asks(self, question: Question, key: str) -> bool:
        if not question.asked:
            return False
        names = self.exam.sheet.runs[question.run - 1].names
        try:
            reference = in_own_names(str(parse_reference(key)), names)
        except DeltaruleError:
            return False
        asked = {parse_reference(a).name for a in question.asked}
        return parse_reference(reference).name in asked

    def lost(self, line: Lost) -> None:
        """A line that could not be read, said of its quantity or question."""
        question = self.named(line.name)
        names = question.asked if question is not None else (line.name,)
        run = question.run if question is not None else self.run
        if names:
            self._of(run).unread += [Unread(n, (), line.text, line.why) for n in names]
        else:
            self.notes.append(f"{line.name} could not be read: {line.why}")

    def _of(self, run: int) -> _OfRun:
        return self.runs.setdefault(run, _OfRun())

    def submission(self, who: str) -> Submission:
        """All that was sorted."""
        last = len(self.exam.sheet.runs)
        answers = [self._answers(n, self.runs[n], who) for n in sorted(self.runs) if n <= last]
        choices, counts = self.texts[CHOICE], self.texts[COUNTING]
        return Submission(who, tuple(answers), choices, counts, (), tuple(self.notes))

    def _answers(self, number: int, run: _OfRun, who: str) -> Answers:
        data = {"answers": run.answers, "formulas": run.formulas}
        toml = replace(self.toml, data=data)
        unread = list(run.unread)
        formulas = read_typed(toml, unread)
        values = read_values(toml, unread)
        once = {(u.name, u.index): u for u in reversed(unread)}
        said = tuple(reversed(once.values()))
        return Answers(None, who, values, toml.name, number, formulas, said)


def _as_text(value: Any) -> str:
    """A value as it may be typed: `yes` for true, 1×6×28×28 for a list of sizes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "×".join(map(_as_text, value))
    return str(value)


def _has_names(value: Any) -> bool:
    """Whether a text has names in it, as a formula has and numbers have not."""
    return is_text(value) and bool(_NAMES.search(value))


def _is_written(value: Any) -> bool:
    return bool(_as_text(value).strip("× "))
