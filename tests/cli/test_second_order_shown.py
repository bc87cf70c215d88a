"""Second derivatives on the screen and in every format: what is shown, and what is refused."""

import json

import pytest


@pytest.mark.slow
def test_every_format_tells_what_the_lines_are_and_shows_their_steps(invoke):
    said = json.loads(invoke("derive", "pinn", "--json").out)
    assert [(g["of"], g["by"]) for g in said["inner"]][-1] == ("S_u_x", "x")
    assert all(step["verified"] for g in said["inner"] for step in g["steps"])
    assert "u_xx[n] = ∂S_u_x/∂x[n]" in invoke("derive", "pinn").out
    for how in ("--steps", "--steps --markdown", "--steps --latex"):
        assert "Gradients among the lines" in invoke("derive", "pinn", *how.split()).out


FORMATS = ("--latex", "--markdown", "--html -", "--json", "--steps", "--steps --latex")


@pytest.mark.parametrize("how", FORMATS)
def test_entries_and_tangents_have_every_format(invoke, how):
    done = invoke("derive", "softmax_cross_entropy", "--hessian", *how.split())
    assert done.status == 0 and not done.err
    assert "diag" in done.out and "different" in done.out
    if "steps" not in how:
        tangents = invoke("derive", "softmax", "--jvp", *how.split())
        assert tangents.status == 0 and "v_" in tangents.out.replace("v_{", "v_")


def test_blocks_of_zeros_are_one_sentence(invoke):
    done = invoke("derive", "dense", "--hessian", "--wrt", "W", "--wrt", "x")
    assert "All entries are 0 of ∂²L/∂W∂W, ∂²L/∂x∂x." in done.out
    assert "All entries are 0" not in invoke("derive", "lms", "--hessian").out


@pytest.mark.slow
def test_gauss_newton_on_the_screen(invoke):
    asked = ("derive", "logistic_regression", "--gauss-newton", "z")
    whole = invoke(*asked).out
    assert "∂S/∂v_w[d] = Σ_n ∂S/∂v_z[n]·x[n, d]" in whole
    assert "directions:  v_w[D]" in whole and "fixed:       x[N, D], w[D]" in whole
    assert "| direction |" in invoke("derive", "dense", "--hvp", "--markdown").out
    entries = invoke(*asked, "--hessian", "--wrt", "w").out
    assert "Gauss–Newton matrix\n" in entries and "xᵀ · diag(σ′(z)) · x/N" in entries
    assert "dS_dv_w" in invoke(*asked, "--wrt", "w", "--kernel").out
    checked = invoke("check", "gradient", "mlp", "--gauss-newton", "yhat", "--no-kernel")
    assert checked.status == 0 and "∂S/∂v_Θ₂" in checked.out


def test_tangents_have_a_kernel(invoke):
    assert "dL_dv_y" in invoke("derive", "dense", "--jvp", "--wrt", "x", "--kernel").out


REFUSED = {
    "adam --hessian": ("adam has no gradients to derive again", "an update uses gradients"),
    "adam --jvp": ("adam has no gradients to derive again", "an update uses gradients"),
    "adam --hvp": ("adam has no gradients to derive again", "an update uses gradients"),
    "adam --gauss-newton theta": ("adam has no loss", "name a network with a loss"),
    "dense --jacobian y": ("y is no pair of tensors", "--jacobian y/x"),
    "dense --jacobian y/q": ("the network dense has no tensor q", "its tensors are"),
    "dense --jacobian q/x": ("the network dense has no tensor q", "its tensors are"),
    "dense --hessian --wrt q": ("dense has no gradient by q", "it has those by b, W, x"),
    "dense --jvp --wrt y": ("dense has no gradient by y", "it has those by"),
    "dense --gauss-newton y": ("dense has no loss", "--jacobian y/x and --jvp are for layers"),
    "mlp --hvp --jvp": ("--hvp and --jvp exclude each other", "keep one"),
    "mlp --gauss-newton yhat --jacobian E/x": ("exclude each other", "keep one"),
    "rnn --hessian": ("the entries have no closed form", "--hvp and --jvp"),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_has_no_second_order_is_refused_with_what_to_write(invoke, words):
    fact, remedy = REFUSED[words]
    done = invoke("derive", *words.split(), width=300)
    assert done.status == 2 and fact in done.err and remedy in done.err
