"""Second derivatives: derivations derived again, and held against dual numbers.

A sample runs always, all of the catalogue with DELTARULE_FULL=1:

DELTARULE_FULL=1 pytest tests/calculus/test_second_order.py
"""

import os
from dataclasses import replace

import pytest
from second_differences import hessian_faults
from second_order import tangents

from deltarule.arithmetic.settings import most_points, points_added, setting, sizes_at
from deltarule.calculus import derive
from deltarule.calculus.gradient_network import hessian_vector_network
from deltarule.calculus.jacobians import hessian, jacobian
from deltarule.calculus.tangents import tangent_network
from deltarule.calculus.verify import Unverified, Verifier
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Sum, read
from deltarule.gradcheck.choose import check_derivation
from deltarule.language.catalogue import catalogue
from deltarule.language.load import load
from deltarule.networks.equations import Equation
from deltarule.spelling.text import equation_text, text
from deltarule.typed import layer

SAMPLE = ("dense", "softmax_cross_entropy", "residual", "max_pool1d", "shifted_logsumexp")
NAMES = list(catalogue()) if os.environ.get("DELTARULE_FULL") else SAMPLE


@pytest.mark.parametrize("name", NAMES)
def test_hessians_times_a_vector_agree_with_dual_numbers(name):
    """Dual numbers go through the closed form of the gradient, along every entry."""
    try:
        network = hessian_vector_network(load(name))
    except DeltaruleError as refused:
        assert "has no gradients to derive again" in refused.fact and name not in SAMPLE
        return
    checks = check_derivation(network, edges=False).checks
    assert checks and all(c.right for c in checks)


@pytest.mark.parametrize(
    "name", ("dense", "batch_norm", "rnn_cell", "factorisation_machine", "shifted_logsumexp")
)
def test_tangents_of_every_line_are_what_dual_numbers_say(name):
    """Batch norm's closed form reads ∂L/∂γ, which is beside the way, and that of the factorisation
    machine skips a sum on the way: tangents go by the way. A maximum that is only a shift has none.
    """
    assert tangents(load(name)) == []


@pytest.mark.slow
def test_a_sum_within_a_sum_takes_no_index_from_its_factor():
    """Cumulative averages with weights: what exp(k[s]) multiplies sums over s again below."""
    network = layer("o[t,d] = Sum[s≤t](exp(k[s])*v[s,d])/Sum[s≤t](exp(k[s]))")
    assert tangents(network, seeds=(0,)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "typed",
    [
        "y[i] = Sum[j](w[j]*exp(-(x[i]-c[j])**2))",
        "L = Sum[n](log(1+exp(-t[n]*(Sum[d](w[d]*x[n,d])+b))))",
        "L = Sum[i](100*(x[i+1]-x[i]^2)^2 + (1-x[i])^2)",
    ],
)
def test_second_derivatives_are_what_differences_say(typed):
    """The first one's diagonal was simplified to and fro, without an end."""
    assert hessian_faults(layer(typed)) == []


def test_a_matrix_with_one_vector_along_rows_and_columns_is_not_said_in_words():
    """x[n] + x[n′] would be x + x."""
    (entries,) = hessian(layer("u = Mean[n](x[n]); L = Sum[n]((x[n]-u)^2*x[n])"))
    assert "x[n] − 2·x[n′]" in text(entries.expr) and entries.words == ""


#: Of each, the tensors, an entry, and a matrix.
HESSIANS = {
    "softmax_cross_entropy": (
        ["z"],
        "[n = n′]·p[n, c]·([c = c′] − p[n, c′])",
        "diag(p[n]) − p[n] · p[n]ᵀ, for every n; 0 between different n",
    ),
    "half_squared": (["yhat"], "[n = n′, m = m′]", "I"),
    "dense": (["x", "W"], "[d = d′]·∂L/∂y[n, m]", "∂L/∂y, for every d; 0 between different d"),
    "E = ½‖X w - y‖²": (
        ["w"],
        "Σ_n X[n, m]·X[n, m′]",
        "Xᵀ · X  (outer products, summed over the batch n)",
    ),
    "E = ½‖y − W x‖² + λ‖w‖²": (["w"], "2·[k = k′]·λ", "(2·λ)·I"),
    "L = xᵀ A x": (["x"], "A[n, n′] + A[n′, n]", "A + Aᵀ"),
    "E = ½‖y − X w‖² + λ/2‖w‖²": (["w"], "Σ_n X[n, m]·X[n, m′] + [m = m′]·λ", "Xᵀ · X + λ·I"),
    "lms": (["x", "w"], "w[d]·w[d′]", "w · xᵀ + ∂E/∂ŷ·I"),
    "quadratic_form": (["x"], "A[i′, i]", "A"),
}


@pytest.mark.parametrize("name", HESSIANS)
def test_hessians_end_where_textbooks_do(name):
    wrt, expected, matrix = HESSIANS[name]
    found = hessian(layer(name) if "=" in name else load(name), wrt)
    assert expected in [text(e.expr) for e in found]
    assert matrix in [e.words for e in found]


