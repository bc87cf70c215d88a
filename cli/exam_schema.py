"""`deltarule exam schema`: the JSON Schema, shown or written."""

from __future__ import annotations

import json
from typing import Any

from deltarule.cli.check import write_new
from deltarule.cli.formats import show
from deltarule.cli.page import Page
from deltarule.cli.schema_command import ExamSchema
from deltarule.exams.exam_format import exam_schema


def show_schema(asked: ExamSchema) -> int:
    """Show the schema, or write it."""
    schema = exam_schema()
    if asked.output is not None:
        write_new(asked.output, _text(schema))
    else:
        show(schema, "the schema of exams", asked.format)
    return 0


def schema_page(page: Page, schema: dict[str, Any]) -> None:
    """The schema, as JSON."""
    page.verbatim(_text(schema))


def schema_values(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself."""
    return schema


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=True) + "\n"
