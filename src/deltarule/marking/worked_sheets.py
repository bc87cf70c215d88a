"""Worked sheets: a run's trace with its published values and their verdicts beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.exact import Rounded
from deltarule.calculus import Derivation
from deltarule.errors import placed_at
from deltarule.marking.after_updates import judge_after
from deltarule.marking.aligned_answers import Aligned
from deltarule.marking.open_sheet import judged
from deltarule.marking.session import open_session
from deltarule.marking.sheet_files.sheets import Rounding, Run, Sheet, load_sheet
from deltarule.marking.strangers import only_known_published, unread_verdict
from deltarule.marking.verdicts import Verdict
from deltarule.tracing.computation import Computation
from deltarule.tracing.trace import Trace, trace_computation


@dataclass(frozen=True)
class Worked:
    """A run worked through; its published values, as printed, are `aligned`'s."""

    run: Run
    trace: Trace
    aligned: Aligned
    verdicts: tuple[Verdict, ...]

    @cached_property
    def by_quantity(self) -> dict[str, list[Verdict]]:
        """The verdicts on each quantity."""
        found: dict[str, list[Verdict]] = {}
        for verdict in self.verdicts:
            found.setdefault(verdict.quantity, []).append(verdict)
        return found

    @cached_property
    def of_no_line(self) -> list[Verdict]:
        """The verdicts on givens, and on what is no quantity of the run."""
        lines = {line.quantity for line in self.trace.lines}
        return [v for v in self.verdicts if v.quantity not in lines]


def work(
    sheet: Sheet | str | Path,
    arithmetic: Arithmetic | None = None,
    *,
    checks: bool = True,
    as_printed: bool = False,
    extra: Sequence[str] = (),
) -> list[Worked]:
    """Every run of a sheet worked through, with verdicts on what it publishes.

    What a run publishes or asks beyond the usual lines is evaluated too, and what `extra` names.
    `arithmetic` replaces the sheet's own rounding policy. Givens that contradict the values
    printed after them are mended first, unless `as_printed`. For a run whose values are those
    after the updates, the trace is of the network with the updated parameters.
    """
    sheet = sheet if isinstance(sheet, Sheet) else load_sheet(sheet)
    known: dict[tuple, Derivation] = {}
    with placed_at(sheet.path):
        return [
            _worked(run, number, known, arithmetic, checks, as_printed, extra)
            for number, run in enumerate(sheet.runs, start=1)
        ]


def _worked(
    run: Run,
    number: int,
    known: dict,
    arithmetic: Arithmetic | None,
    checks: bool,
    as_printed: bool,
    extra: Sequence[str],
) -> Worked:
    run = only_known_published(run, known)
    session = open_session(run, number, run.published, known, extra=(*run.asked, *extra))
    if run.at == "after":
        found = judge_after(session)
        computation: Computation = session.computation.updated(run.updates)
    else:
        printed = session.computation
        found = judged(session, doubt=True)
        computation = printed if as_printed else session.computation
    found += [unread_verdict(unread, number, computation) for unread in run.unread]
    trace = trace_computation(computation, arithmetic or policy(run.rounding), checks=checks)
    return Worked(run, trace, session.aligned, tuple(found))


def policy(rounding: Rounding) -> Arithmetic | None:
    """The arithmetic that rounds as a sheet says; None for exact carrying."""
    if rounding.exact:
        return None
    return Rounded(rounding.decimals, rounding.significant, rounding.rule)
