"""Names of a lecture in place of the derivation's: in sheets, answers, and what is said."""

from __future__ import annotations

import pytest

from deltarule.calculus.without_steps import derive_unverified
from deltarule.errors import DeltaruleError
from deltarule.exams.lint import lint
from deltarule.exams.sheet_text import sheet_text
from deltarule.language.load import load
from deltarule.marking import load_sheet, mark
from deltarule.marking.sheet_files.answers import load_answers
from deltarule.networks.renamed import read_names
from deltarule.spelling.text import text

SHEET = """
title = "a lecture's names"
network = "mlp"
rate = 1
rename = {s1 = "net_h1", h1 = "out_h1", E = "L"}
[options]
layers = 2
batch = false
[given]
x = [1.0, -0.5]
y = 1.0
Theta1 = [[1.2, 2.1, -1.5], [-0.3, -0.7, 0.3]]
Theta2 = [-0.2, 0.5, 1.3]
[published]
net_h1 = [1.35, 2.45, -1.65]
L = 0.0703
"dL/dTheta2" = [-0.0698, -0.0809, -0.0142]
[formulas]
"dL/dnet_h1" = "dL/dout_h1 * out_h1 * (1 - out_h1)"
"""


def written(tmp_path, old="", new=""):
    path = tmp_path / "sheet.toml"
    path.write_text(SHEET.replace(old, new), encoding="utf-8")
    return path


def test_a_sheet_and_what_is_said_of_it_use_the_lectures_names(tmp_path):
    verdicts = mark(load_sheet(written(tmp_path))).verdicts
    assert [v.quantity for v in verdicts] == ["net_h1", "L", "dL/dTheta2", "dL/dnet_h1"]
    assert all(v.verdict == "right" for v in verdicts)


def test_answers_do_too_and_a_mistake_is_told_in_them(tmp_path):
    sheet = load_sheet(written(tmp_path))
    answers = '[answers]\nnet_h1 = [1.35, 2.45, -1.65]\n"dL/dnet_h1" = [0.0176, -0.0439, -0.1143]\n'
    (tmp_path / "answers.toml").write_text(answers, encoding="utf-8")
    found = {v.quantity: v for v in mark(sheet, load_answers(tmp_path / "answers.toml")).verdicts}
    assert found["net_h1"].verdict == "right"
    assert found["dL/dnet_h1"].verdict == "mistake"
    assert "net_h1" in found["dL/dnet_h1"].finding
    (tmp_path / "answers.toml").write_text(
        "[answers]\ns1 = [1.35, 2.45, -1.65]\n", encoding="utf-8"
    )
    old = mark(sheet, load_answers(tmp_path / "answers.toml")).verdicts[-1]
    assert old.verdict == "could not read"
    assert old.finding.endswith("it has x, Theta1, net_h1, out_h1, Theta2, s2, yhat, y, E_o, L")


@pytest.mark.parametrize(
    ("old", "new", "fact", "remedy"),
    [
        (
            'E = "L"',
            'F = "L"',
            "F is to be called L, and mlp has no F",
            "its quantities are x, Theta1, s1, h1, Theta2, s2, yhat, y, E_o, E",
        ),
        (
            'E = "L"',
            'E = "y"',
            "E is to be called y, as something else in mlp is",
            "give the other another name, too, or E one that is free",
        ),
    ],
)
def test_names_that_do_not_fit_are_refused_and_found_by_lint(tmp_path, old, new, fact, remedy):
    path = written(tmp_path, old, new)
    with pytest.raises(DeltaruleError) as refused:
        mark(load_sheet(path))
    assert (refused.value.fact, refused.value.remedy) == (fact, remedy)
    assert [(r.fact, r.remedy) for r in lint(path).remarks if r.error] == [(fact, remedy)]


def test_a_sheet_is_written_with_its_names(tmp_path):
    (run,) = load_sheet(written(tmp_path)).runs
    again = tmp_path / "again.toml"
    again.write_text(sheet_text(run), encoding="utf-8")
    assert load_sheet(again).runs[0].options == run.options


def test_networks_of_layers_and_names_that_change_places():
    found = load("rnn", rename={"h": "a", "s": "h", "E": "J"})
    derived = derive_unverified(found)
    assert text(derived.gradients["h"].expr) == "∂J/∂a[t, n, m]·(1 − a[t, n, m]²)"
    assert found.options["rename"].value == {"h": "a", "s": "h", "E": "J"}


@pytest.mark.parametrize("value", ["E", 3, {"E": 1}])
def test_what_gives_no_names(value):
    with pytest.raises(DeltaruleError) as refused:
        read_names(value, "mlp")
    assert refused.value.remedy == 'write rename = {E = "L"}, say'
    assert read_names("E=L, s1=net", "mlp") == {"E": "L", "s1": "net"}
