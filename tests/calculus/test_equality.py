"""Equality of index formulas: proved by normal form, verified by trial, or told apart."""

import itertools

import pytest
from once import derived
from random_proofs import wrongly_proved
from sympy import sqrt

from deltarule.calculus import normal_form as normal_forms
from deltarule.calculus.equality import equal
from deltarule.calculus.normal_form import normal_form
from deltarule.expressions.functions import exp, relu, sigmoid
from deltarule.expressions.nodes import AtLeastZero, Choose, Delta, Max, Positive, Sum, read
from deltarule.expressions.symbols import Index, Size
from deltarule.language.load import load

DENSE = load("dense")
N, D, M = Size("N"), Size("D"), Size("M")
n, d, e, m = (Index(name) for name in "ndem")
x, W = (lambda *at: read("x", *at)), (lambda *at: read("W", *at))
g = lambda *at: read("dL/dy", *at)  # noqa: E731


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Sum(x(n, d), [(d, D)]), Sum(x(n, e), [(e, D)])),
        (Sum(Sum(x(n, d) * W(d, m), [(d, D)]), [(m, M)]), Sum(x(n, d) * W(d, m), [(m, M), (d, D)])),
        (Sum(x(n, d) + 2 * x(n, d), [(d, D)]), 3 * Sum(x(n, d), [(d, D)])),
        (Sum(x(n, d), [(d, D)]) ** 2, Sum(x(n, d) * x(n, e), [(d, D), (e, D)])),
        (
            Sum(x(n, d), [(d, D)]) - x(n, 0),
            Sum(x(n, d), [(d, D)], [AtLeastZero(d - 1)])
            + Sum(x(n, d), [(d, D)], [AtLeastZero(-d)])
            - x(n, 0),
        ),
        (Sum(x(n, D - 1 - d), [(d, D)]), Sum(x(n, d), [(d, D)])),
        (Sum(x(n, d + 1), [(d, D - 1)]), Sum(x(n, d), [(d, D)], [AtLeastZero(d - 1)])),
        (exp(x(n, 0) - x(n, 1)) * exp(x(n, 1)), exp(x(n, 0))),
        (N * x(n, 0), Sum(x(n, 0), [(m, N)])),
    ],
)
def test_proved(a, b):
    assert equal(a, b, DENSE, [(n, N)]).kind in ("proved", "verified")
    assert not equal(a, b + x(n, 0), DENSE, [(n, N)]).equal


def test_renaming_reordering_and_shifting_are_proved():
    a = Sum(Sum(x(n, d) * W(d, m), [(d, D)]), [(m, M)])
    b = Sum(W(D - 1 - e, d) * x(n, D - 1 - e), [(d, M), (e, D)])
    assert equal(a, b, DENSE, [(n, N)]).kind == "proved"


def test_complementary_ranges_are_merged():
    k = Size("K")
    low = Sum(x(n, d), [(d, D)], [AtLeastZero(k - d)])
    high = Sum(x(n, d), [(d, D)], [AtLeastZero(d - k - 1)])
    assert equal(low + high, Sum(x(n, d), [(d, D)]), DENSE, [(n, N)]).kind == "proved"


def test_entries_at_equal_indices_are_one_whatever_index_is_put_in_first():
    i, j, k, m = (Index(name) for name in "ijkm")
    at_one = Delta(i, j) * read("p", j, j)
    written = [read("p", *at) for at in ((i, i), (i, j), (j, i))]
    summed = [
        Sum(Delta(*one) * Delta(*other) * read("p", k, k), ((k, Size("N")),))
        for one, other in itertools.product(((k, i), (i, k)), ((k, j), (j, k)))
    ]
    ranges = [(index, Size("N")) for index in (i, j, m)]
    assert not any(normal_form(Delta(i, j) * other - at_one, ranges) for other in written)
    assert not any(normal_form(other - at_one, ranges) for other in summed)
    chain = Delta(i, j) * Delta(j, m)
    assert not normal_form(chain * (read("p", m, i) - read("p", j, j)), ranges)
    assert normal_form(Delta(i, j) * (read("p", i, m) - read("p", m, i)), ranges)


