"""Solutions of other years: other arguments, attributes and layouts; Python 2 and older NumPy."""

import homework
import pytest

from deltarule.sandbox import Sandbox
from deltarule.submissions import FunctionVerdict, check_submission

pytestmark = pytest.mark.slow

YEARS = homework.HOMEWORK / "years"
FILES = sorted(YEARS.glob("*/*.py"))
#: What is right by a choice that is not today's.
OTHERWISE = {"columns_2015": "examples are columns and W has a row for each class, as in 2015"}


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(unsafe=True) as made:
        yield made


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_solution_of_another_year_is_right(sandbox, path):
    old = "xrange" in path.read_text(encoding="utf-8")
    source = path.read_bytes()
    report = check_submission(source, path.name, sandbox, path.parent.name, compat=old)
    assert report.error == "" and report.functions
    words = OTHERWISE.get(path.stem)
    for one in report.functions:
        wanted = FunctionVerdict.CONVENTION if words else FunctionVerdict.RIGHT
        assert one.verdict is wanted, f"{one.name}: {one.verdict.value} {one.finding}"
        assert words is None or one.finding == words and "halved" in one.notes[0]
