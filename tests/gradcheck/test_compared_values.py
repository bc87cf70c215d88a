"""Checks draw the constants that formulas compare values with, so that both sides are seen."""

from dataclasses import replace

import pytest

from deltarule import layer
from deltarule.calculus import derive
from deltarule.gradcheck.check import check_gradients
from deltarule.gradcheck.compared_values import constants_of

SQUARES = "(R[n,d] - Sum[k](U[n,k]*V[d,k]))**2"
MASKED = f"L = Sum[n,d](where(R[n,d] != 0, {SQUARES}, 0))"
MEAN = "L = Sum[n](where(mask[n] == 1, x[n], 0))/Sum[n](where(mask[n] == 1, 1, 0))"


def test_constants_are_those_of_statements():
    assert constants_of(layer(MASKED)) == {"R": (0,)}
    assert constants_of(layer(MEAN)) == {"mask": (1,)}
    assert constants_of(layer("L = Sum[n](where(x[n] > 1, x[n], 0))")) == {}


@pytest.mark.parametrize("formula", [MASKED, MEAN])
def test_what_holds_at_constants_is_right_there(formula):
    checks = check_gradients(derive(layer(formula)), edges=False)
    assert all(c.right and "balls" in c.method for c in checks)
    assert any(c.measured for c in checks)


@pytest.mark.parametrize("tensor", ["U", "V", "R"])
def test_a_gradient_that_lost_its_statement_is_caught(tensor):
    derivation = derive(layer(MASKED))
    lost = derive(layer(f"L = Sum[n,d]({SQUARES})")).gradients[tensor]
    gradients = {
        **derivation.gradients,
        tensor: replace(derivation.gradients[tensor], expr=lost.expr),
    }
    planted = replace(derivation, gradients=gradients)
    wrong = {c.tensor for c in check_gradients(planted, rounds=1, edges=False) if not c.right}
    assert wrong == {tensor}
