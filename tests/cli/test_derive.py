"""`derive` on the screen."""

import json

import pytest

from deltarule.spelling.folding import cells


def test_the_screen_shows_forward_and_backward(invoke):
    done = invoke("derive", "dense")
    assert done.status == 0 and not done.err
    forward, _, backward = done.out.partition("\nBackward\n")
    assert "y[n, m] = Σ_d" in forward
    assert "parameters:  W[D, M], b[M]" in forward
    for name in "Wbx":
        assert f"∂L/∂{name}[" in backward
    assert "∂L/∂y comes from outside" in backward
    assert "--steps shows them" in backward


def test_index_brackets_survive(invoke):
    out = invoke("derive", "conv", "--steps").out
    assert "w[f, c, k, l]" in out
    assert "[/" not in out


def test_brief_is_one_line_a_gradient(invoke):
    lines = invoke("derive", "mlp", "--layers", 4, "--brief", width=200).out.splitlines()
    assert all(line.startswith("∂E/∂") for line in lines if "=" in line)
    assert any(line.startswith("∂E/∂Θ₄[") for line in lines)


@pytest.mark.slow
def test_brief_grows_with_the_layers_and_no_faster(invoke):
    few, many = (
        len(invoke("derive", "mlp", "--layers", n, "--brief", width=200).out) for n in (4, 16)
    )
    assert many < 4.5 * few


def test_steps_are_numbered_with_rule_reason_and_check(invoke):
    out = invoke("derive", "dense", "--wrt", "W", "--steps").out
    assert " 1  chain rule" in out and " 2  local derivative" in out
    assert "checked:" in out
    assert "δ(" in out


@pytest.mark.parametrize("name", ["Theta2", "Θ₂", "dE/dTheta2", "∂E/∂Θ₂"])
def test_one_gradient_by_any_spelling(invoke, name):
    out = invoke("derive", "mlp", "--wrt", name, "--brief").out
    assert out.startswith("∂E/∂Θ₂[") and out.count("\n") == 1


def test_another_root(invoke):
    assert "∂s1/∂x" not in invoke("derive", "mlp", "--of", "s1").out
    assert "∂s₁/∂x[" in invoke("derive", "mlp", "--of", "s1").out


def test_attributes_are_specialised_by_their_words(invoke):
    out = invoke("derive", "conv", "--stride", 2, "--dilation", 1, "--pad", 0, "--brief").out
    assert "S" not in out and "2·i" in out


def test_sizes_are_specialised(invoke):
    out = invoke("derive", "dense", "--set", "N=2,D=3").out
    assert "x[2, 3]" in out


def test_a_file_of_ones_own(invoke, tmp_path):
    page = tmp_path / "mine.py"
    page.write_text(
        '"""Scaling by one factor."""\n'
        "from deltarule.language import *\n"
        'N = size("N")\nn = index("n")\n'
        'x, a = input("x", N), parameter("a")\ny = output("y", N)\n'
        "y[n] = a * x[n]\n"
    )
    out = invoke("derive", page, "--brief").out
    assert "∂L/∂a = Σ_n ∂L/∂y[n]·x[n]" in out


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("words", [["conv", "--steps"], ["mlp", "--bias"], ["rnn"], ["--list"]])
def test_no_line_is_wider_than_the_screen(invoke, width, words):
    done = invoke("derive", *words, width=width)
    assert done.status == 0
    assert max(map(cells, done.out.splitlines())) <= width
    assert "…\n" not in done.out.replace("…\n    ", "")


def test_a_recurrence_says_which_way_time_goes(invoke):
    forward, _, backward = invoke("derive", "rnn").out.partition("Backward")
    assert "for each t = 0, 1, …, T − 1:" in forward
    assert "for each t = T − 1, …, 1, 0:" in backward


def test_latex_is_a_document_or_a_fragment(invoke):
    whole = invoke("derive", "dense", "--latex").out
    assert whole.startswith(r"\documentclass") and whole.rstrip().endswith(r"\end{document}")
    part = invoke("derive", "dense", "--latex", "--fragment").out
    assert "documentclass" not in part and r"\begin{align*}" in part


def test_markdown(invoke):
    out = invoke("derive", "dense", "--markdown").out
    assert out.startswith("# Dense")
    assert out.count("$$") % 2 == 0


@pytest.mark.slow
def test_many_layers_that_are_alike_are_told_once(invoke):
    out = invoke("derive", "mlp", "--layers", 9).out
    assert "∂E/∂s_k[n, m] = ∂E/∂h_k[n, m]·h_k[n, m]·(1 − h_k[n, m])" in out
    assert "for k = 1 … 8" in out and "∂E/∂s₄" not in out
    assert len(out) < 1.1 * len(invoke("derive", "mlp", "--layers", 7).out)


