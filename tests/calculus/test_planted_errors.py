"""Errors planted in the engine and in its results: each must be caught, by name."""

from dataclasses import replace

import pytest
from once import derived
from sympy import Dummy, Integer
from whole_network import gap

from deltarule.calculus import derive, gradient_work
from deltarule.calculus.rules.pull_out import PULL_OUT
from deltarule.calculus.rules.rule import Rewrite
from deltarule.calculus.rules.table import SIMPLIFICATIONS
from deltarule.calculus.verify import Unverified, Verifier
from deltarule.expressions import elementwise, functions
from deltarule.expressions.nodes import Read, Sum, reads, tensor_name
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.symbols import Index
from deltarule.language.load import load


def wrong(derivation, name, change):
    """The derivation with one closed form changed."""
    gradient = derivation.gradients[name]
    changed = replace(gradient, expr=change(gradient.expr, gradient.indices))
    return replace(derivation, gradients={**derivation.gradients, name: changed})


def swapped(one, two):
    """One tensor read where another belongs."""

    def change(expr, _indices):
        return replace_reads(
            expr, lambda r: Read(type(r.base)(two), *r.indices) if tensor_name(r) == one else r
        )

    return change


def transposed(name):
    def change(expr, _indices):
        return replace_reads(
            expr, lambda r: r.func(r.base, *r.indices[::-1]) if tensor_name(r) == name else r
        )

    return change


def one_row_alone(expr, _indices):
    """A sum over the batch of which one term is left: mistake 7."""
    total = next(n for n in [expr, *expr.args] if isinstance(n, Sum))
    index = total.indices[0]
    return total.func(substitute(total.body, {index: Integer(0)}), total.ranges[1:])


def last_sum_lost(expr, _indices):
    total = next(n for n in expr.atoms(Sum))
    return expr.xreplace({total: Integer(0)})


MISTAKES = [
    ("half_squared", {}, "yhat", lambda e, _: -e),
    ("half_squared", {}, "yhat", lambda e, _: 2 * e),
    ("half_squared", {"mean": True}, "yhat", lambda e, _: e * 2),
    ("mlp", {}, "Theta2", one_row_alone),
    ("mlp", {}, "Theta1", one_row_alone),
    ("mlp", {"bias": True}, "b1", one_row_alone),
    ("mlp", {}, "s1", swapped("h1", "s1")),
    ("mlp", {}, "s2", swapped("yhat", "s2")),
    ("dense", {"activation": "tanh"}, "s", swapped("h", "s")),
    ("dense", {"activation": "relu"}, "s", swapped("s", "dL/dh")),
    ("softmax_cross_entropy", {}, "z", lambda e, _: -e),
    ("softmax", {}, "z", last_sum_lost),
    ("layer_norm", {}, "x", last_sum_lost),
    ("scalar_chain", {}, "theta1", swapped("x", "h1")),
    ("scalar_chain", {}, "h1", swapped("theta2", "h2")),
]


@pytest.mark.parametrize("case", range(len(MISTAKES)), ids=lambda k: str(MISTAKES[k][:3]))
def test_a_wrong_gradient_shows_in_the_whole_network(case):
    name, options, tensor, change = MISTAKES[case]
    derivation = derived(name, **options)
    one, two = gap(derivation, 1)
    assert one.overlaps(two)
    one, two = gap(wrong(derivation, tensor, change), 1)
    assert not one.overlaps(two)


@pytest.mark.parametrize("case", range(len(MISTAKES)), ids=lambda k: str(MISTAKES[k][:3]))
def test_a_wrong_step_is_refused(case):
    """The same changes, offered to the verifier as one more rewrite of the closed form."""
    name, options, tensor, change = MISTAKES[case]
    derivation = derived(name, **options)
    network, gradient = derivation.network, derivation.gradients[tensor]
    upstream = {f"d{derivation.of}/d{n}": network.tensors[n] for n in derivation.upstream}
    verifier = Verifier(network, upstream)
    verifier.learn(list(derivation.equations()))
    ranges = tuple(zip(gradient.indices, gradient.tensor.axes, strict=True))
    assert verifier.same(gradient.expr, gradient.expr + 0, ranges)
    with pytest.raises(Unverified):
        verifier.same(gradient.expr, change(gradient.expr, gradient.indices), ranges)


@pytest.mark.usefixtures("planted_in_partials")
def test_a_wrong_derivative_of_a_function(monkeypatch):
    """(1 − tanh)² for tanh′, as loopy has it."""
    z = Dummy("z", real=True)
    monkeypatch.setitem(
        elementwise._derivatives,
        (functions.tanh, 1),
        lambda value: ((1 - functions.tanh(z)) ** 2).xreplace({z: value}),
    )
    with pytest.raises(Unverified):
        derive(load("dense", activation="tanh"))


def test_a_delta_sifted_with_the_wrong_index(monkeypatch):
    right = gradient_work.eliminate

    def off_by_one(term, free, *avoid):
        found = right(term, free, *avoid)
        if found is None:
            return None
        body = replace_reads(found.term.body, _moved)
        return replace(found, term=replace(found.term, body=body))

    monkeypatch.setattr(gradient_work, "eliminate", off_by_one)
    with pytest.raises(Exception) as caught:
        derive(load("dense"))
    assert isinstance(caught.value, Unverified) or "outside its shape" in str(caught.value)


def _moved(access):
    first = access.indices[0] if access.indices else None
    if tensor_name(access) != "x" or not isinstance(first, Index):
        return access
    return access.func(access.base, first - 1, *access.indices[1:])


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda e: e.func(substitute(e.body, {e.indices[0]: Integer(0)}), e.ranges[1:]),
        lambda e: 2 * e,
        lambda e: e.func(e.body**2, e.ranges, e.conditions),
    ],
    ids=["a sum lost", "a factor", "a square"],
)
def test_a_wrong_simplification(rewrite):
    def pull_out(expression, given):
        total = next(iter(expression.atoms(Sum)), None)
        if total is None or applied:
            return None
        applied.append(total)
        return Rewrite(expression.xreplace({total: rewrite(total)}))

    applied = []
    rules = (replace(PULL_OUT, apply=pull_out), *SIMPLIFICATIONS)
    with pytest.raises(Unverified):
        derive(load("conv2d", stride=1, dilation=1, pad=0), rules=rules)


def test_a_gradient_that_is_read_wrong_is_caught_downstream(monkeypatch):
    """A planted sign in ∂E/∂ŷ makes the check of the whole network fail."""
    derivation = derive(load("mlp", layers=3))
    broken = wrong(derivation, "yhat", lambda e, _: -e)
    one, two = gap(broken, 2)
    assert not one.overlaps(two)
    assert reads(broken.gradients["yhat"].expr)
