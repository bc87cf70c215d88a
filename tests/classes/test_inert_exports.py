"""Whatever students write, what an export is read back as obeys nothing, and loses nothing that the
format can hold."""

import csv
import io
import json
import re
from xml.etree import ElementTree

import pytest
from course_markings import markings
from hypothesis import given, settings
from parsed_html import Parsed

from deltarule.classes.exporting import exported_text
from deltarule.classes.formats.export_setting import ExportSetting
from deltarule.classes.formats.export_table import EXPORTS
from deltarule.classes.formats.spreadsheet_cells import text_of_cell
from deltarule.exams.exam_marking import ExamMarking
from deltarule.spelling.visible import visible

SETTING = ExportSetting(reveal="right")
#: Controls but for tab and line end, and what turns the direction of writing.
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_MULTI = re.compile(r"^\s*[=+\-@＝＋－＠](?!\d|-|$)")


def texts_in(value) -> list[str]:
    """All texts within values of JSON."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in texts_in(one)]


def texts_of_graders_hold_no_controls_and_all_that_was_answered(marking):
    for name in ("gradescope", "prairielearn", "lti"):
        text = exported_text(name, marking, SETTING)
        assert text.isascii()
        found = texts_in(json.loads(text))
        assert not any(STEERING.search(one) for one in found if one != marking.who)
        if name != "lti":
            together = "\n".join(found)
            assert all(visible(m.given) in together for m in marking.marks)
    comment = json.loads(exported_text("lti", marking, SETTING))["comment"]
    assert not Parsed(comment).tags


def xml_is_well_formed_and_says_what_was_answered(marking):
    root = ElementTree.fromstring(exported_text("junit", marking, SETTING).encode())
    suite = root[0]
    cases = suite.findall("testcase")
    assert len(cases) == len(marking.marks) == int(suite.get("tests", ""))
    said = "\n".join(case[0].text or "" for case in cases).replace("\\ufffe", "\ufffe")
    assert all(visible(m.given) in said for m in marking.marks)
    assert not STEERING.search("".join(root.itertext()))


def cells_are_no_formulas_and_are_read_back(marking):
    found = exported_text("csv", marking, SETTING)
    head, *rows = csv.reader(io.StringIO(found, newline=""))
    assert len(rows) == len(marking.marks)
    for row, mark in zip(rows, marking.marks, strict=True):
        assert len(row) == len(head) and text_of_cell(row[12]) == visible(mark.given)
    for name in ("csv", "canvas", "moodle", "otter", "nbgrader"):
        text = exported_text(name, marking, SETTING)
        cells = [c for row in csv.reader(io.StringIO(text, newline="")) for c in row]
        assert not any(_MULTI.match(cell) for cell in cells)
        assert not STEERING.search(text)


def moodle_shows_as_html_what_was_written(marking):
    text = exported_text("moodle", marking, SETTING)
    _, row = csv.reader(io.StringIO(text, newline=""))
    shown = Parsed(text_of_cell(row[-1]))
    assert shown.tags <= {"p", "br"}
    flat = re.sub(r"\s", "", shown.text)
    assert all(re.sub(r"\s", "", visible(m.given)) in flat for m in marking.marks)


def json_loses_nothing(marking):
    assert [
        ExamMarking.from_json(v) for v in json.loads(exported_text("json", marking, SETTING))
    ] == [marking]


def nobody_begins_a_command_of_a_workflow(marking):
    lines = exported_text("classroom", marking, SETTING).split("\n")
    ours = re.compile(r"::(notice|warning) title=[^:,]*::")
    assert all(ours.match(line) for line in lines[:-1]) and lines[-1] == ""
    assert len(lines) - 3 in (len(marking.marks), len(marking.marks) + 1)


#: Elements of the schema of Jenkins's xUnit plugin (junit-10.xsd): attributes, those that must be
#: there, and children.
JUNIT = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, set(), {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "id", "file"},
        {"name", "tests", "failures", "errors"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, {"name", "value"}, set()),
    "testcase": (
        {"name", "time", "classname", "group"},
        {"name"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": ({"type", "message"}, set(), set()),
    "error": ({"type", "message"}, set(), set()),
    "skipped": ({"type", "message"}, set(), set()),
    "system-out": (set(), set(), set()),
}


def xml_follows_the_schema_of_junit(marking):
    root = ElementTree.fromstring(exported_text("junit", marking, SETTING).encode())
    for element in root.iter():
        allowed, needed, children = JUNIT[element.tag]
        assert needed <= set(element.attrib) <= allowed
        assert {child.tag for child in element} <= children


CHECKS = (
    texts_of_graders_hold_no_controls_and_all_that_was_answered,
    xml_is_well_formed_and_says_what_was_answered,
    xml_follows_the_schema_of_junit,
    cells_are_no_formulas_and_are_read_back,
    moodle_shows_as_html_what_was_written,
    json_loses_nothing,
    nobody_begins_a_command_of_a_workflow,
)


@settings(max_examples=25)
@given(markings)
@pytest.mark.slow
def test_whatever_students_write_is_inert_and_read_back(marking):
    for check in CHECKS:
        check(marking)


@pytest.mark.parametrize("name", EXPORTS)
def test_an_exam_of_nothing_is_exported_too(name):
    assert exported_text(name, ExamMarking("", "", ()), SETTING)
