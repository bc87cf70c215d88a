"""`check sheet FILE`: remarks on exams and sheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deltarule.cli.arguments import sheet_names
from deltarule.cli.formats import show
from deltarule.cli.lint_command import CheckSheet
from deltarule.cli.page import Page
from deltarule.cli.screen import busy
from deltarule.exams.lint import Linted, lint
from deltarule.exams.lint_remarks import Remark
from deltarule.marking.points import points_text
from deltarule.spelling.counted import counted


def show_lint(asked: CheckSheet) -> int:
    """Lint each file, show the remarks, and say by the exit status whether there is an error."""
    names = sheet_names(asked.words, "check sheet", "check sheet exam.toml")
    found: list[Linted] = []
    with busy("checking") as line:
        for name in names:
            line.tell(f"checking {name}")
            found.append(lint(name))
    show(found, "remarks on a sheet", asked.format)
    return 1 if any(one.errors for one in found) else 0


def lint_page(page: Page, found: Sequence[Linted]) -> None:
    """Of each file its remarks, and how many there are."""
    for number, one in enumerate(found):
        if number:
            page.blank()
        page.title(one.path)
        if one.exam is not None:
            page.prose(_about(one), style="dim")
        for remark in one.remarks:
            _remark(page, remark)
        page.blank()
        page.prose(_total(one), style="bold")


def _about(one: Linted) -> str:
    if one.exam is None:
        return ""
    questions = counted(len(one.exam.questions), "question")
    return f"{one.exam.title}: {questions}, {points_text(one.exam.marks)} points"


def _remark(page: Page, remark: Remark) -> None:
    sign, style = ("✗", "bold red") if remark.error else ("!", "yellow")
    page.formula(remark.fact, indent=0, lead=f"{sign} ", style=style, hang=2)
    if remark.place:
        page.prose(remark.place, indent=4, style="dim")
    if remark.remedy:
        page.prose(remark.remedy, indent=4)


def _total(one: Linted) -> str:
    if not one.remarks:
        return "nothing is wrong"
    if one.exam is None:
        return f"{counted(one.errors, 'error')}; what depends on them was not looked at"
    warnings = len(one.remarks) - one.errors
    return f"{counted(one.errors, 'error')}, {counted(warnings, 'warning')}"


def lint_values(found: Sequence[Linted]) -> dict[str, Any]:
    """Of each file its `errors` and `warnings`, each with fact, place and remedy."""
    return {"sheets": [_values(one) for one in found], "sound": not any(o.errors for o in found)}


def _values(one: Linted) -> dict[str, Any]:
    kinds = {"errors": True, "warnings": False}
    return {
        "path": one.path,
        **{
            kind: [
                {"fact": r.fact, "place": r.place, "remedy": r.remedy}
                for r in one.remarks
                if r.error is error
            ]
            for kind, error in kinds.items()
        },
    }