def test_few_layers_are_told_one_by_one_and_then_in_general(invoke):
    each, _, general = invoke("derive", "mlp", "--layers", 4).out.partition("In general")
    assert "∂E/∂s₂[" in each and "∂E/∂s_k[" in general


@pytest.mark.slow
def test_the_screen_shows_one_whole_and_all_on_request(invoke):
    short = invoke("derive", "gru", "--steps", width=200).out
    whole = invoke("derive", "gru", "--steps", "--all", width=200).out
    assert "the same 3 steps as ∂L/∂b_g, with s_z for s_g" in short
    assert "--all shows every step of every gradient" in short
    assert "steps as ∂L" not in whole and len(short) < len(whole) - 3000
    assert "the same 3 steps as" in invoke("derive", "gru", "--steps", "--latex").out
    assert "the same 3 steps as" in invoke("derive", "gru", "--steps", "--markdown").out
    values = json.loads(invoke("derive", "gru", "--json").out)
    assert all(gradient["steps"] for gradient in values["gradients"].values())


def test_a_formula_is_derived_without_a_file(invoke):
    shown = invoke("derive", "E = ½‖y − σ(W x)‖²", "--wrt", "W")
    assert shown.status == 0 and "parameters:  W[M, N]" in shown.out
    assert "∂E/∂W[m, n] = ∂E/∂s_E[m]·x[n]" in shown.out
    assert "−(y − σ(s_E)) ⊙ (1 − σ(s_E)) ⊙ σ(s_E)" in shown.out
    numbers = invoke("derive", "E = ½‖y − W x‖²", "--set", "W=2x3", "--count")
    assert "6" in numbers.out
    one = invoke("derive", "E = ½(y − w x)²", "--set", "w=scalar,x=scalar,y=scalar", "--brief")
    assert "∂E/∂w = −x·(y − w·x)" in one.out
    refused = invoke("derive", "E = w x + ‖W x‖²")
    assert refused.status == 2 and "can be read in several ways" in refused.err
    assert "a formula has --rename x=u" in invoke("derive", "E = ‖x‖²", "--layers", "2").err
    renamed = invoke("derive", "--equation", "y[n] = 2*x[n]", "--rename", "x=u", "--brief").out
    assert renamed == "∂L/∂u[n] = 2·∂L/∂y[n]\n"
    assert "def backward(y, W, x" in invoke("derive", "E = ½‖y − W x‖²", "--kernel").out


@pytest.mark.slow
def test_derivations_are_derived_again(invoke):
    """Products with a vector, tangents and entries, on the screen and as values."""
    equation = "y[n] = Sum[d](W[n,d]*x[d])^2"
    product = invoke("derive", "--equation", equation, "--hvp", "--wrt", "x", "--brief").out
    assert "∂S/∂x[d] = " in product
    source = invoke("derive", "--equation", equation, "--hvp", "--kernel").out
    assert "v_x" in source and "def backward" in source
    tangents = json.loads(invoke("derive", "--equation", equation, "--jvp", "--json").out)
    assert tangents["equations"][-1]["formula"].startswith("v_y[n] = ")
    shown = invoke("derive", "softmax", "--jacobian", "p/z", "--steps").out
    assert "read off the entries" in shown and "Jacobian" in shown
    values = json.loads(invoke("derive", "half_squared", "--hessian", "--json").out)["entries"]
    assert [e["formula"].partition(" = ")[2] for e in values] == ["[n = n′, m = m′]"]
    refused = invoke("derive", "softmax", "--jacobian", "z")
    assert refused.status == 2 and "z is no pair of tensors" in refused.err


@pytest.mark.slow
def test_what_limits_the_sums_of_a_long_line_stands_below_it(invoke):
    out = invoke("derive", "conv3d", "--wrt", "x", "--brief").out
    first, *notes = out.split("\n    g from ")
    assert "Σ_{f,g,i,j} ∂L/∂y" in first and "max(" not in first
    assert notes and notes[0].startswith("max(0, ") and "only where D | " in notes[0]


def test_the_other_form_of_a_sum_is_offered(invoke):
    """The one over taps stands below that over outputs, and --dual takes it."""
    over_outputs, over_taps = "·w[f, c, (p + P − S·i)/D]", "·w[f, c, k]"
    shown = invoke("derive", "conv1d", "--wrt", "x").out
    assert shown.index(over_outputs) < shown.index("or ∂L/∂x[n, c, p] = ") < shown.index(over_taps)
    assert over_taps in invoke("derive", "conv1d", "--wrt", "x", "--brief", "--dual").out
    assert "or" in invoke("derive", "conv1d", "--wrt", "x", "--markdown").out.splitlines()
    refused = invoke("derive", "conv1d", "--steps", "--dual")
    assert refused.status == 2 and "--dual" in refused.err
