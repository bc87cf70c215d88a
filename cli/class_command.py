"""`check class`: its options, and what goes together."""

from pathlib import Path
from typing import Annotated

from deltarule.cli import completion as names
from deltarule.cli.row import REVEAL, Asked, Row, beside, one_of, option, use


class Class(Asked):
    """Mark a class: everything that its students handed in, each submission once."""

    words: Annotated[
        list[str] | None,
        beside(
            "FOLDER | FILE …",
            "A folder with a file or a folder for each student, a form with a row for each (.csv, "
            ".xlsx), or a learning platform's download (.zip).",
            one_of(),
        ),
    ] = None
    sheet: Annotated[
        str | None, option("The exam: a sheet, or a folder of exam new.", "EXAM", names.sheets)
    ] = None
    out: Annotated[
        Path | None, option("Where marks, feedback and the journal are written (marks).", "FOLDER")
    ] = None
    jobs: Annotated[
        int | None, option("Processes that mark side by side (one a processor).", "N", least=1)
    ] = None
    cluster: Annotated[
        str | None, option("A Dask cluster that marks: tcp://HOST:PORT, or local:N.", "ADDRESS")
    ] = None
    timeout: Annotated[
        float | None, option("Seconds for one submission (300).", "S", least=0.1)
    ] = None
    override: Annotated[
        list[str] | None,
        option(
            "Points and a comment that win: \"emmy 1a 2.5 'see me'\"; kept in overrides.csv.",
            "DECISION",
        ),
    ] = None
    students: Annotated[
        Path | None, option("Names, numbers and addresses of the students, as a CSV file.", "FILE")
    ] = None
    export: Annotated[
        str | None,
        option(
            "Marks for other systems, into exports/: canvas, moodle, gradescope …",
            "FORMAT,…",
            names.exports,
        ),
    ] = None
    reveal: Annotated[str | None, REVEAL] = None
    brief: Annotated[bool, option("Totals, and what could not be marked, alone.")] = False

    statistics: Annotated[
        bool, option("How each question went, and what went wrong how often.")
    ] = False


_TAKES = "sheet out jobs cluster timeout override students export reveal"
ROW = Row(
    Class,
    (
        use("the totals of a class", ".cli.check_class:show_totals", "brief", _TAKES),
        use("the table of a course", ".cli.check_class:show_course", "statistics", _TAKES),
        use("a marked class", ".cli.check_class:show_class", "", _TAKES),
    ),
    (
        ("check class submissions/ --sheet exam.toml", "all of them, into marks/"),
        ("check class moodle.zip --sheet exam/ --out marks/", "a download of a platform"),
        ("check class form.csv --sheet slide --brief", "a form with a row for each student"),
        ("check class submissions/ --sheet exam.toml --export canvas", "marks for Canvas, too"),
        ("check class submissions/ --sheet exam.toml --statistics", "how each question went"),
        (
            "check class submissions/ --sheet exam.toml --override \"emmy 1a 2.5 'see me'\"",
            "a decision by hand, which wins",
        ),
    ),
    exclude=(("jobs", "cluster"),),
    wrong="something is not right, or could not be marked",
    writes=("out",),
)
