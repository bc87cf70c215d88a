"""`deltarule exam audit`: what a sheet hides, and what mends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deltarule.cli.arguments import one_name, sheet_names
from deltarule.cli.exam_audit_command import AuditExam
from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.cli.screen import busy
from deltarule.errors import DeltaruleError
from deltarule.exams.audit import Audit, audit
from deltarule.exams.exam_files import load_exam
from deltarule.marking.sheet_files.sheets import Rounding, Run
from deltarule.spelling.counted import counted

_EXAMPLE = "deltarule exam audit slide"
#: So many mistakes of one kind are shown; --json has all of them.
_MOST = 12


def show_audit(asked: AuditExam) -> int:
    """Audit the runs, show what is found, and say by the exit status whether all is seen."""
    bare = sheet_names(asked.words, "deltarule exam audit", _EXAMPLE)
    exam = load_exam(one_name(bare, _EXAMPLE))
    runs = _runs(asked, exam.sheet.runs, exam.path)
    found = []
    for number, run in runs:
        with busy(f"auditing {run.title}"):
            found.append(audit(run, number))
    show(found, "an audit of a sheet", asked.format)
    return 0 if all(one.passed for one in found) else 1


def _runs(asked: AuditExam, runs: Sequence[Run], path: str) -> list[tuple[int, Run]]:
    """The runs that are asked for and can be audited: before updates, with numbers asked."""
    if asked.run_ is not None and asked.run_ > len(runs):
        raise DeltaruleError(
            f"the sheet has {counted(len(runs), 'run')}, and no run {asked.run_}",
            path,
            "count from 1",
        )
    chosen = [
        (k, run)
        for k, run in enumerate(runs, start=1)
        if asked.run_ in (None, k) and run.at == "before" and run.updates <= 1
    ]
    if not chosen:
        raise DeltaruleError(
            "there is no run before or with one update", path, "audit the sheet of one step"
        )
    if asked.decimals is None:
        return chosen
    return [(k, replace(run, rounding=Rounding(asked.decimals))) for k, run in chosen]


def audit_page(page: Page, audits: Sequence[Audit]) -> None:
    """What is hidden, what mends it, and what no numbers show."""
    for found in audits:
        page.title(found.title)
        page.prose(f"answers with {found.digits}: {found.seen} of {found.mistakes} mistakes show")
        for note in found.notes:
            page.prose(note)
        _listed(page, "Hidden by these numbers", found.hidden)
        if found.changes:
            page.heading("After this change they show")
            for change in found.changes:
                page.formula(change.words, indent=2)
                page.prose(f"shows {_some(change.seen)}", indent=4)
        _listed(page, "Still hidden", found.left)
        _listed(page, "What other numbers with more digits show", found.finer)
        _listed(page, "What no numbers show at these sizes", found.never)
        if found.sizes:
            page.heading("Other sizes would show")
            for size in found.sizes:
                page.prose(f"{size.size} = {size.becomes} for {size.was}: {_some(size.seen)}", 2)
        page.blank()


def _some(words: Sequence[str]) -> str:
    """The first of some mistakes, and how many more there are."""
    more = len(words) - 2
    first = "; ".join(words[:2])
    return f"{first}; and {more} more" if more > 0 else first


def _listed(page: Page, heading: str, words: Sequence[str]) -> None:
    if not words:
        return
    page.heading(heading)
    for one in words[:_MOST]:
        page.prose(one, indent=2)
    if len(words) > _MOST:
        page.prose(f"and {len(words) - _MOST} more", indent=2)
