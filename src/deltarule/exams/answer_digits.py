"""The digits with which the answers of a run are printed, and what they let tell apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from deltarule.exams.drawn_variants import USUAL_DIGITS
from deltarule.exams.draws import Draw
from deltarule.exams.enclosures import enclosed
from deltarule.marking.sheet_files.arrays import entries
from deltarule.marking.sheet_files.sheets import Rounding, Run


def digits_of(run: Run) -> Rounding:
    """The digits with which a run's answers are printed: as it says, or as it publishes."""
    if not run.rounding.exact:
        return run.rounding
    printed = [p.decimals for v in run.published.values() for _, p in entries(v) if p is not None]
    known = [d for d in printed if d is not None]
    return replace(run.rounding, decimals=max([*known, 0]) if known else USUAL_DIGITS)


def more_digits(rounding: Rounding, more: int) -> Rounding:
    """So many digits more."""
    if rounding.decimals is not None:
        return replace(rounding, decimals=rounding.decimals + more)
    return replace(rounding, significant=(rounding.significant or 1) + more)


def in_digits(rounding: Rounding) -> str:
    """How many digits, as it is said."""
    if rounding.decimals is not None:
        return f"{rounding.decimals} decimals"
    return f"{rounding.significant} significant figures"


def draw_balls(draw: Draw, rounding: Rounding) -> dict[str, np.ndarray] | None:
    """What encloses right working; without rounding on the way where ties are wanted, and that
    may decide them."""
    balls = draw.enclosures(rounding)
    return enclosed(draw.computation, Rounding(), True) if balls is None and draw.ties else balls
