"""An empty answers file for a sheet: what is asked, with room for every number."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from deltarule.errors import DeltaruleError
from deltarule.marking.run_computations import run_computation
from deltarule.marking.sheet_files.answers import template
from deltarule.marking.sheet_files.sheets import Sheet, load_sheet
from deltarule.spelling.counted import counted
from deltarule.spelling.names import parse_reference
from deltarule.tracing.computation import Computation


def blank(sheet: Sheet | str | Path, run: int = 1, name: str = "") -> str:
    """The text of an empty answers file for one run of a sheet, runs counted from 1.

    `name` is what the file calls the sheet. Raises DeltaruleError for a run that there is not.
    """
    sheet = sheet if isinstance(sheet, Sheet) else load_sheet(sheet)
    if not 1 <= run <= len(sheet.runs):
        raise DeltaruleError(
            f"the sheet has {counted(len(sheet.runs), 'run')}, and no run {run}",
            sheet.path,
            "count from 1",
        )
    asked = sheet.runs[run - 1]
    numbers = [r for r in asked.asked if r in asked.published or r not in asked.formulas]
    computation = run_computation(asked, tuple(numbers), {})
    quantities = [
        (str(parse_reference(reference)), _extent(computation, reference))
        for reference in numbers or everything(computation)
    ]
    formulas = [r for r in asked.asked if r in asked.formulas]
    return template(quantities, name or str(sheet.path), run, formulas)


def everything(computation: Computation) -> list[str]:
    """Every quantity that is computed and says something."""
    return [line.quantity for line in computation.lines if not line.equation.rhs.is_number]


def _extent(computation: Computation, reference: str) -> tuple[int, ...]:
    """The lengths of the axes that the answer has; axes of length 1 need not be written."""
    name, entry = computation.locate(reference)
    if entry:
        return ()
    shape = np.shape(computation.floats.arrays[name])
    return tuple(n for n in shape if n != 1)
