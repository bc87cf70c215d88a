"""Sheets: what is read, how runs inherit, and the examples that come with the library."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from deltarule.arithmetic.printed import Printed
from deltarule.errors import DeltaruleError
from deltarule.marking import mark
from deltarule.marking.sheet_files import answers, sheets
from deltarule.marking.sheet_files.arrays import entries, shape
from deltarule.marking.sheet_files.sheets import Rounding, load_sheet, sheet_names

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
def sheet(tmp_path):
    """Writes a sheet and loads it."""

    def load(text: str):
        path = tmp_path / "unit.toml"
        path.write_text(text, encoding="utf-8")
        return load_sheet(path)

    return load


def texts(numbers):
    return [str(number) for _, number in entries(numbers)]


def test_properties_of_the_data_are_read_and_refused(sheet):
    read = sheet(GOOD + '[properties]\nx = "one-hot"\n[[run]]\n[run.properties]\ny = "symmetric"\n')
    assert [run.properties for run in read.runs] == [
        {"x": "one-hot"},
        {"x": "one-hot", "y": "symmetric"},
    ]
    with pytest.raises(DeltaruleError) as caught:
        sheet(GOOD + '[properties]\nx = "one hot"\n')
    assert caught.value.fact == "'one hot' is no property of data"
    assert caught.value.remedy == "did you mean 'one-hot'?"


def test_a_sheet_is_read_as_printed(sheet):
    read = sheet(GOOD)
    (run,) = read.runs
    assert (read.title, read.source, run.title, run.network) == ("A unit", "", "A unit", "dense")
    assert texts(run.given["Theta1"]) == ["1/3", "−0,25"]
    assert [number.value for _, number in entries(run.given["Theta1"])] == [
        Fraction(1, 3),
        Fraction(-1, 4),
    ]
    assert shape(run.given["Theta1"]) == (2, 1)
    assert run.published["s1"] == Printed("0.50")
    assert texts(run.published["dE/dTheta1"]) == ["0.1", "0.20"]
    assert run.asked == ("s1", "dE/dTheta1")
    assert run.options == {"slope": Fraction(1, 100), "bias": False}
    assert run.rate == Printed("0.50")
    assert (run.updates, run.at, run.optimiser) == (1, "before", "gradient_descent")
    assert run.rounding.exact


def test_rounding_marks_and_restated(sheet):
    (run,) = sheet(
        GOOD.replace("rate = 0.50", 'rate = "1/10"\nupdates = 3\nnot_updated = ["Θ_1"]')
        + '[restated]\n"Θ₁ᵀ" = [[1, 2]]\n[rounding]\nsignificant = 3\nrule = "truncate"\n'
        + "[marks]\ns1 = 2.5\n"
    ).runs
    assert run.rounding == Rounding(None, 3, "truncate")
    assert texts(run.restated["Theta1 transposed"]) == ["1", "2"]
    assert run.marks == {"s1": Printed("2.5")}
    assert (run.rate.value, run.updates, run.not_updated) == (Fraction(1, 10), 3, ("Theta1",))


def test_no_rate_no_update(sheet):
    (run,) = sheet('title = "t"\nnetwork = "dense"\n').runs
    assert (run.updates, run.asked, run.given) == (0, (), {})


def test_runs_inherit(sheet):
    first, second, third = sheet(
        GOOD
        + '[[run]]\noptions = {bias = true}\nat = "after"\npublished = {E = 1.0}\n'
        + '[[run]]\ntitle = "new x"\nupdates = 0\n[run.given]\nx = [2, 3]\n'
        + "[run.rounding]\ndecimals = 1\n"
    ).runs
    assert second.title == "A unit, run 1"
    assert second.options == {"slope": Fraction(1, 100), "bias": True}
    assert second.given == first.given
    assert (second.updates, second.at, second.asked) == (1, "after", ("E",))
    assert third.title == "new x"
    assert (texts(third.given["x"]), third.published, third.updates) == (["2", "3"], {}, 0)
    assert third.given["Theta1"] == first.given["Theta1"]
    assert (first.rounding.exact, third.rounding.decimals) == (True, 1)


def test_the_top_is_no_run_when_it_only_shares(sheet):
    shared = GOOD.split("[published]")[0]
    runs = sheet(shared + '[[run]]\ntitle = "a"\n[[run]]\ntitle = "b"\n').runs
    assert [run.title for run in runs] == ["a", "b"]


def test_the_documented_sheet_is_a_sheet_and_right(sheet):
    lines = (sheets.__doc__ or "").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("    title"))
    end = next(n for n, line in enumerate(lines) if line.startswith("**Names**"))
    documented = sheet("\n".join(line[4:] for line in lines[start:end]))
    first, second = documented.runs
    assert first.asked == ("s1", "dE/dTheta2", "Theta2 after", "dE_m[0]/dh1[0]")
    assert (second.title, second.updates, second.at) == ("after 100 updates", 100, "after")
    marking = mark(documented)
    assert (marking.right, marking.of) == (6, 6), marking.verdicts


@pytest.mark.slow
def test_the_documented_answers_are_answers(tmp_path):
    lines = (answers.__doc__ or "").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("    sheet"))
    end = next(n for n, line in enumerate(lines) if line.startswith("Names are"))
    path = tmp_path / "answers.toml"
    path.write_text(
        "\n".join(line[4:] for line in lines[start:end]).replace("run = 2", "run = 1"),
        encoding="utf-8",
    )
    marking = mark("slide", path)
    read = {v.quantity: v.verdict for v in marking.verdicts}
    assert (read["yhat"], read["dE/ds2"], read["E"]) == (
        "right with carried rounding",
        "right",
        "missing",
    )


def test_formulas_on_top_of_a_sheet_with_runs_are_a_run(sheet):
    runs = "[[run]]\npublished = {E = 1.0}\n[[run]]\npublished = {E = 2.0}\n"
    shared = GOOD.split("[published]")[0]
    read = sheet(shared + '[formulas]\n"dE/ds1" = "x"\n' + runs)
    assert [len(r.published) for r in read.runs] == [0, 1, 1]
    assert [r.formulas for r in read.runs] == [{"dE/ds1": "x"}, {}, {}]
    for key, more in (("marks", "[marks]\nE = 1\n"), ("restated", '[restated]\n"x" = 1\n')):
        with pytest.raises(DeltaruleError) as caught:
            sheet(shared + more + runs)
        assert caught.value.fact == f"{key} stands before the first run and belongs to none"


def test_own_derivations_lie_beside_the_sheet(sheet, tmp_path):
    (run,) = sheet('title = "t"\nnetwork = "./mine.py"\n').runs
    assert Path(run.network) == tmp_path / "mine.py"


@pytest.mark.parametrize("name", sheet_names())
def test_every_example_is_a_sheet(name):
    read = load_sheet(name)
    assert read.source
    assert read.path == f"derivations/examples/{name}.toml"
    assert all(run.given for run in read.runs)


def test_the_slide():
    (run,) = load_sheet("slide").runs
    assert texts(run.given["Theta1"]) == ["1.2", "2.1", "1.5", "-0.3", "-0.7", "0.3"]
    assert texts(run.restated["Theta1 transposed"])[4] == "-1.5"
    assert str(run.published["E"]) == "0.072"
    assert (run.rounding.decimals, run.updates, run.rate.value) == (2, 1, 1)


def test_mazur():
    first, once, often = load_sheet("mazur").runs
    assert texts(first.published["Theta2 after"])[2] == "0.511301270"
    assert first.not_updated == ("b1", "b2")
    assert (once.at, once.updates, str(once.published["E"])) == ("after", 1, "0.291027924")
    assert (often.at, often.updates, often.published["E"].decimals) == ("after", 10000, 10)
    assert "s1" not in first.published
    assert not any(re.search("w[1-8]", name) for name in first.published)
