"""Sheets that are refused: every complaint in its own words, with file, line and key."""

import os
from pathlib import Path

import pytest

from deltarule.errors import DeltaruleError, in_one_line
from deltarule.marking.sheet_files.sheets import load_sheet, sheet_of
from deltarule.marking.sheet_files.toml_text import read_toml

GOOD = """\
title = "A unit"
network = "dense"
rate = 0.50

[options]
slope = 0.01
bias = false

[given]
x = [1.0, -0.5]
"Θ₁" = [["1/3"], ["−0,25"]]

[published]
"s₁" = 0.50
"∂E/∂Θ₁" = [0.1, 0.20]
"""


@pytest.fixture
def refused(tmp_path):
    """The error, as told, that a sheet gives which has to be right as a whole; without the folder.

    A sheet that is marked says the same of what it publishes, and is read on.
    """

    def tell(text: str) -> str:
        path = tmp_path / "unit.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DeltaruleError) as caught:
            sheet_of(read_toml(path, str(path)), tmp_path)
        try:
            unread = [u.why for run in load_sheet(path).runs for u in run.unread]
            assert unread == [in_one_line(caught.value)]
        except DeltaruleError as error:
            assert str(error) == str(caught.value)
        return str(caught.value).replace(f"{tmp_path}{os.sep}", "")

    return tell


