"""Rules where a sum inside of a sum has an index of the same name: none is taken for the other.

What holds under a condition about i says nothing of a sum over another i that stands below it.
"""

from random import Random

import numpy as np
import pytest
from sympy import Expr, Integer

from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.calculus.record import passes
from deltarule.calculus.rules.rule import EMPTY, Given
from deltarule.calculus.rules.table import SIMPLIFICATIONS
from deltarule.expressions.conditions import AtLeastZero, Equal, Positive
from deltarule.expressions.functions import exp, relu
from deltarule.expressions.index_facts import IndexFacts
from deltarule.expressions.nodes import Choose, Sum, read
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor
from deltarule.spelling.text import text

N = Size("N")
I, J = Index("i"), Index("j")
FREE = ((I, N), (J, N))
X, W = Tensor("x", (N,), "input"), Tensor("w", (N, N), "input")


class Shadowed:
    """Random formulas in which every sum is over i or j, whatever is free around it."""

    def __init__(self, seed: int):
        self.random = Random(seed)

    def formula(self, levels: int) -> Expr:
        one, other = self.random.sample((I, J), 2)
        if levels == 0:
            return self.random.choice((read("x", one), read("w", one, other), relu(read("x", one))))
        make = self.random.choice(
            (self._sum, self._sum, self._case, self._product, self._quotient, self._masked)
        )
        return make(levels, one, other)

    def _sum(self, levels: int, one: Index, other: Index) -> Expr:
        ranges = self.random.choice(([(one, N)], [], [(one, N), (other, N)]))
        return Sum(self.formula(levels - 1), ranges, [self._condition(one, other)])

    def _case(self, levels: int, one: Index, other: Index) -> Expr:
        condition = self.random.choice((self._condition(one, other), Positive(read("x", one))))
        return Choose(condition, self.formula(levels - 1), self.random.choice((0, 1)) + Integer(0))

    def _product(self, levels: int, _one: Index, _other: Index) -> Expr:
        return self.formula(levels - 1) * self.formula(levels - 1) + read("x", I)

    def _quotient(self, levels: int, one: Index, other: Index) -> Expr:
        share = exp(read("x", one)) / Sum(exp(read("x", one)), [(one, N)])
        return share * self.formula(levels - 1)

    def _masked(self, levels: int, one: Index, other: Index) -> Expr:
        inner = read("w", one, other) * read("x", one) * self.formula(levels - 1)
        return Sum(Sum(inner, [(one, N)]), (), [AtLeastZero(one - other)])

    def _condition(self, one: Index, other: Index):
        return self.random.choice((Equal(one, other), AtLeastZero(one - other)))


_MASKED = Choose(AtLeastZero(I - J), read("w", I, J) * read("x", I), Integer(0))
#: What the forward pass knows by name, so that it is looked for: a softmax, positive parts, and
#: what is masked.
KNOWN = (
    Equation("p", (I,), exp(read("x", I)) / Sum(exp(read("x", J)), [(J, N)]), ((I, N),)),
    Equation("h", (I,), relu(read("x", I)), ((I, N),)),
    Equation("m", (I, J), _MASKED, FREE),
)
NETWORK = EMPTY.__class__("", "", "", {t.name: t for t in (X, W)}, KNOWN, {})


def values() -> Values:
    """x and w of either sign, and what is known of them."""
    drawn = np.random.default_rng(3)
    x, w = drawn.normal(size=3), drawn.normal(size=(3, 3))
    share = np.exp(x) / np.exp(x).sum()
    arrays = {"x": x, "w": w, "p": share, "h": np.maximum(x, 0), "m": np.tril(w) * x[:, None]}
    tensors = {n: Tensor(n, (N,) * a.ndim, "input") for n, a in arrays.items()}
    return Values(arrays, {N: 3}, {}, tensors)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(6))
def test_no_rule_takes_an_index_for_another_one_of_its_name(part):
    given, known, changed = Given(NETWORK, dict(FREE)), values(), 0
    for seed in range(30 * part, 30 * (part + 1)):
        formula = Shadowed(seed).formula(3)
        for rule, found in passes(formula, given, SIMPLIFICATIONS):
            before, after = (evaluate(e, FREE, known, Float64()) for e in (formula, found.after))
            np.testing.assert_allclose(
                after, before, 1e-9, 1e-9, err_msg=f"{rule.name}: {text(formula)}; {seed}"
            )
            formula, changed = found.after, changed + 1
    assert changed > 15


def test_what_is_known_of_an_index_says_nothing_of_another_one_of_its_name():
    outside = IndexFacts.of_ranges(FREE).under(AtLeastZero(I - J))
    assert outside.holds(AtLeastZero(I - J)) is True
    inside = outside.within([(I, N)])
    assert inside.holds(AtLeastZero(I - J)) is None
    assert inside.holds(AtLeastZero(N - 1 - J)) is True
