"""Verdicts on the screen: what is right in green, what follows in yellow, what is wrong in red."""

from __future__ import annotations

from collections.abc import Sequence

from deltarule.cli.page import Page
from deltarule.marking import verdicts
from deltarule.marking.verdicts import Marking, Verdict
from deltarule.reports.marks import named
from deltarule.reports.points_in_words import is_shown, of_score, total, with_scores

STYLES = {
    verdicts.RIGHT: "green",
    verdicts.CARRIED: "green",
    verdicts.FOLLOWS: "yellow",
    verdicts.TRIVIAL: "yellow",
    verdicts.MISTAKE: "bold red",
    verdicts.WRONG: "bold red",
    verdicts.CONTRADICTORY: "bold red",
    verdicts.TOO_FEW: "yellow",
    verdicts.UNDECIDED: "magenta",
    verdicts.UNREADABLE: "magenta",
    verdicts.MISSING: "dim",
}
#: The verdicts beside which the right value is said.
_SHOWN_BESIDE = (
    verdicts.FOLLOWS,
    verdicts.TRIVIAL,
    verdicts.MISTAKE,
    verdicts.WRONG,
    verdicts.TOO_FEW,
    verdicts.UNDECIDED,
    verdicts.UNREADABLE,
    verdicts.MISSING,
)
SIGNS = {
    verdicts.RIGHT: "✓",
    verdicts.CARRIED: "✓",
    verdicts.FOLLOWS: "→",
    verdicts.TRIVIAL: "→",
    verdicts.UNDECIDED: "?",
    verdicts.UNREADABLE: "?",
    verdicts.MISSING: "·",
}


def marking_page(page: Page, marking: Marking) -> None:
    """All verdicts in the order of the sheet, how many quantities are right, and the points."""
    page.title(marking.sheet)
    if marking.who:
        page.prose(marking.who)
    for note in marking.notes:
        page.prose(note, style="dim")
    runs = {v.run for v in marking.verdicts}
    run = 0
    for verdict, score in with_scores(marking):
        if len(runs) > 1 and verdict.run != run:
            run = verdict.run
            page.heading(f"Run {run}")
        elif not run:
            run = verdict.run
            page.blank()
        _verdict(page, verdict)
        if score is not None and is_shown(score, marking):
            page.prose(of_score(score), indent=4, style="bold")
    page.blank()
    page.prose(total(marking), style="bold")


def _verdict(page: Page, verdict: Verdict) -> None:
    """One verdict: sign, quantity, printed value and verdict; then why."""
    sign = SIGNS.get(verdict.verdict, "✗")
    name = named(verdict)
    words = (
        f"{name} = {verdict.given}: {verdict.verdict}"
        if verdict.given
        else (f"{name}: {verdict.verdict}")
    )
    page.formula(words, indent=0, lead=f"{sign} ", style=STYLES[verdict.verdict], hang=4)
    if verdict.finding and verdict.verdict != verdicts.MISSING:
        page.prose(verdict.finding, indent=4)
    if verdict.verdict in _SHOWN_BESIDE and verdict.expected:
        page.formula(f"right is {verdict.expected}", indent=4, style="dim", hang=2)
    _alternatives(page, verdict.alternatives)


def _alternatives(page: Page, alternatives: Sequence[str]) -> None:
    """Other explanations, which the printed digits cannot tell from the first."""
    for alternative in alternatives:
        page.labelled("or", alternative, indent=4, column=4)
