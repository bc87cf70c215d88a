"""Numbers and their nouns."""

import re
from pathlib import Path

import pytest

import deltarule
from deltarule.spelling.counted import counted

SOURCE = Path(deltarule.__file__).parent
#: `f"{len(x)} steps"`: a count in front of a plural, which is wrong for one.
PLURAL = re.compile(
    r"\{(?:len\([^{}]*\)|count|updates|decimals|significant)\} "
    r"(steps|settings|runs|updates|decimals|significant figures|gradients|files|axes|indices)\b"
)


@pytest.mark.parametrize(
    ("count", "what", "told"),
    [
        (1, "step", "1 step"),
        (2, "step", "2 steps"),
        (0, "entry", "0 entries"),
        (2, "pass", "2 passes"),
        (2, "axis", "2 axes"),
        (1, "index", "1 index"),
        (3, "way", "3 ways"),
    ],
)
def test_one_and_many(count, what, told):
    assert counted(count, what) == told


def test_no_text_of_the_program_counts_by_hand():
    """Except what is refused for being negative or far too many, and axes from two on."""
    found = {
        f"{path.name}: {match[0]}"
        for folder in (SOURCE, SOURCE / "cli")
        for path in folder.rglob("*.py")
        if "prelude" not in path.parts
        for match in PLURAL.finditer(path.read_text(encoding="utf-8"))
    }
    assert sorted(found) == [
        "code_checker.py: {len(names)} files",
        "cost.py: {updates} updates",
        "sheet_format.py: {len(further)} runs",
        "sheet_format.py: {updates} updates",
        "slips.py: {count} axes",
    ]
