"""Gauss–Newton matrices: against the loss itself along J v, and their entries (4 s of CPU)."""

import pytest
from second_order import quadratic_gap

import deltarule
from deltarule.calculus.gauss_newton import gauss_newton_network
from deltarule.errors import DeltaruleError
from deltarule.gradcheck.choose import check_derivation
from deltarule.networks.unused import unused
from deltarule.spelling.text import text
from deltarule.typed import layer

NETWORKS = {
    "mlp": ("yhat", {}),
    "mlp with softmax": ("z", {"loss": "softmax_cross_entropy"}),
    "logistic_regression": ("z", {}),
    "regularised_classifier": ("z1", {}),
    "many_to_one": ("z", {}),
}


def network_of(name):
    return deltarule.load(name.partition(" ")[0], **NETWORKS[name][1])


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_s_is_the_second_derivative_of_the_loss_along_the_jacobian(name):
    """S ≥ 0 as well: every one of these losses is convex in what it is of."""
    for seed in (0, 1):
        value, gap = quadratic_gap(network_of(name), NETWORKS[name][0], seed)
        assert gap < 1e-12 * max(1, abs(value)) and value > 1e-6


@pytest.mark.parametrize("name", NETWORKS)
def test_its_gradient_is_what_dual_numbers_say(name):
    network = deltarule.gauss_newton(network_of(name), NETWORKS[name][0])
    checks = check_derivation(network, edges=False).checks
    assert checks and all(c.right and c.tensor.startswith("v_") for c in checks)


def test_its_entries_are_matrices_where_those_of_hessians_are():
    network = deltarule.gauss_newton("logistic_regression", "z", wrt="w")
    (entries,) = deltarule.hessian(network)
    assert text(entries.expr) == "Σ_n a[n]·x[n, d]·x[n, d′]·(1 − a[n])/N"
    assert entries.words.startswith("xᵀ · diag(σ′(z)) · x/N, with σ′(z) = a ⊙ (1 − a)")
    assert all(step.verified for step in entries.all_steps)
    (whole,) = deltarule.hessian("logistic_regression", "w")
    assert text(whole.expr) == text(entries.expr)  # z is linear in w


REFUSED = {
    ("dense", "y", None): ("dense has no loss, and so no Gauss–Newton matrix", "such as mlp"),
    ("mlp", "yhta", None): ("mlp has no tensor yhta", "did you mean 'yhat'?"),
    ("mlp", "x", None): ("x is given or unread, and not on the way to E", "one of E_o, h1, s1"),
    ("mlp", "E", None): ("E is the loss itself, and not on the way to E", "one of E_o, h1, s1"),
    ("mlp", "yhat", "y"): ("ŷ does not depend on y", "it depends on x, Θ₁ and Θ₂"),
    ("mlp", "yhat", "Theta"): ("mlp has no tensor Theta", "did you mean"),
    ("absolute_error", "e", None): ("has no tensor e", "one of"),
}


@pytest.mark.parametrize("asked", REFUSED, ids=lambda asked: f"{asked[0]} {asked[1]}")
def test_what_has_no_such_matrix_is_refused(asked):
    (name, at, wrt), (fact, remedy) = asked, REFUSED[asked]
    with pytest.raises(DeltaruleError) as caught:
        deltarule.gauss_newton(name, at, wrt)
    assert fact in caught.value.fact and remedy in (caught.value.remedy or "")


def test_a_loss_that_is_linear_in_it_is_refused():
    network = layer("s[n] = tanh(w[n]*x[n]); E = Sum[n](3*s[n])")
    with pytest.raises(DeltaruleError, match="E is linear in s: its Gauss–Newton matrix there is"):
        deltarule.gauss_newton(network, "s")


def test_what_the_jacobian_is_of_is_not_said_to_be_unused():
    """y is shown beside v_y, though the loss that read it is left out."""
    assert unused(gauss_newton_network(layer("y = W x; E = ½‖t − y‖²"), "y")) == []
