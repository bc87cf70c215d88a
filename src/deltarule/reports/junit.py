"""What is found of students' code as JUnit's XML, which build servers and graders read.

A file is a test suite, a function a test case: wrong is a failure; what crashed, was stopped or
could not be checked is an error.
"""

from __future__ import annotations

from pathlib import PurePath
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from deltarule.reports.finding_words import finding_text
from deltarule.reports.things import CheckedCode, CheckedFile
from deltarule.spelling.visible import visible
from deltarule.submissions.findings import FunctionFinding, FunctionVerdict

_ERRORS = (
    FunctionVerdict.CRASHED,
    FunctionVerdict.STOPPED,
    FunctionVerdict.NOT_LOADED,
    FunctionVerdict.UNCHECKED,
)
#: Two code points that are no characters, which XML does not know.
_NO_CHARACTERS = str.maketrans({"\ufffe": "\\ufffe", "\uffff": "\\uffff"})


def junit_xml(checked: CheckedCode) -> str:
    """The whole, as a text of XML."""
    root = Element("testsuites", name="deltarule")
    for file in checked.files:
        _suite(root, file)
    _count(root)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _suite(root: Element, file: CheckedFile) -> None:
    suite = SubElement(root, "testsuite", name=xml_text(file.path), time=f"{file.seconds:.3f}")
    report = file.report
    if report is not None and report.convention:
        properties = SubElement(suite, "properties")
        for name, value in (("convention", report.convention), ("sandbox", report.layers)):
            SubElement(properties, "property", name=name, value=xml_text(value))
    unread = str(file.error) if file.error else report.error if report else ""
    if unread:
        case = _case(suite, file, "the file")
        SubElement(case, "error", message=xml_text(unread.partition("\n")[0])).text = xml_text(
            unread
        )
    for finding in report.functions if report else ():
        _function(suite, file, finding)
    if report is not None and report.notes:
        SubElement(suite, "system-out").text = xml_text("\n".join(report.notes))
    _count(suite)


def _function(suite: Element, file: CheckedFile, found: FunctionFinding) -> None:
    case = _case(suite, file, found.name)
    if found.line:
        case.set("line", str(found.line))
    text = xml_text(finding_text(found))
    if file.passes(found):
        if found.finding or found.notes:
            SubElement(case, "system-out").text = text
        return
    kind = "error" if found.verdict in _ERRORS else "failure"
    message = f"{found.verdict.value}: {found.finding}" if found.finding else found.verdict.value
    words = {"message": xml_text(message), "type": found.verdict.name.lower()}
    SubElement(case, kind, words).text = text


def _case(suite: Element, file: CheckedFile, name: str) -> Element:
    module = PurePath(file.path).stem
    return SubElement(
        suite, "testcase", classname=xml_text(module), name=xml_text(name), file=xml_text(file.path)
    )


def _count(element: Element) -> None:
    """How many cases, failures and errors there are below."""
    for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        element.set(attribute, str(sum(1 for _ in element.iter(tag))))


def xml_text(text: str) -> str:
    """A text without characters that XML cannot hold, or that steer a screen."""
    return visible(text).translate(_NO_CHARACTERS)
