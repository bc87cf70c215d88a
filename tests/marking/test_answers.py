"""Answers files, and the empty one that is handed out."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deltarule.arithmetic.printed import Printed
from deltarule.errors import DeltaruleError
from deltarule.marking import mark
from deltarule.marking.sheet_files.answers import holds_answers, load_answers, template
from deltarule.marking.sheet_files.arrays import entries

GOOD = """\
sheet = "slide"
who = "Emmy N."

[answers]
"ŷ" = 0.62
"∂E/∂Θ₂" = [-0.07, "−0,08", "-1/100"]
h1 = [0.79, "", ""]
E = ""
s1 = ["", "", ""]
"""


@pytest.fixture
def answers(tmp_path):
    def load(text: str):
        path = tmp_path / "answers.toml"
        path.write_text(text, encoding="utf-8")
        return load_answers(path)

    return load


def test_read_as_written(answers, tmp_path):
    read = answers(GOOD)
    assert (read.sheet, read.who, read.run) == ("slide", "Emmy N.", 1)
    assert read.path == str(tmp_path / "answers.toml")
    assert read.values == {
        "yhat": Printed("0.62"),
        "dE/dTheta2": (Printed("-0.07"), Printed("−0,08"), Printed("-1/100")),
        "h1": (Printed("0.79"), None, None),
    }


def test_nothing_but_answers(answers):
    read = answers("[answers]\nE = 1\n")
    assert (read.sheet, read.who, read.values) == (None, "", {"E": Printed("1")})


def test_an_example_is_named_by_its_bare_name_alone(answers):
    assert answers('sheet = "slide"\n[answers]\n').example() == "slide"
    for sheet in ("exam.toml", "./slide", "/etc/passwd", "../slide.toml", "slide.toml", "exam"):
        with pytest.raises(DeltaruleError) as caught:
            answers(f'sheet = "{sheet}"\n[answers]\n').example()
        assert caught.value.fact == (
            f"the answers name '{sheet}', which is none of the examples, and a file that somebody "
            "else names is not opened"
        )
        assert caught.value.remedy.endswith(
            "name it yourself: check answers.toml --sheet sheet.toml"
        )


@pytest.mark.parametrize(
    ("text", "of_answers"),
    [
        ("[answers]\n", True),
        ('sheet = "slide"\n[formulas]\n', True),
        ("[formulas]\n", True),
        ('title = "t"\nnetwork = "mlp"\n[given]\n[published]\n[formulas]\n', False),
        ('title = "t"\n[given]\n[formulas]\n', False),
        ('network = "./evil.py"\nwho = "Eve"\n[given]\n', True),
    ],
)
def test_answers_and_sheets_are_told_apart_by_what_they_hold(tmp_path, text, of_answers):
    (tmp_path / "file.toml").write_text(text, encoding="utf-8")
    assert holds_answers(tmp_path / "file.toml") is of_answers


REFUSED = [
    (
        'sheet = "slide"',
        "there are no answers\n  where: answers.toml\n"
        "  remedy: write them under [answers], as yhat = 0.62",
    ),
    (
        "[answer]\nE = 1",
        "unknown key 'answer'\n  where: answers.toml\n"
        "  remedy: did you mean 'answers'? known here: sheet, who, run, answers, formulas",
    ),
    (
        "run = 0\n[answers]",
        "run = 0\n  where: answers.toml, line 1: run\n  remedy: runs are counted from 1",
    ),
    (
        "answers = 3",
        "3 stands where a table [section] belongs\n  where: answers.toml: answers\n"
        "  remedy: write a table [section]",
    ),
]


def test_what_is_no_number_costs_only_itself(answers):
    read = answers('[answers]\nE = "?"\nh1 = ["0.1", "x", ""]\n')
    assert read.values == {"h1": (Printed("0.1"), None, None)}
    assert [(u.name, u.index, u.text) for u in read.unread] == [("E", (), "?"), ("h1", (1,), "x")]
    assert read.unread[1].why.endswith(
        "answers.toml, line 3: answers.h1[1]): write 0.5, 0,5, -3, 3/4 or 1.2e-3"
    )
    marking = mark("slide", answers('[answers]\nE = "0.07"\nyhat = "?"\n'))
    found = {v.quantity: v.verdict for v in marking.verdicts}
    assert (found["yhat"], found["h1"]) == ("could not read", "missing")


def test_quantities_that_are_asked_need_not_be_answered(answers):
    assert mark("mazur", answers("[answers]\nE = 0.298\n")).right == 1


@pytest.mark.parametrize(("text", "told"), REFUSED)
def test_refused(answers, tmp_path, text, told):
    with pytest.raises(DeltaruleError) as caught:
        answers(text)
    assert str(caught.value).replace(f"{tmp_path}{os.sep}", "") == told


def test_the_empty_file():
    assert template([("ŷ", ()), ("h1", (3,)), ("∂E/∂Θ₁", (2, 3))], "slide") == (
        "# Write each answer between its quotes, or instead of them. Empty means no answer.\n"
        '# Numbers: "0.62", "−0,38", "3/4", "1.2e-3". Print the digits that you worked with.\n'
        'sheet = "slide"\n'
        'who = ""\n'
        "\n"
        "[answers]\n"
        '"yhat" = ""\n'
        '"h1" = ["", "", ""]\n'
        '"dE/dTheta1" = [\n'
        '  ["", "", ""],\n'
        '  ["", "", ""],\n'
        "]\n"
    )


def test_the_empty_file_reads_as_no_answers(answers):
    extents = {"yhat": (), "Theta1": (2, 3), "w": (2, 1, 2, 3), "dE_o[0]/dh1[0]": ()}
    read = answers(template(extents.items(), "slide", run=2))
    assert (read.values, read.sheet, read.run, read.who) == ({}, "slide", 2, "")


@given(st.lists(st.integers(1, 3), max_size=3).map(tuple))
def test_the_empty_file_filled_in_has_every_entry(tmp_path_factory, extent):
    path = tmp_path_factory.mktemp("filled") / "answers.toml"
    path.write_text(template([("w", extent)]).replace('""', '"1,5"'), encoding="utf-8")
    size = 1
    for length in extent:
        size *= length
    numbers = [number for _, number in entries(load_answers(path).values["w"])]
    assert numbers == [Printed("1,5")] * size