REFUSED = [
    (
        'titel = "t"',
        "unknown key 'titel'\n  where: unit.toml\n  remedy: did you mean 'title'? known here: "
        "title, at, asked, restated, published, formulas, marks, network, optimiser, rate, "
        "updates, not_updated, rounding, options, given, properties, names, rename, source, run, "
        "question, total, instructions",
    ),
    (
        'network = "mlp"',
        'the sheet has no title\n  where: unit.toml\n  remedy: write title = "…" on top',
    ),
    (
        'title = "t"',
        "the sheet names no network\n  where: unit.toml\n"
        '  remedy: write network = "mlp", or the path of a derivation of your own',
    ),
    (
        "title = 1.5",
        "1.5 stands where a text in quotes belongs\n  where: unit.toml, line 1: title\n"
        "  remedy: write a text in quotes",
    ),
    (
        'title = "t"\nx = [0,5',
        "not TOML: [ and ] do not pair\n  where: unit.toml, line 2: x = [0,5\n"
        "  remedy: write x = [0,5]",
    ),
]
REPLACED = [  # in GOOD: from, to, the error
    (
        "x = [1.0, -0.5]",
        "x = [[1.0, 2.0], [3.0]]",
        "row 1 holds 1 number, row 0 holds 2 numbers\n  where: unit.toml, line 10: given.x\n"
        "  remedy: give every row the same length (rows are counted from 0)",
    ),
    (
        "x = [1.0, -0.5]",
        "x = [1.0, nan]",
        "'nan' is not a number\n  where: unit.toml, line 10: given.x[1]\n"
        "  remedy: only finite numbers are marked; write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    ),
    (
        "x = [1.0, -0.5]",
        "x = [[1.0], 2.0]",
        "row 1 holds a single number, row 0 holds 1 number\n"
        "  where: unit.toml, line 10: given.x\n"
        "  remedy: give every row the same length (rows are counted from 0)",
    ),
    (
        "x = [1.0, -0.5]",
        "x = []",
        "an empty list\n  where: unit.toml, line 10: given.x\n  remedy: give its numbers",
    ),
    (
        "x = [1.0, -0.5]",
        "x = true",
        "true stands where a number belongs\n  where: unit.toml, line 10: given.x\n"
        "  remedy: write a number or a list of numbers",
    ),
    (
        '"s₁" = 0.50',
        '"s₁" = "around 1"',
        "'around 1' is not a number\n  where: unit.toml, line 14: published.s₁\n"
        "  remedy: write 0.5, 0,5, -3, 3/4 or 1.2e-3",
    ),
    (
        '"s₁" = 0.50',
        '"s₁" = 0.50\ns1 = 0.5',
        "s1 stands here twice\n  where: unit.toml, line 15: published.s1\n"
        "  remedy: leave one of them out",
    ),
    (
        '"s₁" = 0.50',
        '"E/Θ₁" = 0.50',
        "'E/Θ₁' is not a derivative: 'E' does not begin with d or ∂\n"
        "  where: unit.toml, line 14: published.E/Θ₁\n"
        "  remedy: write dE/dTheta2 or ∂E/∂Θ₂; a name itself holds no /",
    ),
    (
        "rate = 0.50",
        'rate = 0.50\nnot_updated = ["Theta2"]',
        "Theta2 is not given\n  where: unit.toml, line 4: not_updated\n"
        "  remedy: did you mean 'Theta1'?",
    ),
    (
        "rate = 0.50",
        "updates = 2",
        "an update is asked for, and there is no learning rate\n  where: unit.toml\n"
        "  remedy: write rate = 0.5, or whatever it is",
    ),
    (
        "rate = 0.50",
        'rate = 0.50\nupdates = 0\nat = "after"',
        "values after the update are asked for, with updates = 0\n"
        "  where: unit.toml, line 4: updates\n  remedy: leave updates out, or give 1 or more",
    ),
    (
        "rate = 0.50",
        "rate = 0.50\nupdates = 1.5",
        "1.5 stands where a whole number belongs\n  where: unit.toml, line 4: updates\n"
        "  remedy: write a whole number",
    ),
    (
        "[options]",
        "[rounding]\ndecimals = 2\nsignificant = 3\n[options]",
        "both decimals and significant figures\n  where: unit.toml, line 5: rounding\n"
        "  remedy: keep the one that was used",
    ),
    (
        "[options]",
        '[rounding]\nrule = "half-down"\n[options]',
        "there is no rounding rule 'half-down'\n  where: unit.toml, line 6: rounding.rule\n"
        "  remedy: did you mean 'half-even'? the rules are half-up, half-even, truncate",
    ),
    (
        "[options]",
        "[rounding]\nsignificant = 0\n[options]",
        "significant = 0\n  where: unit.toml, line 6: rounding.significant\n"
        "  remedy: give 1 to 100",
    ),
    (
        "[options]",
        "[marks]\ns2 = 1\n[options]",
        "marks for s2, which is not asked\n  where: unit.toml, line 6: marks.s2\n"
        "  remedy: asked are s1, dE/dTheta1",
    ),
    (
        "[options]",
        '[restated]\n"Θ₂ᵀ" = 1\n[options]',
        "Theta2 is not given\n  where: unit.toml: restated.Theta2 transposed\n"
        "  remedy: did you mean 'Theta1'?",
    ),
    (
        "[published]",
        "[[run]]\n[run.published]\nE = [1.0, 1e99999]\n[[run]]\n[run.published]",
        "'1e99999' is beyond 10^10000\n  where: unit.toml, line 15: published.E[1]\n"
        "  remedy: give a number of ordinary size",
    ),
]


@pytest.mark.parametrize(("text", "told"), REFUSED)
def test_refused(refused, text, told):
    assert refused(text) == told


@pytest.mark.parametrize(("old", "new", "told"), REPLACED)
def test_refused_in_an_otherwise_good_sheet(refused, old, new, told):
    assert old in GOOD
    assert refused(GOOD.replace(old, new)) == told


def test_files_that_cannot_be_read(tmp_path):
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    deep = tmp_path / "deep.toml"
    deep.write_text("x = " + "[" * 100_000)
    wide = tmp_path / "wide.toml"
    wide.write_text("x = " + "9" * 5000)
    facts = {
        tmp_path / "none.toml": f"there is no file {tmp_path / 'none.toml'}",
        tmp_path: f"{tmp_path} is a folder",
        binary: f"{binary} is not UTF-8 text",
        deep: "lists nested beyond reading",
        wide: "a whole number too long to read",
        Path("/dev/null"): "/dev/null is not a regular file",
    }
    for path, fact in facts.items():
        with pytest.raises(DeltaruleError) as caught:
            load_sheet(path)
        assert caught.value.fact == fact
        assert caught.value.remedy


def test_an_unknown_example_names_the_near_one():
    with pytest.raises(DeltaruleError) as caught:
        load_sheet("slid")
    assert caught.value.fact == "there is no example 'slid'"
    assert caught.value.remedy.startswith("did you mean 'slide'? the examples are ")


def test_what_is_given_is_not_asked(refused):
    told = refused(GOOD.replace("rate = 0.50", 'rate = 0.50\nasked = ["s1", "Theta1"]'))
    assert told == (
        "Theta1 is asked, and it is given\n  where: unit.toml, line 4: asked\n"
        '  remedy: leave it out, or ask for "Theta1 after", its value after the updates'
    )
