"""Cells of a CSV file that no spreadsheet takes for a formula.

Excel, Calc and Sheets evaluate a cell that begins with one of `= + - @`, a tab or a line end, with
spaces before it or in wide letters too; and where a program splits at semicolons or tabs what was
written with commas, a cell begins within the text. So an apostrophe is put before such a sign; a
number stays a number. `text_of_cell` takes the apostrophes away again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from deltarule.spelling.visible import visible

_SIGNS = "=+\\-@\\t\\r\\n−＝＋－＠﹢﹣﹦﹫"
#: A number, or nothing but dashes: neither is a formula.
_NUMBER = r" *(?:[+\-−]?\d+(?:[.,]\d+)?(?:[eE][+\-]?\d+)?|-+)\s*(?:[;\t\n]|$)"
#: A sign that would be obeyed where it stands, behind spaces, quotes, and apostrophes of its own.
_SIGN = rf"(?='*[\s\"]*[{_SIGNS}])"
#: Where a cell may begin, and with what.
_BEGINS = re.compile(rf"(^|[;\t\n])(?!{_NUMBER}){_SIGN}")
_GUARDED = re.compile(rf"(^|[;\t\n])'{_SIGN}")


def cell(text: str) -> str:
    """A text as a cell that is inert: no formula, no control characters, no turned direction."""
    return _BEGINS.sub(r"\1'", visible(text))


def text_of_cell(text: str) -> str:
    """The text of which `cell` made this."""
    return _GUARDED.sub(r"\1", text)


def rows_of_csv(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of a CSV file, each with its end: rows of texts, which are made inert."""
    for row in rows:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow([cell(text) for text in row])
        yield line.getvalue()
