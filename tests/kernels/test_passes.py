"""A fault in any compiler pass is found: in every one of them, one is planted.

That no pass has one shows in test_catalogue.py, over the whole catalogue.
"""

from dataclasses import replace

import pytest
from agreement import evaluated
from once import traced
from passes_agree import disagreements

from deltarule import layer
from deltarule.expressions.nodes import AtLeastZero, Choose, Sum
from deltarule.kernels.passes import (
    argmax_indices,
    arrays_of_maxima,
    collapse_axes,
    conditions_inside,
    gradients_of_norms,
    hoist_invariants,
    infer_bounds,
    outweighed_edges,
    partial_sums,
    pipeline,
    positions_of_data,
    products_apart,
    products_of_a_time,
    stable_softmax,
    sums_apart,
)


def column_major(number):
    """Entries of a window are numbered along the other axis than the kernel's loops do."""
    return lambda values, ranges: number(tuple(values)[::-1], tuple(ranges)[::-1])


def one_too_many(within):
    """The first place that is read inside is cut off too."""

    def cut(factor, *more):
        first = AtLeastZero(factor.indices[-1] - 1)
        return [*within(factor, *more), first]

    return cut


def sum_added(logarithm):
    """log p = (z − m) + log Σ, and not − log Σ."""

    def wrong(self, *more):
        found = logarithm(self, *more)
        return found and (found[0], -found[1])

    return wrong


def transposed(taken_apart):
    """A place is read as if the columns stood one behind the other."""

    def wrong(value, parts):
        found = taken_apart(value, parts)
        return dict(zip(found, reversed(found.values())))

    return wrong


def one_power_more(factors_hoisted):
    """The factor that is taken out is squared."""

    def wrong(equation, made):
        count = len(made.equations)
        found = factors_hoisted(equation, made)
        for k, one in enumerate(made.equations[count:], count):
            made.equations[k] = one.__class__(one.name, one.subscripts, one.rhs**2, one.ranges)
        return found

    return wrong


def counted_twice(below):
    """What is hoisted is added up twice."""

    def wrong(node, *more):
        found = below(node, *more)
        return Sum(2 * found.body, found.ranges, found.conditions)

    return wrong


def counted_twice_if_any(summed_first):
    """What is summed first is added up twice."""

    def wrong(*given):
        found = summed_first(*given)
        return found and Sum(2 * found.body, found.ranges, found.conditions)

    return wrong


def doubled(made):
    """What is guarded, or has a line of its own, is doubled."""
    return lambda *given: 2 * made(*given)


def zero_everywhere(guarded):
    """A gradient by a norm is 0 wherever there is one."""

    def wrong(equation, norms):
        found = guarded(equation, norms)
        return replace(found, rhs=found.rhs.replace(Choose, lambda *cases: cases[2]))

    return wrong


def without_the_edge(weighted):
    """A weight stands for its product with a logarithm."""
    return lambda self, weight, edges: weight


#: By pass: a derivation, or an equation, that it changes, and the function that is made wrong.
PLANTED = {
    "arrays_of_maxima": (
        "y_k = max_n Σ_d W_kd x_nd", arrays_of_maxima, "_of_an_array", doubled,
    ),
    "argmax_indices": ("max_pool2d", argmax_indices, "number", column_major),
    "gradients_of_norms": ("capsule_routing", gradients_of_norms, "_guarded", zero_everywhere),
    "numerically_stable": (
        "softmax_cross_entropy", stable_softmax.StableSums, "known_logarithm", sum_added,
    ),
    "outweighed_edges": (
        "binary_cross_entropy", outweighed_edges.ZeroWeights, "_weighted", without_the_edge,
    ),
    "partial_sums": ("additive_attention", partial_sums, "_summed_first", counted_twice_if_any),
    "positions_of_data": ("max_unpool2d", positions_of_data, "taken_apart", transposed),
    "conditions_inside": ("ctc", conditions_inside, "guarded", doubled),
    "infer_bounds": ("conv2d", infer_bounds, "within", one_too_many),
    "sums_apart": (
        "y_t = tanh(Σ_{s ≤ t} x_s)", sums_apart._Apart, "_array", doubled,
    ),
    "hoist_factors": ("batch_norm", hoist_invariants, "factors_hoisted", one_power_more),
    "hoist_invariants": ("batch_norm", hoist_invariants._Hoisted, "_below", counted_twice),
    "products_apart": (
        "y_nm = tanh(Σ_d x_nd w_dm)", products_apart._Apart, "_array", doubled,
    ),
    "products_of_a_time": ("gru", products_of_a_time._Apart, "_line", doubled),
    "collapse_axes": ("activation", collapse_axes, "_expanded", lambda _: lambda node: 2 * node),
}  # fmt: skip


def test_every_pass_has_a_fault_planted():
    assert list(PLANTED) == [*(p.__name__ for p in pipeline.PASSES), "collapse_axes"]


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found(name, monkeypatch):
    derivation, place, function, fault = PLANTED[name]
    monkeypatch.setattr(place, function, fault(getattr(place, function)))
    typed = layer(derivation) if "=" in derivation else derivation
    made, steps = traced.__wrapped__(typed)
    found = disagreements(made, steps, evaluated(made, 0))
    assert found and found[0].startswith(f"{name}: ")
