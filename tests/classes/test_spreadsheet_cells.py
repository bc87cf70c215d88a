"""Cells that no spreadsheet takes for a formula, and that are read back as they were."""

import csv
import io
import re

import pytest
from course_markings import HOSTILE, texts
from hypothesis import given, settings
from hypothesis import strategies as st

from deltarule.classes.formats.spreadsheet_cells import cell, rows_of_csv, text_of_cell
from deltarule.spelling.visible import visible

#: Where a cell would begin for a program that splits at commas, semicolons, tabs or lines.
FORMULA = re.compile(r"(^|[;\t\n])[\s\"]*[=+\-@＝＋－＠]")
NUMBER = re.compile(r"(^|[;\t\n])\s*([+-]?\d+([.,]\d+)?([eE][+-]?\d+)?|-+)\s*(?=$|[;\t\n])")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("'=1", "''=1"),
        (' "=1', "' \"=1"),
        ("a;=cmd|x", "a;'=cmd|x"),
        ("-1.65", "-1.65"),
        ("1; -2", "1; -2"),
        ("--", "--"),
        ("−1.65", "−1.65"),
        ("(1.35, −2)", "(1.35, −2)"),
        ("+49 123", "'+49 123"),
        ("\x1b[31m", r"\x1b[31m"),
        ("it's", "it's"),
    ],
)
def test_an_apostrophe_stands_before_what_would_be_obeyed(text, shown):
    assert cell(text) == shown


@settings(max_examples=60)
@given(texts | st.text(alphabet="=+-@\t\n;' \"a1.,−|e", max_size=12))
def test_no_cell_is_a_formula_and_none_is_lost(text):
    made = cell(text)
    assert not FORMULA.search(NUMBER.sub(r"\1", made))
    assert text_of_cell(made) == visible(text)


@settings(max_examples=25)
@given(st.lists(st.lists(texts, min_size=1, max_size=4), max_size=3))
def test_rows_are_read_back_by_python(rows):
    text = "".join(rows_of_csv(rows))
    found = [[text_of_cell(c) for c in row] for row in csv.reader(io.StringIO(text, newline=""))]
    assert found == [[visible(c) for c in row] for row in rows]


def test_what_would_be_obeyed_is_found_by_the_test():
    assert all(FORMULA.search(text) for text in ("=1", "a;=1", "x\n@a", '"=1'))
    assert any("=" in text for text in HOSTILE) and not FORMULA.search("a=1")
