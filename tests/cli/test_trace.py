"""`trace`: sheets and random numbers."""

import json

import numpy as np
import pytest

from deltarule.spelling.folding import cells

FIELDS = {
    "quantity", "phase", "formula", "value", "exact", "checks", "published", "decimals", "verdict",
    "finding",
}  # fmt: skip


@pytest.fixture(scope="module")
def slide():
    """The JSON of the slide, once."""
    from click.testing import CliRunner

    from deltarule.cli.programs import app

    result = CliRunner().invoke(app, ["trace", "backprop", "--example", "slide", "--json"])
    assert result.exit_code == 0
    return {line["quantity"]: line for line in json.loads(result.stdout)["lines"]}


def test_the_slide_goes_from_x_to_the_updates(invoke):
    done = invoke("trace", "backprop", "--example", "slide")
    assert done.status == 0 and not done.err
    places = [done.out.index(word) for word in ("Given", "Forward", "Error", "Backward", "Update")]
    assert places == sorted(places)
    assert "0.62 (exactly 0.625017)" in done.out
    for name in ("Θ₁ after", "Θ₂ after"):
        assert name in done.out
    assert "1.197126" in done.out
    assert "✓ dual numbers agree to" in done.out and "✗" not in done.out


def test_a_line_has_the_fields_of_the_contract(slide):
    assert all(set(line) >= FIELDS for line in slide.values())
    assert slide["yhat"]["phase"] == "forward"
    assert slide["yhat"]["verdict"] == "right with carried rounding"
    assert slide["yhat"]["published"] == ["0.62"] and slide["yhat"]["decimals"] == 2


def test_rounded_and_exact_values_are_strings(slide):
    assert slide["yhat"]["value"] == ["0.62"]
    assert slide["yhat"]["exact"][0].startswith("0.62501659605")


def test_every_gradient_is_checked(slide):
    checked = [line["checks"] for line in slide.values() if line["checks"]]
    assert len(checked) >= 7
    assert all(check["agrees"] and check["dual"] < 1e-40 for check in checked)


def test_decimals_can_be_chosen(invoke):
    out = invoke("trace", "mlp", "--example", "slide", "--decimals", 4, "--only", "yhat").out
    assert "= 0.6250" in out


@pytest.mark.slow
def test_figures_and_rules_too(invoke):
    out = invoke("trace", "slide", "--significant", 1, "--only", "s2").out
    assert "1 significant figure (half-up)" in out
    out = invoke("trace", "slide", "--rounding", "truncate", "--only", "h1").out
    assert "2 decimals (truncate)" in out and "= 0.79" in out


def test_exact_values(invoke):
    out = invoke("trace", "slide", "--exact", "--only", "ŷ").out
    assert "carried exactly" in out and "0.62501659605" in out


def test_options_replace_those_of_the_sheet(invoke):
    out = invoke("trace", "slide", "--activation", "tanh", "--only", "h1").out
    assert "tanh(" in out


def test_only_takes_quantities_beyond_the_usual_lines(invoke):
    out = invoke("trace", "slide", "--only", "dyhat/ds2").out
    assert "∂ŷ/∂s₂" in out and "Given" not in out


def test_random_numbers_repeat_with_their_seed(invoke):
    words = ("trace", "dense", "--random", "--set", "N=2", "--seed")
    assert invoke(*words, 3).out == invoke(*words, 3).out
    assert invoke(*words, 3).out != invoke(*words, 4).out
    lines = json.loads(invoke(*words, 3, "--json").out)
    assert lines["sizes"]["N"] == 2
    assert isinstance(lines["lines"][0]["value"][0][0], float)


def test_random_rational_numbers_are_exact(invoke):
    values = json.loads(invoke("trace", "dense", "--random", "--exact", "--json").out)
    first = values["lines"][0]
    assert first["value"] == first["exact"]


def test_an_update_of_random_numbers(invoke):
    out = invoke("trace", "mlp", "--random", "--rate", "0.1", "--only", "Theta1 after").out
    assert "Update" in out and "Θ₁ after" in out


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_screen(invoke, width):
    out = invoke("trace", "backprop", "--example", "slide", width=width).out
    assert max(map(cells, out.splitlines())) <= width


def test_latex(invoke):
    out = invoke("trace", "slide", "--latex").out
    assert r"\documentclass" in out and r"\hat{y}" in out and "0.62" in out


@pytest.mark.slow
@pytest.mark.parametrize("name", ["six-by-six", "chain", "elman", "hello"])
def test_examples_pass_their_own_checks(invoke, name):
    done = invoke("trace", "example", name)
    assert done.status == 0 and not done.err
    assert "✗" not in done.out
    if name in ("chain", "hello"):
        assert done.out == invoke("trace", name).out


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (["example"], "no example is named"),
        (["example", "slide", "mazur"], "'mazur' stands behind"),
        (["example", "slide", "--example", "slide"], "an example is named twice"),
        (["example", "slidee"], "there is no example 'slidee'"),
    ],
)
def test_what_does_not_name_an_example_is_told(invoke, words, fact):
    done = invoke("trace", *words, width=200)
    assert done.status == 2 and fact in done.err


@pytest.mark.parametrize("words", [["y = tanh(W x + b)"], ["--equation", "y = tanh(W x + b)"]])
def test_equations_that_are_typed_are_traced(invoke, words, tmp_path):
    """As text, JSON, a page with its stepper and a picture, from the same numbers; 0.5 s."""
    sizes = ["--set", "W=2x3", "--seed", 3]
    found = json.loads(invoke("trace", *words, *sizes, "--json").out)
    lines = {line["quantity"]: line for line in found["lines"]}
    assert list(lines) == ["y", "dL/db", "dL/dx", "dL/dW"]
    assert all(line["checks"]["agrees"] for name, line in lines.items() if name != "y")
    assert lines["dL/dW"]["checks"]["entries"] == 6
    given = {n: np.array(rows, dtype=float) for n, rows in found["givens"].items()}
    y = np.tanh(given["W"] @ given["x"] + given["b"])
    right = np.outer(given["dL/dy"] * (1 - y**2), given["x"])
    np.testing.assert_allclose(np.array(lines["dL/dW"]["exact"], dtype=float), right, rtol=1e-12)
    page, picture = tmp_path / "typed.html", tmp_path / "typed.svg"
    assert invoke("trace", *words, *sizes, "--html", page).status == 0
    assert "y = tanh(W x + b)" in page.read_text() and 'class="stepper"' in page.read_text()
    assert invoke("trace", *words, *sizes, "--svg", picture).status == 0
    assert "<svg" in picture.read_text()


def test_a_sheet_has_no_numbers_for_what_is_typed(invoke):
    refused = invoke("trace", "E = ½‖y − W x‖²", "--example", "slide")
    assert refused.status == 2
    assert "--example says nothing about a trace of what is typed" in refused.err
