"""Marking what people wrote: sheets, answers, verdicts and the mistakes behind them.

The names are imported when they are first used: who reads a TOML file needs no marking.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deltarule.marking.open_sheet import OpenSheet, mark
    from deltarule.marking.sheets import load_sheet
    from deltarule.marking.verdicts import Marking, Verdict

__all__ = ["Marking", "OpenSheet", "Verdict", "load_sheet", "mark"]

_HOME = {
    "Marking": "verdicts",
    "OpenSheet": "open_sheet",
    "Verdict": "verdicts",
    "load_sheet": "sheets",
    "mark": "open_sheet",
}


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module 'deltarule.marking' has no attribute {name!r}")
    value = getattr(import_module(f"deltarule.marking.{_HOME[name]}"), name)
    globals()[name] = value
    return value
