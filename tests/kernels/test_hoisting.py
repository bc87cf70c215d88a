"""What is costly is computed once for each of its indices, and laid out as it is read."""

import pytest
from once import traced
from sympy import Add, Expr, Mul

from deltarule.expressions.functions import Elementwise
from deltarule.expressions.nodes import Reduction, free_indices, walk
from deltarule.kernels.passes.hoist_invariants import _costly
from deltarule.kernels.passes.program import program
from deltarule.typed.typed_layer import layer

NAMES = [
    "batch_norm",
    "softmax_cross_entropy",
    "layer_norm",
    "power_mean",
    "info_nce",
    "focal_loss",
]
TYPED = ["y_{b,n} = log(Σ_k exp(x_{b,k,n}))", "y_{b,n} = (Σ_k |x_{b,k,n}|^p)^{1/p}"]


@pytest.mark.parametrize("name", [*NAMES, *TYPED])
def test_nothing_costly_is_computed_anew_along_an_index_that_it_does_not_have(name):
    made = traced(name)[0] if name in NAMES else program(layer(name), {})
    looked_at = 0
    for equation in (*made.forward.equations, *made.backward.equations):
        around = {i for i, _ in equation.ranges}
        for part in _outside_of_sums(equation.rhs):
            own = free_indices(part)
            if around and _costly(part):
                looked_at += 1
                first = {i for i, _ in equation.ranges[: len(own)]}
                there = own == first and any(isinstance(n, Reduction) for n in walk(part))
                assert not own or own >= around or there, f"{equation.lhs}: {part}"
    assert looked_at


def _outside_of_sums(node: Expr):
    """The factors and summands of an expression, and those within its functions."""
    yield node
    if isinstance(node, Add | Mul | Elementwise):
        for part in node.args:
            yield from _outside_of_sums(part)


def test_a_sum_that_is_hoisted_has_its_axes_as_they_are_read():
    made = program(layer("y_{a,b,c} = Σ_{i,j,k} x_{i,j,k} w_{a,i} v_{b,j} u_{c,k}"), {})
    for steps in (made.forward, made.backward):
        for equation in steps.equations:
            for total in (n for n in walk(equation.rhs) if isinstance(n, Reduction)):
                for access in (n for n in walk(total.body) if hasattr(n, "indices")):
                    own = [i for i in access.indices if i in dict(equation.ranges)]
                    order = [i for i in equation.indices if i in own]
                    assert len(own) < 2 or own == order, f"{equation.lhs}: {equation.rhs}"


@pytest.mark.parametrize("name", ["binary_tree_lstm", "lstm", "soft_dtw", "bidirectional_rnn"])
def test_a_program_is_the_same_whatever_was_made_before(name):
    one, other = (program(name, {}) for _ in range(2))
    assert one.forward.equations == other.forward.equations
    assert one.backward.equations == other.backward.equations
