"""Feedback for one student as a file of its own, among the formats for other systems."""

from __future__ import annotations

from deltarule.classes.feedback.feedback_html import feedback_html
from deltarule.classes.feedback.feedback_markdown import feedback_markdown
from deltarule.classes.formats.answer_text import feedback_for
from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.exams.exam_marking import ExamMarking


def markdown_page(marking: ExamMarking, setting: ExportSetting) -> str:
    """The feedback as Markdown."""
    return feedback_markdown(feedback_for(marking, setting))


def html_page(marking: ExamMarking, setting: ExportSetting) -> str:
    """The feedback as a page of HTML."""
    return feedback_html(feedback_for(marking, setting))
