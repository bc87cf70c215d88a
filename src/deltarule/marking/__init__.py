"""Marking what people wrote: sheets, answers, verdicts and the mistakes behind them.

The names are imported when they are first used: who reads a TOML file needs no marking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deltarule.lazy_names import lazy_names

if TYPE_CHECKING:
    from deltarule.marking.open_sheet import OpenSheet, mark
    from deltarule.marking.sheet_files.answers import read_answers
    from deltarule.marking.sheet_files.sheets import load_sheet
    from deltarule.marking.verdicts import Marking, Verdict

__all__ = ["Marking", "OpenSheet", "Verdict", "load_sheet", "mark", "read_answers"]

_HOME = {
    "Marking": "verdicts",
    "OpenSheet": "open_sheet",
    "Verdict": "verdicts",
    "load_sheet": "sheet_files.sheets",
    "mark": "open_sheet",
    "read_answers": "sheet_files.answers",
}


__getattr__ = lazy_names(__name__, _HOME)
