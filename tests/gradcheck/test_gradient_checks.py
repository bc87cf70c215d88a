"""Numerical checks find what is right right, and every planted error."""

from dataclasses import replace

import numpy as np
import pytest
from once import derived, loaded

from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.settings import setting, sizes_at
from deltarule.arithmetic.small_sizes import free_sizes
from deltarule.expressions.symbols import Attribute
from deltarule.gradcheck.at_kinks import _at_edges, at_edges
from deltarule.gradcheck.check import by_differences, check_gradients
from deltarule.gradcheck.probed import BITS, Probed, differentiable
from deltarule.gradcheck.result import worst_of
from deltarule.gradcheck.subgradients import EdgyProbe
from deltarule.language.catalogue import catalogue

EDGY = ["max_pool2d", "activation", "maxout", "irnn", "smooth_l1", "roi_pool", "prelu"]


@pytest.mark.parametrize("name", ["dense", "conv2d", "rnn", "batch_norm", "embedding", *EDGY])
def test_derived_gradients_are_right(name):
    checks = check_gradients(derived(name), rounds=2)
    assert checks and all(c.right for c in checks)
    assert any(c.edges for c in checks) == (name in EDGY)
    assert all(c.method.endswith("in balls of 128 bits") and c.error < 1e-30 for c in checks)
    assert all(c.measured for c in checks)  # of a gradient that is 0 nothing would be shown


@pytest.mark.parametrize(
    ("name", "tensor"), [("dense", "W"), ("conv2d", "x"), ("rnn", "W_hh"), ("max_pool2d", "x")]
)
def test_a_planted_error_is_found_where_it_is(name, tensor):
    derivation = derived(name)
    gradient = derivation.gradients[tensor]
    wrong = replace(gradient, expr=gradient.expr * 2)
    planted = replace(derivation, gradients={**derivation.gradients, tensor: wrong})
    told = {c.tensor: c for c in worst_of(check_gradients(planted, rounds=1))}
    assert [n for n, c in told.items() if not c.right] == [tensor]
    assert told[tensor].worst and np.isclose(told[tensor].derived, 2 * told[tensor].measured)


def test_of_a_large_tensor_any_entry_is_found_along_directions(monkeypatch):
    monkeypatch.setattr("deltarule.gradcheck.check.MOST_WORK", 20)
    monkeypatch.setattr("deltarule.gradcheck.check.SOME_ENTRIES", 1)
    derivation = derived("flatten")
    right = check_gradients(derivation, rounds=1)[0]
    assert right.right and "1 of 120 entries" in right.note
    gradient = derivation.gradients["x"]
    wrong = replace(gradient, expr=gradient.expr * 2)
    planted = replace(derivation, gradients={"x": wrong})
    assert not check_gradients(planted, rounds=1)[0].right


@pytest.mark.parametrize("ties", ["first", "split"])
def test_ties_pass_on_as_much_as_there_is(ties):
    checks = list(at_edges(derived("max_pool2d", ties=ties), 0, {}))
    assert checks and all(c.right and c.edges for c in checks)


def test_the_whole_gradient_to_every_tied_maximum_is_no_subgradient():
    derivation = derived("max_pool2d", ties="all")
    assert not list(at_edges(derivation, 0, setting(derivation.network)))
    probe = EdgyProbe(derivation.network, Ball(BITS), 0, **setting(derivation.network))
    check = _at_edges(Probed(derivation, probe), next(differentiable(derivation)))
    assert not check.right and "more or less than there is" in check.note


def test_where_balls_cannot_decide_differences_are_taken():
    derivation = derived("dense", activation="relu", bias=False)
    probed = Probed(derivation, Probe(derivation.network, Float64(), 0))
    for tensor in differentiable(derivation):
        check = by_differences(probed, tensor)
        assert check.right and check.method == "central differences"
        assert check.tolerance < 1e-6


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_settings_hide_nothing_that_can_be_helped(name):
    network = loaded(name)
    rounds = [setting(network, number) for number in range(3)]
    sizes = [sizes_at(network, named) for named in rounds]
    plain = {s.name for s in free_sizes(network) if not isinstance(s, Attribute)}
    assert all(named[n] >= 2 for named in rounds for n in plain)
    for edge in {s.name for s in free_sizes(network) if s.name == "P"}:
        assert min(r[edge] for r in rounds) == 0 < max(r[edge] for r in rounds)
    if "S" in rounds[0] and "K" in rounds[0] and name != "stochastic_pool":
        assert any(r["S"] < r["K"] for r in rounds) and {r["S"] for r in rounds} == {1, 2, 3}
    for defined in network.definitions:
        assert all(found[defined] >= 1 for found in sizes)
