"""Gradients that no float holds are compared all the same: of exp(exp(9·x)), near x = 1 (1 s)."""

from dataclasses import replace

import pytest

import deltarule
from deltarule.calculus import derive
from deltarule.gradcheck.check import check_gradients

NETWORK = deltarule.layer("y[n] = exp(exp(9*x[n]))")


def test_a_right_gradient_beyond_all_floats_is_right():
    checks = list(check_gradients(derive(NETWORK)))
    assert any(abs(c.measured) > 1e307 for c in checks)
    assert all(c.right and c.error < 1e-30 for c in checks)


def test_a_wrong_one_is_wrong():
    derivation = derive(NETWORK)
    own = derivation.gradients["x"]
    twice = replace(derivation, gradients={"x": replace(own, expr=2 * own.expr)})
    wrong = [c for c in check_gradients(twice) if abs(c.measured) > 1e307]
    assert wrong and not any(c.right for c in wrong)
    assert all(c.error == pytest.approx(1) for c in wrong)
