"""`check`: its options, and what goes together."""

from pathlib import Path
from typing import Annotated

from deltarule.cli import completion as names
from deltarule.cli.row import Asked, Row, beside, option, use


class Check(Asked):
    """Mark printed numbers and formulas, of sheets and of answers to them."""

    words: Annotated[
        list[str] | None,
        beside(
            "example NAME | FILE.toml … | FOLDER",
            "A sheet, whose published values are marked, or somebody's answers; several, or all in "
            "a folder. A program that a sheet names, a derivation of its own, is run only for "
            "example FILE.toml and for --sheet. FILE.py is for check gradient, which runs it.",
            names.checked,
        ),
    ] = None
    sheet: Annotated[str | None, option("What the answers are to.", "SHEET", names.sheets)] = None
    brief: Annotated[bool, option("Of several files, a line each and the totals.")] = False
    template: Annotated[
        str | None, option("An empty answers file for a sheet.", "SHEET", names.sheets)
    ] = None
    run_: Annotated[int | None, option("With --template: which run of the sheet.", "N")] = None
    output: Annotated[Path | None, option("Where to write the template.", "FILE", also="-o")] = None


ROW = Row(
    Check,
    (
        use("an answers file", ".cli.check:show_template", "template", "run output", words=False),
        use("a line for each file", ".cli.check:show_brief", "brief", "sheet"),
        use("a marking", ".cli.check:show_check", "", "sheet"),
    ),
    (
        ("check example slide", "the published values of an example"),
        ("check --template slide > mine.toml", "an empty answers file"),
        ("check mine.toml", "your answers"),
        ("check example own.toml", "a sheet of your own, and the program that it may name"),
        ("check class/ --sheet exam.toml --brief", "all answers in a folder"),
        ("check gradient conv --stride 2", "the gradients of a layer"),
    ),
    wrong="something is not right, or some of several files could not be read",
)
