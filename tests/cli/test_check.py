"""`check`: verdicts and the exit status."""

import json

import pytest

from deltarule.spelling.folding import cells

RIGHT = {"yhat": "0.63", "E": "0.070", "dE/dyhat": "−0,37", "s2": "0.51"}


def answers(folder, values, head='sheet = "slide"\n'):
    path = folder / "answers.toml"
    body = "".join(f'"{name}" = "{value}"\n' for name, value in values.items())
    path.write_text(f"{head}[answers]\n{body}", encoding="utf-8")
    return path


def test_the_slide_is_not_all_right(invoke):
    done = invoke("check", "example", "slide")
    assert done.status == 1
    assert "✗ ∂E/∂Θ₂ = (0.02, −0.05, −0.12): mistake" in done.out
    assert "Θ₂ stands where h₁ belongs" in done.out
    assert "it must be −1.5" in done.out
    assert "→ Θ₂ after" in done.out


def test_the_contract_of_json(invoke):
    values = json.loads(invoke("check", "example", "slide", "--json").out)
    assert {"verdicts", "right", "of"} <= set(values)
    fields = {"quantity", "index", "verdict", "finding", "alternatives", "expected", "given"}
    assert all(fields <= set(verdict) for verdict in values["verdicts"])
    assert values["right"] < values["of"] == len(values["scores"])


def test_answers_are_marked_against_their_sheet(invoke, tmp_path):
    path = answers(tmp_path, RIGHT)
    values = json.loads(invoke("check", path, "--json").out)
    right = {v["quantity"] for v in values["verdicts"] if v["verdict"].startswith("right")}
    assert right == set(RIGHT)
    missing = {v["quantity"] for v in values["verdicts"] if v["verdict"] == "missing"}
    assert "dE/dTheta2" in missing


def test_the_sheet_can_be_named_on_the_command_line(invoke, tmp_path):
    path = answers(tmp_path, RIGHT, head="")
    done = invoke("check", path)
    assert done.status == 2 and "do not say which sheet" in done.err
    assert invoke("check", path, "--sheet", "slide").status == 1


def test_all_right_ends_with_0(invoke, tmp_path):
    sheet = tmp_path / "sheet.toml"
    sheet.write_text(
        'title = "One unit"\nnetwork = "dense"\n[options]\nbatch = false\nbias = false\n'
        '[given]\nx = [1.0, 2.0]\nW = [[0.5], [0.25]]\n"dL/dy" = 2\n[published]\ny = 1.0\n'
    )
    done = invoke("check", sheet)
    assert done.status == 0 and "1 of 1 right" in done.out


def test_the_template_can_be_filled_in(invoke, tmp_path):
    text = invoke("check", "--template", "slide").out
    assert '"yhat" = ""' in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace('"yhat" = ""', '"yhat" = "0.63"'), encoding="utf-8")
    values = json.loads(invoke("check", path, "--json").out)
    assert values["right"] == 1
    assert {v["verdict"] for v in values["verdicts"]} == {"right", "missing"}


def test_the_template_overwrites_nothing(invoke, tmp_path):
    path = tmp_path / "mine.toml"
    assert invoke("check", "--template", "slide", "--output", path).status == 0
    assert path.read_text(encoding="utf-8").startswith("#")
    done = invoke("check", "--template", "slide", "--output", path)
    assert done.status == 2 and "is there already" in done.err


@pytest.mark.parametrize("width", [40, 80])
def test_no_line_is_wider_than_the_screen(invoke, width):
    out = invoke("check", "example", "slide", width=width).out
    assert max(map(cells, out.splitlines())) <= width


@pytest.mark.parametrize("style", ["--markdown", "--latex"])
def test_a_marking_is_told_in_other_formats(invoke, style):
    told = invoke("check", "example", "slide", style)
    assert told.status == 1
    assert "6 of 8 right" in told.out
