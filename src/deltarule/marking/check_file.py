"""One file marked, whatever it holds: a sheet of published values, or answers to a sheet."""

from __future__ import annotations

import shlex
from pathlib import Path

from deltarule.errors import DeltaruleError
from deltarule.marking.open_sheet import mark
from deltarule.marking.sheet_files.answers import holds_answers, load_answers
from deltarule.marking.sheet_files.sheets import Sheet, load_sheet
from deltarule.marking.verdicts import Marking


class Marker:
    """Marks files one after another, all as answers to `sheet` if there is one."""

    def __init__(self, sheet: str | None = None):
        self._sheet = load_sheet(sheet) if sheet is not None else None

    def mark(self, name: str, example: bool = False) -> Marking:
        """The verdicts on a file, or on an example by its name.

        Any file may be somebody else's, and a sheet where answers are expected. So a derivation
        that is a file, and would be run, is refused unless whoever marks has said that this is a
        sheet of their own: as `sheet`, or with `example`. Raises DeltaruleError for that, and for
        what cannot be read.
        """
        if self._sheet is not None:
            return mark(self._sheet, load_answers(name))
        if name.endswith(".toml") and not example and holds_answers(name):
            answers = load_answers(name)
            return mark(load_sheet(answers.example()), answers)
        sheet = load_sheet(name)
        if not example:
            _refuse_programs(sheet)
        return mark(sheet)


def _refuse_programs(sheet: Sheet) -> None:
    for number, run in enumerate(sheet.runs, start=1):
        for key, name in (("network", run.network), ("optimiser", run.optimiser)):
            if "/" not in name and not name.endswith(".py"):
                continue
            within = f" of run {number}" if len(sheet.runs) > 1 else ""
            raise DeltaruleError(
                f"the sheet names a program, {Path(name).name}, and a program is run only for a "
                "sheet that you say is your own",
                f"{sheet.path}: {key}{within}",
                f"if you trust it: check example {shlex.quote(sheet.path)}",
            )
