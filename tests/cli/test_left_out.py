"""What a typed text leaves out is said wherever its gradients are (2 s)."""

import json

import pytest

from deltarule import derive, layer

LOSS = "L = Sum[n]((t[n]-w*x[n])^2) + λ*w^2"
SENTENCE = (
    "Left out: t (target), λ (constant); derive by t and λ with --wrt t --wrt lambda, "
    'in Python with wrt=["t", "lambda"].'
)


@pytest.mark.parametrize("asked", ["", "--steps", "--hessian", "--jvp"])
def test_what_is_left_out_is_said_in_all_formats(asked, invoke):
    command = ["derive", "--equation", LOSS, *asked.split()]
    signs = {"": "λ", "--markdown": "λ", "--latex": "$\\lambda$"}
    for form, sign in signs.items():
        shown = invoke(*command, *form.split()).out.replace("\\[", "[").replace("\\]", "]")
        assert SENTENCE.replace("λ", sign) in " ".join(shown.split())
    values = json.loads(invoke(*command, "--json").out)["left_out"]
    assert [v["remedy"] for v in values] == ["--wrt t", "--wrt lambda"]


def test_tables_call_a_constant_so(invoke, tmp_path):
    page = tmp_path / "page.html"
    invoke("derive", "--equation", LOSS, "--html", page)
    rows = page.read_text(encoding="utf-8").split("<tr>")
    assert any(">constant<" in row and "λ</" in row and "a number" in row for row in rows)
    assert "| constant |" in invoke("derive", "--equation", LOSS, "--markdown").out


def test_lines_alone_say_it_too(invoke):
    shown = invoke("derive", "--equation", LOSS, "--brief").out
    assert " ".join(shown.split()).endswith(SENTENCE)


def test_a_notebook_says_it_and_one_gradient_alone_does_not(invoke):
    assert "Left out: t (target)" in derive(layer("L = Sum[n]((t[n]-x[n])^2)"))._repr_html_()
    assert "Left out" not in invoke("derive", "--equation", LOSS, "--wrt", "w").out
