"""Marking what people wrote: sheets, answers, verdicts and the mistakes behind them."""

from deltarule.marking.mark import OpenSheet, mark
from deltarule.marking.sheets import load_sheet
from deltarule.marking.verdicts import Marking, Verdict

__all__ = ["Marking", "OpenSheet", "Verdict", "load_sheet", "mark"]