#: ∂of/∂wrt as an entry and as a matrix.
JACOBIANS = {
    ("dense", "y", "x"): ("[n = n′]·W[d, m]", "Wᵀ, for every n; 0 between different n"),
    ("dense", "y", "b"): ("[m = m′]", "I, for every n"),
    ("activation", "h", "z"): (
        "[n = n′, m = m′]·[z[n, m] > 0]",
        "diag([z[n] > 0]), for every n; 0 between different n",
    ),
    ("conv1d", "y", "x"): (
        "[D | p + P − S·i, p + P ≥ S·i, S·i + D·(K − 1) ≥ p + P, n = n′]·w[f, c, (p + P − S·i)/D]",
        "",
    ),
}


@pytest.mark.parametrize("asked", JACOBIANS, ids=" ".join)
def test_jacobians_are_matrices_where_they_are_known(asked):
    name, of, wrt = asked
    found = jacobian(load(name), of, wrt)
    assert (text(found.expr), found.words) == JACOBIANS[asked]


def test_a_matrix_that_is_wrong_is_not_said():
    """A phrase is held against the entries at random values: here it is of other entries."""
    (entries,) = hessian(load("lms"), ["w"])
    search = entries.matrix_forms.search
    assert entries.words == "x · xᵀ"
    found = entries.saying
    twice = Equation("entries", found.indices, 2 * entries.expr, entries.rows + entries.columns)
    assert search.true(found, replace(twice, rhs=entries.expr), 0)
    assert not search.true(found, twice, 0)


def test_jacobians_end_where_textbooks_do():
    found = jacobian(load("softmax"), "p", "z")
    assert equation_text(found.lhs, found.expr) == (
        "∂p[n′, c′]/∂z[n, c] = [n = n′]·p[n, c]·([c = c′] − p[n, c′])"
    )
    assert found.words == "diag(p[n]) − p[n] · p[n]ᵀ, for every n; 0 between different n"
    assert all(step.verified for step in found.all_steps) and len(found.all_steps) > 10
    (alone,) = hessian(load("softmax_cross_entropy", batch=False))
    assert alone.words == "diag(p) − p · pᵀ"


def test_a_hessian_times_a_vector_is_what_its_entries_say():
    """Σ_a H[a, u]·v[a] is ∂S/∂u, both from derivations of their own."""
    network = load("softmax_cross_entropy")
    (entries,) = hessian(network)
    product = derive(hessian_vector_network(network))
    verifier = Verifier(product.network, {})
    verifier.learn([g.equation() for g in product.gradients.values()])
    rows, found = entries.rows, product.gradients["z"]
    along = Sum(entries.expr * read("v_z", *(i for i, _ in rows)), rows)
    assert "3 settings" in verifier.same(found.expr, along, entries.columns)
    with pytest.raises(Unverified):
        verifier.same(found.expr, 2 * along, entries.columns)


@pytest.mark.slow
def test_tangents_go_forwards_through_time():
    network, derivation = tangent_network(load("rnn_cell"))
    written = {e.name: equation_text(e.lhs, e.rhs) for e in network.equations}
    assert written["v_s"].startswith("v_s[n, m] = ") and "h₀[n, k]·v_W_hh[m, k]" in written["v_s"]
    assert network.tensors["v_x"].role == "input" and derivation.verified
    in_time, _ = tangent_network(layer(IN_TIME))
    assert "v_h" in in_time.equation_of("v_h")[0].read_names()


IN_TIME = "h[t,n] = tanh(w[n]*h[t-1,n]) + x[t,n]"
REFUSED = {
    "adam": ("has no gradients to derive again", "an update uses gradients"),
    IN_TIME: ("the entries have no closed form", "--hvp and --jvp"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_entries_is_refused(name):
    fact, remedy = REFUSED[name]
    with pytest.raises(DeltaruleError) as error:
        hessian(layer(name) if "=" in name else load(name))
    assert fact in error.value.fact and remedy in (error.value.remedy or "")


def test_pairs_without_a_derivative_are_refused():
    with pytest.raises(DeltaruleError, match="has no gradient by v"):
        hessian(load("dense"), ["v"])
    with pytest.raises(DeltaruleError, match="does not depend on v: every entry is 0"):
        jacobian(layer("s[n] = 2*x[n]; y[n] = 3*v[n]*s[n]"), "s", "v")


def test_sums_side_by_side_are_added_up():
    """Their product made every Hessian of a recurrent cell a matter of compiled kernels."""
    network = hessian_vector_network(load("gru_cell"))
    sizes = sizes_at(network, setting(network, 0, {}))
    assert points_added(network, sizes) < 100 < 10**5 < most_points(network, sizes)
    dense = load("dense")
    sizes = sizes_at(dense, setting(dense, 0, {}))
    assert points_added(dense, sizes) == most_points(dense, sizes)
