"""Traces as LaTeX: lines that fit the page, matrices that amsmath sets, verdicts below."""

import re

import numpy as np
import pytest
from worked import shown_sheet

from deltarule.marking.sheet_files.sheets import sheet_names
from deltarule.reports.broken import WIDTH, visible
from deltarule.reports.latex_arrays import array_lines
from deltarule.reports.number_text import brief
from deltarule.reports.trace_latex import sheet_latex

#: What is set in one piece, a fraction or a number with many factors, may stand out by so much.
TOLERANCE = 1.1


def rows(body):
    """The lines of all equations."""
    for block in re.findall(r"\\begin\{align\*\}\n(.*?)\n\\end\{align\*\}", body, flags=re.S):
        yield from (row.removesuffix(r" \\") for row in block.split("\n"))


@pytest.fixture(scope="module")
def fragment():
    known = {}

    def made(name):
        if name not in known:
            known[name] = sheet_latex(shown_sheet(name))
        return known[name]

    return made


@pytest.mark.parametrize("name", [n for n in sheet_names() if n not in ("mazur", "gomez")])
@pytest.mark.slow
def test_lines_fit_the_page(fragment, name):
    found = [row for row in rows(fragment(name)) if "pmatrix" not in row]
    assert found
    assert [row for row in found if visible(row) > TOLERANCE * WIDTH] == []
    braces = fragment(name).replace(r"\{", "").replace(r"\}", "")
    assert braces.count("{") == braces.count("}")


def test_the_verdicts_stand_below_what_is_printed(fragment):
    body = fragment("slide")
    assert r"): \textbf{mistake}" in body
    assert r"weights where activations belong" in body
    assert body.count("\nprinted ") >= 6


@pytest.mark.slow
def test_the_runs_of_a_sheet_have_headings(fragment):
    body = fragment("six-by-six")
    assert r"\subsection*{Run 1 of " in body and r"\subsection*{Run 2 of " in body


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (11,), (4, 11), (2, 3, 4), (1, 40), (8, 9)])
def test_arrays_fit_whatever_their_shape(shape):
    array = np.linspace(-1, 1, int(np.prod(shape))).reshape(shape)
    lines = array_lines(array, brief, width=60.0)
    told = re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", re.sub(r"\[[\d,]+\]", "", "".join(lines)))
    assert len(told) == array.size
    for line in lines:
        if "pmatrix" in line:
            assert line.count("&") <= 9 * (line.count(r"\\") + 1)
        else:
            assert visible(line) <= 60
