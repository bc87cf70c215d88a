"""Second derivatives read gradients: each of them has its line on the page (3 s).

All of the catalogue with DELTARULE_FULL=1.
"""

import os

import pytest
from defined_names import undefined_in_entries, undefined_in_products, undefined_in_tangents

from deltarule.calculus import derive
from deltarule.calculus.gradient_network import barred, hessian_vector_network
from deltarule.calculus.jacobians import hessian
from deltarule.calculus.tangents import tangent_network
from deltarule.errors import DeltaruleError
from deltarule.language.catalogue import catalogue
from deltarule.language.load import load
from deltarule.pages.second_order_html import entries_html
from deltarule.reports.read_gradients import called_in_steps, with_read
from deltarule.reports.second_order_texts import entries_latex, entries_markdown
from deltarule.reports.second_order_values import entries_values
from deltarule.reports.selection import chosen
from deltarule.reports.things import ShownEntries
from deltarule.spelling.names import pretty
from deltarule.typed import layer

LOGISTIC = "L = Sum[n](log(1+exp(-t[n]*(Sum[d](w[d]*x[n,d])+b))))"
NETWORK = "s[m] = Sum[d](W1[m,d]*x[d]); y = Sum[m](w2[m]*tanh(s[m])); L = (t - y)^2/2"
#: Layers and typed losses, with the tensors that are asked for.
ROWS = {
    "dense": (),
    "softmax_cross_entropy": (),
    "lms": (),
    "shifted_logsumexp": (),
    "max_pool1d": (),
    LOGISTIC: ("w",),
    NETWORK: ("W1",),
    "L = log(Sum[k](exp(z[k])))": (),
    "L = Sum[n](log(softmax(z)[n,t[n]]))": (),
    "y = (x - mean(x))/std(x)": (),
    "xbar = Mean[n](x[n]); L = Sum[n]((x[n]-xbar)^2*x[n])": (),
}
NAMES = {**ROWS, **dict.fromkeys(catalogue(), ())} if os.environ.get("DELTARULE_FULL") else ROWS


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "undefined", [undefined_in_entries, undefined_in_products, undefined_in_tangents]
)
def test_every_name_on_a_right_side_has_its_line(name, undefined):
    network = layer(name) if "=" in name else load(name)
    try:
        assert undefined(network, NAMES[name]) == set()
    except DeltaruleError as refused:
        assert name not in ROWS and ("no gradients" in refused.fact or "no closed" in refused.fact)


@pytest.mark.slow
def test_what_is_read_is_in_every_format():
    network = layer(LOGISTIC)
    shown = ShownEntries(network, hessian(network, ["w"]), steps=True)
    assert r"\frac{\partial L}{\partial s_{L}[n]} &= -t[n]" in entries_latex(shown)
    assert r"\frac{\partial L}{\partial s_{L}[n]} = -t[n]" in entries_markdown(shown)
    assert "<h2>Backward</h2>" in entries_html(shown)
    (line,) = entries_values(shown)["gradients"]
    assert line["formula"] == "∂L/∂s_L[n] = −t[n]·σ(−s_L[n]·t[n])"
    words = "In the steps s̄_L is ∂L/∂s_L, w̄ is ∂L/∂w; E of ∂E/∂w̄ is any loss of w̄."
    assert called_in_steps(shown.entries[0]) == words
    for page in (entries_latex(shown), entries_markdown(shown), entries_html(shown)):
        assert "In the steps" in page


def test_what_comes_from_outside_is_said_with_the_hessian_of_a_layer():
    network = load("dense")
    values = entries_values(ShownEntries(network, hessian(network, ["x", "W"])))
    assert values["upstream"] == ["dL/dy"] and values["gradients"] == []


def test_a_product_with_a_vector_shows_what_it_reads():
    product = hessian_vector_network(layer(LOGISTIC), ["w"])
    derivation = derive(product)
    shown = with_read(chosen(derivation, ["w"]), derivation)
    assert [g.tensor.name for g in shown] == ["wbar", "sbar_L", "s_L", "w"]


def test_gradients_have_bars_over_their_letters():
    names = {"x": "x̄", "W1": "W̄₁", "s_E": "s̄_E", "sigma_sq": "σ̄_sq", "Theta2": "Θ̄₂"}
    assert {name: pretty(barred(name)) for name in names} == names


def test_a_tensor_with_a_bar_is_no_gradient():
    """x̄ is a mean here, and ∂L/∂x has another name."""
    network, _ = tangent_network(layer("xbar = Mean[n](x[n]); L = Sum[n]((x[n]-xbar)^2*x[n])"))
    assert {e.name for e in network.equations} == {"xbar", "L", "v_xbar", "v_L"}
