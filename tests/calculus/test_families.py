"""Families of gradients: said once for all layers, and only for those that they hold for."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from once import derived

from deltarule.calculus.families import Family, brief, families, families_of
from deltarule.networks.layer_numbers import general, number_of, special


@pytest.mark.slow
def test_the_recursion_of_a_deep_network():
    derivation = derived("mlp", layers=9)
    found = {f.equation.name: f for f in families(derivation)}
    delta = found["dE/ds@0"]
    assert delta.text() == "∂E/∂s_k[n, m] = ∂E/∂h_k[n, m]·h_k[n, m]·(1 − h_k[n, m])"
    assert delta.range() == "k = 1 … 8"
    assert delta.members == tuple(f"dE/ds{k}" for k in range(1, 9))
    assert delta.words == "∂E/∂h_k ⊙ σ′(s_k), with σ′(s_k) = h_k ⊙ (1 − h_k)"
    back = found["dE/dh@0"]
    assert back.text() == "∂E/∂h_k[n, d] = Σ_m ∂E/∂s_{k+1}[n, m]·Θ_{k+1}[d, m]"
    assert back.words == "∂E/∂s_{k+1} · Θ_{k+1}ᵀ"
    assert (back.first, back.last) == (1, 7)


@pytest.mark.slow
def test_brief_grows_with_nothing():
    """As many lines for 9 layers as for 5; every gradient is in one of them."""
    lengths = []
    for layers in (5, 9):
        derivation = derived("mlp", layers=layers)
        told = brief(derivation)
        names = [n for f in told for n in (f.members if isinstance(f, Family) else (f.name,))]
        assert sorted(names) == sorted(g.name for g in derivation.gradients.values())
        lengths.append(len(told))
    assert lengths[0] == lengths[1]


def test_forward():
    found = families_of(derived("scalar_chain", layers=5).network.equations)
    assert [(f.text(), f.range()) for f in found] == [
        ("h_k = σ(s_k)", "k = 1 … 4"),
        ("s_k = h_{k−1}·θ_k", "k = 2 … 5"),
    ]


@pytest.mark.slow
def test_a_member_that_differs_splits_the_family():
    equations = list(derived("mlp", layers=9).equations())
    place = next(k for k, e in enumerate(equations) if e.name == "dE/ds4")
    equations[place] = replace(equations[place], rhs=2 * equations[place].rhs)
    found = [f for f in families_of(equations) if f.equation.name == "dE/ds@0"]
    assert sorted((f.first, f.last) for f in found) == [(1, 3), (5, 8)]


@pytest.mark.slow
def test_the_letter_is_no_index():
    """A recurrent layer sums over k already."""
    derivation = derived("deep_rnn", layers=3)
    assert {f.letter for f in families(derivation)} == {"l"}


@pytest.mark.slow
def test_a_network_without_numbers_has_no_family():
    assert families(derived("lstm")) == ()


@pytest.mark.slow
@given(
    st.from_regex(r"(dE/d)?[A-Za-z]{1,5}(_[a-z]{1,2})?[0-9]{0,3}", fullmatch=True),
    st.integers(0, 60),
)
def test_names_come_back(name, k):
    assert special(general(name, k), k) == name
    number = number_of(name)
    assert number is None or name.endswith(str(number))
