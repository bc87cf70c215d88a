"""`deltarule practice`: its options."""

from typing import Annotated

from deltarule.cli import completion as names
from deltarule.cli.row import Asked, Row, beside, option, use


class PracticeExam(Asked):
    """Practise an exam: one quantity after the other, marked at once, with hints."""

    words: Annotated[
        list[str] | None, beside("SHEET", "An example, a sheet or an exam.", names.sheets)
    ] = None
    seed: Annotated[
        str | None, option("The same numbers again; else new ones each time.", "TEXT")
    ] = None


ROW = Row(
    PracticeExam,
    (use("a practice", ".cli.practice:practise", "", "seed"),),
    (
        ("deltarule practice slide", "the slide with numbers of your own"),
        ("deltarule practice slide --seed 7 --json", "and a transcript at the end"),
    ),
    wrong="something is to be revised",
)
