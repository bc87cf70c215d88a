"""Questions made of their tables, whose keys and kinds of values are checked already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from deltarule.arithmetic.printed import Printed
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.exams.exam import CHOICE, CODE, COUNTING, ChoiceTask, CodeTask, CountTask, Question
from deltarule.exams.question_text import inserted
from deltarule.exams.value_kinds import Where
from deltarule.marking.sheet_files.toml_text import Digits
from deltarule.spelling.names import parse_reference

#: A list of choices has no more.
MOST_CHOICES = len(ascii_lowercase)


def read_questions(
    tables: Sequence[Mapping[str, Any]], folder: Path, where: Where
) -> tuple[Question, ...]:
    """The questions. Raises DeltaruleError for ids that stand twice, names of nothing, and a right
    choice that is none."""
    found: dict[str, Question] = {}
    for number, table in enumerate(tables):
        id = table["id"]
        if id.lower() in found:
            raise DeltaruleError(
                f"there are two questions {id}",
                where(("question", number, "id")),
                "give each an id of its own",
            )
        found[id.lower()] = _Reader(table, number, folder, where).question()
    return tuple(found.values())


def points(value: Any) -> Fraction:
    """Points as written: 2, 0.5, "1/3"."""
    return Printed(str(value)).value


class _Reader:
    """Reads one question."""

    def __init__(self, table: Mapping[str, Any], number: int, folder: Path, where: Where):
        self.table, self.number, self.folder, self._where = table, number, folder, where

    def where(self, *keys: str) -> str:
        """The place of a key of the question."""
        return self._where(("question", self.number, *keys))

    def question(self) -> Question:
        """The question."""
        table, kind = self.table, self.table["kind"]
        text = table.get("text", "")
        self._check_text(text, "text")
        asked = self._asked()
        steps = self._steps(asked)
        return Question(
            table["id"],
            kind,
            sum(steps.values(), start=Fraction(0)) if steps else points(table.get("marks", 1)),
            text,
            table.get("run", 1),
            asked,
            steps,
            self._code() if kind == CODE else None,
            self._counting() if kind == COUNTING else None,
            self._choice() if kind == CHOICE else None,
            "marks" in table,
        )

    def _check_text(self, text: str, *keys: str) -> None:
        try:
            inserted(text)
        except DeltaruleError as error:
            raise error.at(self.where(*keys)) from None

    def _asked(self) -> tuple[str, ...]:
        names = self.table.get("asked", [])
        found: list[str] = []
        for typed in [names] if isinstance(names, str) else names:
            name = self._reference(typed, "asked")
            if name in found:
                raise DeltaruleError(
                    f"{name} is asked twice", self.where("asked"), "leave one of them out"
                )
            found.append(name)
        return tuple(found)

    def _reference(self, typed: str, *keys: str) -> str:
        try:
            return str(parse_reference(typed))
        except DeltaruleError as error:
            raise error.at(self.where(*keys)) from None

    def _steps(self, asked: tuple[str, ...]) -> dict[str, Fraction]:
        """The marks of each quantity that is asked."""
        marks = self.table.get("marks", 1)
        if not isinstance(marks, dict):
            return {name: points(marks) / len(asked) for name in asked}
        steps = {self._reference(key, "marks", key): points(v) for key, v in marks.items()}
        for name in steps:
            if name not in asked:
                hint = did_you_mean(name, asked) or f"asked are {', '.join(asked)}"
                raise DeltaruleError(
                    f"marks for {name}, which is not asked", self.where("marks", name), hint
                )
        for name in asked:
            if name not in steps:
                raise DeltaruleError(
                    f"{name} is asked, and has no marks",
                    self.where("marks"),
                    f"add {name} = 1, or give one number for all",
                )
        return {name: steps[name] for name in asked}

    def _code(self) -> CodeTask:
        table = self.table
        functions = table["function"]
        if "like" not in table and "convention" not in table:
            raise DeltaruleError(
                "it is not said what the function is to be like",
                self.where(),
                'write convention = "cs231n", or like = "dense"',
            )
        listed = (functions,) if isinstance(functions, str) else tuple(functions)
        return CodeTask(
            listed,
            self._beside(table.get("convention", "")),
            self._beside(table.get("like", "")),
            _options(table.get("options", {})),
            dict(table.get("map", {})),
            table.get("returns", ""),
            table.get("accept"),
        )

    def _counting(self) -> CountTask:
        table = self.table
        layer = self._reference(table["layer"], "layer") if "layer" in table else ""
        options = _options(table.get("options", {}))
        return CountTask(
            self._beside(table["of"]), table["what"], layer, options, dict(table.get("sizes", {}))
        )

    def _beside(self, name: str) -> str:
        """A path is meant from the exam's folder on; a name stays a name."""
        is_path = "/" in name or name.endswith((".py", ".toml"))
        return str(self.folder / name) if is_path else name

    def _choice(self) -> ChoiceTask:
        choices = self.table["choices"]
        if isinstance(choices, list):
            if len(choices) > MOST_CHOICES:
                raise DeltaruleError(
                    f"{len(choices)} choices", self.where("choices"), f"give at most {MOST_CHOICES}"
                )
            choices = dict(zip(ascii_lowercase, choices, strict=False))
        right, because = self.table["right"], self.table.get("because", {})
        for key, keys in ((right, ("right",)), *((k, ("because", k)) for k in because)):
            if key not in choices:
                hint = did_you_mean(key, choices) or f"the choices are {', '.join(choices)}"
                raise DeltaruleError(f"{key} is not among the choices", self.where(*keys), hint)
        for key, text in choices.items():
            self._check_text(text, "choices", key)
        explanation = self.table.get("explanation", "")
        for text, keys in ((explanation, ("explanation",)), *_with_keys("because", because)):
            self._check_text(text, *keys)
        return ChoiceTask(dict(choices), right, explanation, dict(because))


def _with_keys(section: str, table: Mapping[str, str]):
    return (((text, (section, key))) for key, text in table.items())


def _options(table: Mapping[str, Any]) -> dict[str, Any]:
    """Options for a derivation: numbers with a point become exact fractions."""
    return {key: _option(value) for key, value in table.items()}


def _option(value: Any) -> Any:
    if isinstance(value, Digits):
        return Printed(value).value
    return [_option(inner) for inner in value] if isinstance(value, list) else value
