"""`check sheet`: its options."""

from typing import Annotated

from deltarule.cli import completion as names
from deltarule.cli.row import Asked, Row, beside, use


class CheckSheet(Asked):
    """Say what is wrong with an exam or a sheet, and what is odd about it, before it is used."""

    words: Annotated[
        list[str] | None,
        beside(
            "FILE.toml …",
            "Exams or sheets of your own: the derivations that they name are run.",
            names.sheets,
        ),
    ] = None


ROW = Row(
    CheckSheet,
    (use("remarks on a sheet", ".cli.lint_sheets:show_lint"),),
    (
        ("check sheet exam.toml", "errors and warnings, each with its line"),
        ("check sheet slide", "of an example"),
        ("check sheet exams/*.toml --json", "of several, for a program"),
    ),
    wrong="a sheet has an error",
)
