"""`deltarule exam schema`: its options."""

from pathlib import Path
from typing import Annotated

from deltarule.cli.row import Asked, Row, option, use


class ExamSchema(Asked):
    """Print the JSON Schema of exam files: editors complete and check them by it."""

    output: Annotated[Path | None, option("Where to write it.", "FILE", also="-o")] = None


ROW = Row(
    ExamSchema,
    (use("the schema of exams", ".cli.exam_schema:show_schema", "", "output", words=False),),
    (
        ("deltarule exam schema", "the schema"),
        ("deltarule exam schema -o exam.schema.json", "a file for #:schema ./exam.schema.json"),
    ),
)
