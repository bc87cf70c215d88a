"""How what the commands of exams show is shown: rows of the table in formats.py."""

from __future__ import annotations

#: What fills a page of text.
EXAM_PAGES = {
    "a new exam": ".cli.exam_new:new_page",
    "an audit of a sheet": ".cli.exam_audit:audit_page",
    "a paper": ".cli.exam_paper:paper_page",
    "papers": ".cli.exam_paper:papers_page",
    "a practice": ".cli.practice:practice_page",
    "a server": ".cli.serve:server_page",
    "links to a server": ".cli.serve:links_page",
}

#: What gives plain values for JSON.
EXAM_VALUES = {
    "the schema of exams": ".cli.exam_schema:schema_values",
    "the marking of an exam": ".cli.check_exam:exam_marking_values",
    "a new exam": ".exams.exam_values:new_values",
    "an audit of a sheet": ".exams.exam_values:audit_values",
    "a paper": ".exams.exam_values:paper_values",
    "papers": ".exams.exam_values:papers_values",
    "a practice": ".exams.exam_values:practice_values",
    "a server": ".cli.serve:links_values",
    "links to a server": ".cli.serve:links_values",
}
