"""`deltarule exam bundle`: its options."""

from pathlib import Path
from typing import Annotated

from deltarule.cli import completion as names
from deltarule.cli.row import REVEAL, Asked, Row, beside, option, use


class Bundle(Asked):
    """Make an exam ready for Gradescope, GitHub Classroom or Docker: its files, and deltarule."""

    words: Annotated[
        list[str] | None,
        beside("EXAM", "A sheet, an exam, or a folder of deltarule exam new.", names.sheets),
    ] = None
    gradescope: Annotated[bool, option("An autograder to upload: gradescope.zip.")] = False
    github: Annotated[bool, option("A workflow for GitHub Classroom.")] = False
    docker: Annotated[bool, option("A Dockerfile that marks a class.")] = False
    out: Annotated[Path | None, option("Where to write them (bundle).", "FOLDER")] = None
    wheel: Annotated[
        Path | None,
        option("Another wheel of deltarule to bring along than this one's own.", "FILE"),
    ] = None
    from_index: Annotated[
        bool, option("Bring none along: install this version from the package index.")
    ] = False
    reveal: Annotated[str | None, REVEAL] = None


ROW = Row(
    Bundle,
    (
        use(
            "a bundle of an exam",
            ".cli.exam_bundle:show_bundle",
            "",
            "gradescope github docker out wheel from-index reveal",
        ),
    ),
    (
        ("deltarule exam bundle exam.toml --gradescope --out bundle/", "an autograder to upload"),
        ("deltarule exam bundle exam/ --github --docker", "a workflow, and an image"),
        ("deltarule exam bundle slide --docker --from-index", "without deltarule itself"),
    ),
)
