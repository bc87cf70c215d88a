"""One file marked, whatever it holds: a sheet of published values, or answers to a sheet."""

from __future__ import annotations

from pathlib import Path

from deltarule.marking.answers import holds_answers, load_answers
from deltarule.marking.mark import mark
from deltarule.marking.sheets import Sheet, load_sheet
from deltarule.marking.verdicts import Marking
from deltarule.notation.errors import DeltaruleError


class Marker:
    """Marks files one after another, all as answers to `sheet` if there is one."""

    def __init__(self, sheet: str | None = None):
        self._sheet = load_sheet(sheet) if sheet is not None else None

    def mark(self, name: str, trusted: bool = True, example: bool = False) -> Marking:
        """The verdicts on a file, or on an example by its name.

        A file that was not `trusted`, but found in a folder, may be somebody else's: a sheet whose
        derivation is a file is then refused, since that file would be run. Raises DeltaruleError
        for what cannot be read.
        """
        if self._sheet is not None:
            return mark(self._sheet, load_answers(name))
        if name.endswith(".toml") and not example and holds_answers(name):
            answers = load_answers(name)
            return mark(load_sheet(answers.example()), answers)
        sheet = load_sheet(name)
        if not trusted:
            _refuse_programs(sheet)
        return mark(sheet)


def _refuse_programs(sheet: Sheet) -> None:
    named = [name for run in sheet.runs for name in (run.network, run.optimiser)]
    for name in named:
        if "/" in name or name.endswith(".py"):
            raise DeltaruleError(
                f"the sheet names the derivation {Path(name).name}, a program that is run only for "
                "a sheet named by whoever marks",
                sheet.path, f"if it is yours, name it: check {sheet.path}",
            )  # fmt: skip
