"""The table of exam files: the reader and the JSON Schema that is made of it agree."""

import re
import tomllib
from importlib import resources

import exam_texts
import jsonschema
import pytest

from deltarule.errors import DeltaruleError
from deltarule.exams.exam_files import load_exam
from deltarule.exams.exam_format import exam_schema
from deltarule.marking.sheet_files.sheets import sheet_names

SCHEMA = exam_schema()
VALID = jsonschema.Draft4Validator(SCHEMA)


def read(text: str, tmp_path):
    path = tmp_path / "exam.toml"
    path.write_text(text, encoding="utf-8")
    return load_exam(path)


def test_the_schema_is_one_of_draft_4():
    jsonschema.Draft4Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-04/schema#"
    kinds = [
        q["properties"]["kind"]["enum"] for q in SCHEMA["properties"]["question"]["items"]["oneOf"]
    ]
    assert kinds == [["numbers"], ["formula"], ["code"], ["counting"], ["choice"]]


@pytest.mark.parametrize("name", sheet_names())
def test_every_example_is_taken_by_both(name):
    text = (
        resources.files("deltarule")
        .joinpath(f"derivations/examples/{name}.toml")
        .read_text("utf-8")
    )
    assert not list(VALID.iter_errors(tomllib.loads(text)))
    assert load_exam(name).plain


@pytest.mark.parametrize("text", [exam_texts.EXAM, exam_texts.CHOICES])
def test_questions_of_all_kinds_are_taken_by_both(text, tmp_path):
    assert not list(VALID.iter_errors(tomllib.loads(text)))
    assert not read(text, tmp_path).plain


@pytest.mark.parametrize("wrong", exam_texts.WRONG)
def test_what_is_wrong_is_refused_by_both(wrong, tmp_path):
    text, said = exam_texts.WRONG[wrong]
    assert list(VALID.iter_errors(tomllib.loads(text)))
    with pytest.raises(DeltaruleError) as error:
        read(text, tmp_path)
    message = f"{error.value.fact} {error.value.remedy}"
    assert any(part in message for part in said.split("|")) or re.search(said, message), message
    assert error.value.place and error.value.remedy and "exam.toml" in error.value.place


#: Wrong in a way that no schema can say: the reader alone refuses it.
BEYOND = {
    "no such choice": (
        exam_texts.EXAM.replace('right = "a"', 'right = "d"'),
        "d is not among the choices",
        "line 62: question 4: right",
    ),
    "an id twice": (
        exam_texts.EXAM.replace('id = "1b"', 'id = "1A"'),
        "there are two questions 1A",
        "question 1A: id",
    ),
    "marks of what is not asked": (
        exam_texts.EXAM.replace('{ "dE/dTheta2" = 2,', '{ "dE/dTheta1" = 2,'),
        "marks for dE/dTheta1, which is not asked",
        "question 1c: marks",
    ),
    "no marks of what is asked": (
        exam_texts.EXAM.replace('{ "dE/dTheta2" = 2,', "{"),
        "dE/dTheta2 is asked, and has no marks",
        "question 1c: marks",
    ),
    "a run that there is not": (
        exam_texts.EXAM.replace("marks = 3", "marks = 3\nrun = 2"),
        "the question is about run 2, and the sheet has 1 run",
        "question 1a: run",
    ),
    "a brace alone": (
        exam_texts.EXAM.replace("{yhat}", "{yhat"),
        "a brace stands alone",
        "question 1a: text",
    ),
    "no name in braces": (
        exam_texts.EXAM.replace("{yhat}", "{the output}"),
        "{the output} names no quantity",
        "question 1a: text",
    ),
    "a given is asked": (
        exam_texts.EXAM.replace('"h1", "yhat"', '"h1", "x"'),
        "x is asked, and it is given",
        "asked",
    ),
    "code like nothing": (
        exam_texts.EXAM.replace('convention = "cs231n"\n', ""),
        "it is not said what the function is to be like",
        "question 3",
    ),
    "marks apart": (
        exam_texts.EXAM.replace("[names]", "[marks]\nh1 = 2\n[names]"),
        "marks of h1 stand apart from the questions",
        "marks.h1",
    ),
}


@pytest.mark.parametrize("wrong", BEYOND)
def test_what_only_the_reader_can_refuse(wrong, tmp_path):
    text, fact, place = BEYOND[wrong]
    with pytest.raises(DeltaruleError) as error:
        read(text, tmp_path)
    assert fact in error.value.fact and place in (error.value.place or "") and error.value.remedy


def test_what_the_file_says_is_what_the_exam_holds(tmp_path):
    exam = read(exam_texts.EXAM, tmp_path)
    assert exam.marks == 3 + 2 + 3 + 1 + 4 + 2
    assert [str(q.steps.get("Theta2 after", "")) for q in exam.questions] == [
        "",
        "",
        "1",
        "",
        "",
        "",
    ]
    assert exam.question("1b").asked == ("dE/dTheta2",)
    assert exam.sheet.runs[0].asked == ("h1", "yhat", "dE/dTheta2", "Theta2 after")
    assert exam.question("4").choice.choices["c"] == "where it is 0"
    assert not exam.question("2").marked and exam.question("2").marks == 1


def test_lists_nested_beyond_reading(tmp_path):
    deep = exam_texts.EXAM + "[question.options]\na = " + "[" * 400 + "]" * 400 + "\n"
    with pytest.raises(DeltaruleError):
        read(deep, tmp_path)
