"""What is wrong in one region of values, or at two arguments together, is found; and no hint says
that an argument is never read that is.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from deltarule.gradcheck.user_code.check_functions import check_own
from deltarule.gradcheck.user_code.function import own_functions

FILE = Path(__file__).parent / "own_regions.py"


@pytest.fixture(scope="module")
def checks():
    return {f.name: check_own(f).checks for f in own_functions(FILE)}


def wrong(checks, name):
    return {c.tensor: c.note for c in checks[name] if not c.right}


def test_a_region_of_values_is_met(checks):
    assert wrong(checks, "hard_tanh") == {"x": "at values of x from −4.5 to 4.5"}
    assert not wrong(checks, "hard_tanh_right")


def test_two_arguments_are_wrong_together_alone(checks):
    assert set(wrong(checks, "correlate")) == {"w"}


def test_never_read_is_said_of_what_makes_no_difference_anywhere(checks):
    assert "never read" not in wrong(checks, "huber")["x"]
    assert wrong(checks, "elu")["x"].startswith("a is never read")