def test_identities_of_functions_are_verified():
    s = sigmoid(x(n, 0))
    verdict = equal(s * (1 - s), exp(-x(n, 0)) / (1 + exp(-x(n, 0))) ** 2, DENSE, [(n, N)])
    assert verdict.equal
    other = equal(s * (1 - s), x(n, 0) * (1 - x(n, 0)), DENSE, [(n, N)])
    assert other.kind == "different"


def test_a_counterexample_can_be_read():
    verdict = equal(g(n, m), g(n, 0), DENSE, [(n, N), (m, M)])
    assert verdict.kind == "different"
    assert verdict.counterexample.entry[1] > 0
    assert verdict.counterexample.left != verdict.counterexample.right
    assert str(verdict).startswith("different: ")


def test_a_transposed_weight_is_told_apart_though_it_may_be_square():
    a = Sum(g(n, m) * W(d, m), [(m, M)])
    b = Sum(g(n, m) * W(m, d), [(m, M)])
    with pytest.raises(Exception, match="outside its shape"):
        equal(a, b, DENSE, [(n, N), (d, D)])


def test_a_maximum_is_compared_in_fractions():
    a = Max(x(n, d), [(d, D)])
    assert equal(2 * a, Max(2 * x(n, d), [(d, D)]), DENSE, [(n, N)]).kind == "verified"
    assert equal(-a, Max(-x(n, d), [(d, D)]), DENSE, [(n, N)]).kind == "different"


def test_a_name_free_and_bound():
    a = x(n, 0) * Sum(x(n, 0), [(n, N)])
    b = x(n, 0) * Sum(x(m, 0), [(m, N)])
    assert equal(a, b, DENSE, [(n, N)]).kind == "proved"
    assert equal(a, x(n, 0) * N * x(n, 0), DENSE, [(n, N)]).kind == "different"


@pytest.mark.parametrize("name", ["conv1d", "conv2d", "grouped_conv2d", "max_pool2d"])
def test_both_forms_of_a_gradient(name):
    found = derived(name)
    for gradient in found.gradients.values():
        ranges = tuple(zip(gradient.indices, gradient.tensor.axes, strict=True))
        for other in gradient.alternatives:
            assert equal(gradient.expr, other, found.network, ranges).equal
            assert equal(gradient.expr, 2 * other, found.network, ranges).kind == "different"


def test_roots_of_products_are_no_products_of_roots():
    """√(a·b) is √a·√b only where both are positive, which a tensor need not be."""
    i = Index("i")
    a, b = read("a", i), read("b", i)
    ranges = [(i, Size("N"))]
    assert normal_form(sqrt(a * b) - sqrt(a) * sqrt(b), ranges)
    assert not normal_form(sqrt(exp(a) * b) - sqrt(exp(a)) * sqrt(b), ranges)


def test_what_is_0_in_a_case_has_no_inverse_there():
    a, within = read("a", n), [(n, N)]
    assert normal_form(1 / relu(a) - Choose(Positive(a), 1 / a, 0), within)
    assert not normal_form(relu(a) ** 2 - Choose(Positive(a), a**2, 0), within)


#: Random formulas in which roots of negative products, or powers of them, are taken apart.
ROOTS = (253, 326, 454, 572)


@pytest.mark.slow
@pytest.mark.parametrize("seed", (*ROOTS, 1, 2, 3, 5, 8, 9))
def test_no_random_change_of_a_formula_is_proved(seed, monkeypatch):
    assert wrongly_proved(seed)[1] == []
    if seed in ROOTS:
        monkeypatch.setattr(normal_forms, "_positive", lambda product: True)
        assert wrongly_proved(seed)[1]
