"""`deltarule exam paper`: its options."""

from pathlib import Path
from typing import Annotated

from deltarule.cli import completion as names
from deltarule.cli.row import Asked, Row, beside, option, use


class ExamPaper(Asked):
    """The papers of an exam, with room for answers, or the key with every line worked."""

    words: Annotated[
        list[str] | None,
        beside("EXAM", "A sheet, an exam, or a folder of deltarule exam new.", names.sheets),
    ] = None
    student: Annotated[str | None, option("Whose paper; else all, or the specimen.", "NAME")] = None
    key: Annotated[bool, option("The worked key in the paper's place.")] = False
    out: Annotated[
        Path | None,
        option("A file ending in .tex, .md or .html; or a folder for all three.", "FILE|FOLDER"),
    ] = None


ROW = Row(
    ExamPaper,
    (
        use("papers", ".cli.exam_paper:write_out", "out", "student key"),
        use("a paper", ".cli.exam_paper:show_paper", "", "student key"),
    ),
    (
        ("deltarule exam paper exam/ --out papers/", "for every student, in three formats"),
        ("deltarule exam paper exam/ --student ann --key --out ann-key.html", "a worked key"),
        ("deltarule exam paper slide --latex", "a sheet, as LaTeX"),
    ),
    writes=("out",),
)
