"""Checks draw the constants that formulas compare values with, so that both sides are seen."""

from dataclasses import replace

import pytest

from deltarule import layer
from deltarule.arithmetic.compared_constants import SHARED, constants_of
from deltarule.calculus import derive
from deltarule.gradcheck.check import check_gradients

SQUARES = "(R[n,d] - Sum[k](U[n,k]*V[d,k]))**2"
MASKED = f"L = Sum[n,d](where(R[n,d] != 0, {SQUARES}, 0))"
EQUAL = "L = Sum[n](where(a[n] == b[n], 3*x[n]**2, x[n]))"
MEAN = "L = Sum[n](where(mask[n] == 1, x[n], 0))/Sum[n](where(mask[n] == 1, 1, 0))"


def test_constants_are_those_of_statements():
    assert constants_of(layer(MASKED)) == {"R": (0,)}
    assert constants_of(layer(MEAN)) == {"mask": (1,)}
    assert constants_of(layer(EQUAL)) == {"a": (SHARED,), "b": (SHARED,)}
    assert constants_of(layer("L = Sum[n](where(x[n] > 1, x[n], 0))")) == {}


@pytest.mark.parametrize("formula", [MASKED, MEAN, EQUAL])
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


def test_a_gradient_that_is_wrong_where_two_tensors_are_equal_is_caught():
    """In rounds of its own, and at every size that has two entries."""
    derivation, other = derive(layer(EQUAL)), derive(layer("L = Sum[n](x[n] + 0*a[n]*b[n])"))
    lost = replace(derivation.gradients["x"], expr=other.gradients["x"].expr)
    planted = replace(derivation, gradients={**derivation.gradients, "x": lost})
    for seed in range(4):
        checks = check_gradients(planted, rounds=1, edges=False, seed=seed, sizes={"N": 2})
        assert {c.tensor for c in checks if not c.right} == {"x"}
