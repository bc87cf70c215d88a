"""Exports against what the systems publish: their fields, and readers that are not ours."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from course_markings import TEXTS, emmy, mark, right
from jsonschema import Draft202012Validator
from openpyxl import Workbook

from deltarule.classes.exporting import exported, exported_text, write_exports
from deltarule.classes.formats import canvas, moodle, nbgrader, plain_values
from deltarule.classes.formats.export_setting import ExportSetting, headings, time_of_export
from deltarule.classes.formats.export_table import EXPORTS, exports
from deltarule.classes.formats.plain_values import plain_json
from deltarule.classes.marks_csv import marks_csv
from deltarule.classes.roster import roster_of
from deltarule.errors import DeltaruleError
from deltarule.exams.exam_marking import ExamMarking

STUDENTS = roster_of(
    "Student,ID,SIS User ID,SIS Login ID,Section,Email\n"
    '"Noether, Emmy",77,emmy,noether,A,e@uni.example\n"Gauß, Carl",78,carl,gauss,B,c@uni.example\n'
)
AT = datetime(2026, 11, 28, 19, 30, tzinfo=UTC)
SETTING = ExportSetting(STUDENTS, TEXTS, "right", AT)
COURSE = [right("carl"), emmy()]
SCHEMAS = Path(__file__).parent / "schemas"


def rows(name: str, course=COURSE, setting=SETTING) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(EXPORTS[name].function(course, setting)))))


def values(name: str, marking: ExamMarking = COURSE[1]) -> dict:
    found = json.loads(exported_text(name, marking, SETTING))
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    assert [e.message for e in Draft202012Validator(schema).iter_errors(found)] == []
    return found


def test_gradescope_has_exact_scores_and_plain_text():
    found = values("gradescope")
    assert found["score"] == 3 and found["extra_data"]["open"] == "2"
    assert {found[k] for k in ("output_format", "test_output_format", "test_name_format")} == {
        "text"
    }
    tests = {t["name"]: t for t in found["tests"]}
    assert list(tests) == ["1a: s₁", "1a: h₁", "2: ∂E/∂Θ₂", "2: Θ₂ after", "3", "4: E"]
    assert [t["number"] for t in found["tests"]] == ["1.1", "1.2", "2.1", "2.2", "3", "4"]
    assert [t["status"] for t in tests.values()].count("passed") == 2
    assert "right is −0.07" in tests["2: ∂E/∂Θ₂"]["output"]
    assert "2 points are to be decided by hand" in tests["4: E"]["output"]
    third = replace(emmy(), marks=(mark("1", "E", "wrong", "1/3"),))
    assert values("gradescope", third)["score"] == 0.3333
    assert values("gradescope", third)["extra_data"]["points"] == "1/3"


def test_prairielearn_has_a_share_and_costs_no_attempt_where_nothing_is_read():
    assert values("prairielearn")["score"] == 0.375
    assert values("prairielearn")["tests"][0]["description"] == "Compute s₁ and h₁."
    nothing = replace(emmy(), marks=(mark("1", "E", "missing", 0),), comment="", notes=("no TOML",))
    found = values("prairielearn", nothing)
    assert found["gradable"] is False and found["format_errors"] == ["no TOML"]
    long = replace(
        emmy(), marks=tuple(mark("1", "E", "wrong", 0, given="x" * 90_000) for _ in range(30))
    )
    assert len(exported_text("prairielearn", long, SETTING)) < 1_000_000


def test_a_score_of_lti_is_final_only_where_nothing_is_to_be_decided():
    found = values("lti")
    assert (found["userId"], found["scoreGiven"], found["scoreMaximum"]) == ("emmy", 3, 8)
    assert found["gradingProgress"] == "PendingManual"
    assert found["timestamp"] == "2026-11-28T19:30:00.000000Z"
    assert values("lti", right("carl"))["gradingProgress"] == "FullyGraded"
    assert "scoreGiven" not in values("lti", replace(emmy(), marks=()))


def test_nbgraders_columns_and_numbers():
    head, carl, own = rows("nbgrader")
    assert tuple(head) == nbgrader.COLUMNS
    assert dict(zip(head, carl, strict=True))["max_score"] == "6"
    assert own[3:7] == ["emmy", "Noether", "Emmy", "e@uni.example"]
    assert [float(x) for x in own[7:]] == [3, 0, 3, 8]


def test_otters_row_of_possible_points_and_its_totals():
    head, possible, carl, own = rows("otter")
    assert head == [
        "file",
        "1a",
        "2",
        "3",
        "4",
        "total_points_earned",
        "percent_correct",
        "grading_status",
    ]
    assert possible == ["points-per-question", "2", "2", "2", "2", "8", "1", "--"]
    assert carl == ["carl", "2", "2", "2", "0", "6", "1", "Completed"]
    assert own == ["emmy", "1", "1", "1", "0", "3", "0.375", "Completed"]


def test_canvas_knows_its_own_students_and_is_given_no_ids_of_others():
    head, possible, carl, own = rows("canvas")
    assert tuple(head[:5]) == canvas.COLUMNS and head[5] == emmy().exam
    assert possible == ["    Points Possible", "", "", "", "", "8"]
    assert carl == ["Gauß, Carl", "78", "carl", "gauss", "B", "6"]
    assert own[:5] == ["Noether, Emmy", "77", "emmy", "noether", "A"] and own[5] == ""
    other = replace(SETTING, students=roster_of("id,name\nemmy,Emmy\ncarl,Carl\n"))
    assert rows("canvas", setting=other)[2][:4] == ["Carl", "", "carl", ""]


def test_moodles_worksheet_keeps_what_moodle_wrote_and_has_feedback_as_html():
    worksheet = roster_of(
        "Identifier,Full name,Email address,Status,Grade can be changed,Last modified (grade)\n"
        'Participant 5,Carl Gauß,carl@uni.example,Submitted,No,"Monday, 1 June 2026"\n'
    )
    head, carl, own = rows("moodle", setting=replace(SETTING, students=worksheet))
    assert tuple(head) == moodle.COLUMNS
    assert carl[:7] == [
        "Participant 5",
        "Carl Gauß",
        "carl@uni.example",
        "Submitted",
        "6",
        "6",
        "No",
    ]
    assert carl[8] == "Monday, 1 June 2026" and own[8] == "-" and own[4] == ""
    assert carl[9].startswith("<p>6 of 6 points</p><p>1a: s₁ (1 of 1 point)<br>right</p>")


def test_plain_csv_has_a_row_for_each_answer():
    head, *found = rows("csv")
    assert tuple(head) == plain_values.COLUMNS and len(found) == 5 + 6
    code = dict(zip(head, found[-2], strict=True))
    assert (code["points"], code["marked"], code["comment"]) == ("1", "0.3333", "the idea is right")


def test_plain_json_is_the_markings_themselves():
    found = json.loads(exported_text("json", emmy(), SETTING))
    assert [ExamMarking.from_json(one) for one in found] == [emmy()]
    assert found[0]["name"] == "Emmy Noether" and json.loads("".join(plain_json([], SETTING))) == []


def test_notices_for_classroom():
    lines = exported_text("classroom", emmy(), SETTING).splitlines()
    assert "::notice title=Autograding complete::Points 3/8" in lines
    assert '::notice title=Autograding report::{"totalPoints": 3, "maxPoints": 8}' in lines
    assert lines[2].startswith("::warning title=2%3A ∂E/∂Θ₂%3A 0 of 1 point::a mistake%0A")


def test_the_table_of_marks_has_a_column_for_each_question():
    text = "".join(marks_csv(COURSE, SETTING))
    head, carl, own = csv.reader(io.StringIO(text))
    assert head == [
        "student",
        "name",
        "email",
        "1a",
        "2",
        "3",
        "4",
        "points",
        "of",
        "open",
        "notes",
    ]
    assert carl == ["carl", "Carl Gauß", "c@uni.example", "2", "2", "2", "", "6", "6", "0", ""]
    assert own[3:] == ["1", "1", "1", "0", "3", "8", "2", "well done | E was read as E"]
    assert headings(["of", "OF", "1"], ["of"]) == ["question of", "question question OF", "1"]


def test_a_workbook_takes_every_cell_of_ours_for_text_or_a_number():
    hostile = replace(emmy(), who="=1+1", marks=(mark("=2", "@E", "wrong", 0, given="=cmd|x"),))
    sheet = Workbook().active
    for name in ("csv", "canvas", "moodle", "otter", "nbgrader"):
        for row in rows(name, [hostile], ExportSetting()):
            sheet.append(row)
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n"}


def test_files_of_a_course(tmp_path):
    twins = [right("Emmy"), right("emmy"), right("../../x")]
    names = [f.path for f in exported(["lti", "csv"], twins, SETTING)]
    assert names == ["lti/Emmy.json", "lti/emmy~2.json", "lti/%2E.%2F..%2Fx.json", "csv.csv"]
    written = write_exports(list(EXPORTS), COURSE, tmp_path / "out", SETTING)
    assert len(written) == len(EXPORTS) and all(path.exists() for path in written)
    again = tmp_path / "again"
    write_exports(list(EXPORTS), COURSE, again, SETTING)
    files = sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
    assert len(files) == 6 * 2 + 7
    (tmp_path / "out/lti/gone.json").write_text("{}", encoding="utf-8")
    write_exports(["lti"], COURSE, tmp_path / "out", SETTING)
    assert not (tmp_path / "out/lti/gone.json").exists()
    assert all((again / f).read_bytes() == (tmp_path / "out" / f).read_bytes() for f in files)


def test_markings_are_gone_through_anew_and_none_is_kept():
    class Journal:
        loops = 0

        def __iter__(self):
            self.loops += 1
            return iter(COURSE)

    journal = Journal()
    for form in EXPORTS.values():
        if not form.each:
            assert "".join(form.function(journal, SETTING))
    assert journal.loops == 5 + 2 * 2


def test_what_cannot_be_written_or_is_no_format(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(DeltaruleError, match="the file cannot be written"):
        write_exports(["csv"], COURSE, tmp_path / "file", SETTING)
    assert exports("gradescope, canvas,canvas") == ["gradescope", "canvas"]
    for said in ("canvass", ""):
        with pytest.raises(DeltaruleError, match=f"there is no export called '{said}'"):
            exports(said)


def test_the_time_of_an_export_can_be_fixed(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795000000")
    assert time_of_export() == datetime.fromtimestamp(1795000000, UTC)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    with pytest.raises(DeltaruleError, match="'soon' is no number of seconds"):
        time_of_export()
    assert Fraction(1) == emmy().marks[0].points
