"""Slips of whoever reads a given as the sheet prints it in the other place: found all the same."""

from __future__ import annotations

import numpy as np
import pytest
from by_hand import sigmoid
from slide_by_hand import LINES, X, Y, answers, worked

from deltarule.marking.open_sheet import OpenSheet
from deltarule.marking.verdicts import FOLLOWS, MISTAKE, RIGHT

#: Slips, by the line in which they are made, with the kinds that name them.
SLIPS = {
    "s1": (lambda q: np.abs(X) @ q["Theta1"], {"given misread"}),
    "h1": (lambda q: 1 - sigmoid(q["s1"]), {"sign in the exponent", "another function"}),
    "s2": (lambda q: 2 * q["s2"], {"constant factor"}),
    "yhat": (lambda q: np.tanh(q["s2"]), {"another activation", "another function"}),
    "dE/dTheta2": (lambda q: (q["yhat"] - Y) * q["h1"], {"slope lost"}),
    "dE/dh1": (lambda q: -q["dE/ds2"] * q["Theta2"], {"sign"}),
    "dE/dTheta1": (lambda q: 2 * np.outer(X, q["dE/ds1"]), {"constant factor"}),
}


@pytest.fixture(scope="module")
def slide():
    return OpenSheet("slide")


def verdicts_on(slide, values, name):
    found = slide.mark(answers(values)).verdicts
    return [v for v in found if v.quantity == name], found


@pytest.mark.parametrize("read", [1.5, -1.5])
@pytest.mark.parametrize("line", SLIPS)
def test_a_slip_by_itself_is_found_in_either_reading(slide, line, read):
    wrong = worked(read, (line, SLIPS[line][0]))
    (found,), _ = verdicts_on(slide, {line: wrong[line]}, line)
    assert found.verdict == MISTAKE, found
    assert set(found.mistakes) & SLIPS[line][1], found


@pytest.mark.parametrize("read", [1.5, -1.5])
@pytest.mark.parametrize("line", SLIPS)
def test_a_slip_is_found_and_what_comes_behind_it_follows(slide, line, read):
    wrong = worked(read, (line, SLIPS[line][0]))
    values = {name: wrong[name] for name in LINES[LINES.index(line) :]}
    (found,), all_found = verdicts_on(slide, values, line)
    assert found.verdict == MISTAKE, found
    behind = {v.verdict for v in all_found if v.quantity in values and v.quantity != line}
    assert behind <= {FOLLOWS, RIGHT}, all_found


@pytest.mark.parametrize("read", [1.5, -1.5])
@pytest.mark.parametrize("line", ["s2", "yhat", "dE/dTheta2", "dE/dh1", "dE/dTheta1"])
def test_a_slip_in_one_reading_among_lines_of_the_other(slide, line, read):
    wrong, others = worked(read, (line, SLIPS[line][0])), worked(-read)
    values = {name: (wrong if name == line else others)[name] for name in LINES}
    (found,), _ = verdicts_on(slide, values, line)
    assert found.verdict == MISTAKE, found
    said = f"with Θ₁[0,2] = {read}, which the sheet leaves open: ".replace("-", "−")
    assert found.finding.startswith(said), found
