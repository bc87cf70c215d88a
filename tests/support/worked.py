"""The sheets that come with deltarule, worked through: once a process."""

from __future__ import annotations

from functools import lru_cache

from deltarule.marking.sheet_files.sheets import load_sheet
from deltarule.marking.worked_sheets import work
from deltarule.reports.things import ShownSheet


@lru_cache(maxsize=32)
def _worked(name: str) -> tuple:
    sheet = load_sheet(name)
    return sheet, work(sheet)


def shown_sheet(name: str, only: set[str] | None = None) -> ShownSheet:
    """A sheet as a report shows it."""
    return ShownSheet(*_worked(name), only)
