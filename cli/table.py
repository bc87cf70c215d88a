"""All commands, by their names on the command line; `trace flow` is below `trace`, and
`exam bundle` in the group `exam`, which does nothing by itself.

A command is a row: cli/row.py says what it is made of. Nothing of the library is imported for a
row, so that the help costs nothing; what a command does is imported when it runs.
"""

from __future__ import annotations

from deltarule.cli import (
    bundle_command,
    check_command,
    class_command,
    derive_command,
    exam_audit_command,
    exam_new_command,
    exam_paper_command,
    flow_command,
    gradient_command,
    guide_command,
    landscape_command,
    lint_command,
    practice_command,
    schema_command,
    serve_command,
    trace_command,
    train_command,
)
from deltarule.cli.row import Row

COMMANDS: dict[str, Row] = {
    "derive": derive_command.ROW,
    "trace": trace_command.ROW,
    "trace flow": flow_command.ROW,
    "trace landscape": landscape_command.ROW,
    "check": check_command.ROW,
    "check class": class_command.ROW,
    "check gradient": gradient_command.ROW,
    "check sheet": lint_command.ROW,
    "train": train_command.ROW,
    "practice": practice_command.ROW,
    "serve": serve_command.ROW,
    "guide": guide_command.ROW,
    "exam new": exam_new_command.ROW,
    "exam paper": exam_paper_command.ROW,
    "exam audit": exam_audit_command.ROW,
    "exam bundle": bundle_command.ROW,
    "exam schema": schema_command.ROW,
}

#: What the help says of a first word that is no command by itself.
GROUPS = {"exam": "Exams: papers, variants of them, and graders of other systems."}
