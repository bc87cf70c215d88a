"""Numerical checks find what is right right, and every planted error."""

from dataclasses import replace

import numpy as np
import pytest

from deltarule.calculus import derive
from deltarule.checking.gradient_checks import check_gradients, worst_of
from deltarule.checking.jacobian import check_jacobians
from deltarule.notation.files import load


@pytest.mark.parametrize("name", ["dense", "conv2d", "max_pool2d", "rnn", "batch_norm"])
def test_derived_gradients_are_right(name):
    checks = check_gradients(derive(load(name)), rounds=2)
    assert checks and all(c.right for c in checks)


@pytest.mark.parametrize(("name", "tensor"), [("dense", "W"), ("conv2d", "x"), ("rnn", "W_hh")])
def test_a_planted_error_is_found_where_it_is(name, tensor):
    derivation = derive(load(name))
    gradient = derivation.gradients[tensor]
    wrong = replace(gradient, expr=gradient.expr * 2)
    planted = replace(derivation, gradients={**derivation.gradients, tensor: wrong})
    told = {c.tensor: c for c in worst_of(check_gradients(planted, rounds=1))}
    assert [n for n, c in told.items() if not c.right] == [tensor]
    assert told[tensor].worst and np.isclose(told[tensor].derived, 2 * told[tensor].measured)


def test_relu_is_checked_from_both_sides_at_its_kink():
    derivation = derive(load("dense", activation="relu", bias=False))
    assert all(c.right for c in check_gradients(derivation, rounds=2))


def test_jacobians_of_any_size_by_compiled_kernels(tmp_path, monkeypatch):
    monkeypatch.setenv("DELTARULE_CACHE", str(tmp_path))
    random = np.random.default_rng(1)
    arrays = {"x": random.normal(size=(4, 5)), "W": random.normal(size=(5, 3)),
              "b": random.normal(size=3)}  # fmt: skip
    for activation, method in (("identity", "exact steps"), ("tanh", "complex step")):
        checks = check_jacobians("dense", arrays, activation=activation)
        assert all(c.right and c.error < 1e-13 for c in checks)
        assert {c.method for c in checks} == {method}
        assert {c.shape for c in checks} == {(12, 20), (12, 15), (12, 3)}
