"""Marks as JUnit's XML: a student is a test suite, an answer a test case.

What earns less than all its points is a failure, what could not be read or is to be decided by
hand an error, and what was not answered is skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from deltarule.classes.feedback.student_feedback import FeedbackPart, StudentFeedback, earned_text
from deltarule.classes.formats.answer_text import feedback_for, part_name, part_text, whole_text
from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.exams.exam_marking import ExamMarking
from deltarule.reports.junit import xml_text

_KINDS = {"✗": "failure", "→": "failure", "?": "error", "·": "skipped"}


def marks_junit(markings: Iterable[ExamMarking], setting: ExportSetting) -> Iterator[str]:
    """The XML in pieces, a suite at a time."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="deltarule">\n'
    for marking in markings:
        suite = _suite(feedback_for(marking, setting))
        ElementTree.indent(suite, level=1)
        yield f"  {ElementTree.tostring(suite, encoding='unicode')}\n"
    yield "</testsuites>\n"


def _suite(feedback: StudentFeedback) -> Element:
    suite = Element("testsuite", name=xml_text(feedback.who or feedback.exam))
    properties = SubElement(suite, "properties")
    exact = ("points", "of", "open")
    values = {"exam": xml_text(feedback.exam), "name": xml_text(feedback.name)}
    for name, value in {**values, **{n: str(getattr(feedback, n)) for n in exact}}.items():
        SubElement(properties, "property", name=name, value=value)
    for question in feedback.questions:
        for part in question.parts:
            name = xml_text(part_name(question, part))
            case = SubElement(suite, "testcase", classname=xml_text(question.label), name=name)
            _outcome(case, part)
    if whole := whole_text(feedback):
        SubElement(suite, "system-out").text = xml_text(whole)
    for attribute, tag in (
        ("tests", "testcase"),
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
    ):
        suite.set(attribute, str(sum(1 for _ in suite.iter(tag))))
    return suite


def _outcome(case: Element, part: FeedbackPart) -> None:
    earned = earned_text(part.points, part.of, part.open)
    text = xml_text(f"{earned}\n{part_text(part)}")
    full = part.points >= part.of > 0
    if part.sign == "✓" or (full and not part.open):
        SubElement(case, "system-out").text = text
        return
    message = xml_text(f"{part.verdict}: {earned}")
    kind = _KINDS.get(part.sign, "failure")
    SubElement(case, kind, message=message, type=xml_text(part.verdict)).text = text
