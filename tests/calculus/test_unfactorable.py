"""Formulas that need no factoring: SymPy makes nothing else of them."""

from random import Random

import pytest
import sympy
from sympy import Add, Mul, Symbol, factor_terms

from deltarule.calculus.unfactorable import is_unfactorable
from deltarule.expressions.nodes import read
from deltarule.expressions.symbols import Index, Size

N, c = Size("N"), Index("c")
p, g, a = read("p", c), read("g", c), Symbol("a", real=True)


def product(random: Random, most: int) -> sympy.Expr:
    powers = (random.choice((N, p, g, a)) ** random.choice((1, 1, 2)) for _ in range(most))
    return Mul(random.choice((1, 1, 1, -1, 2, -2, 3)), *powers)


def drawn(random: Random) -> sympy.Expr:
    """A sum of products, a product with one in it, or a quotient."""
    total = Add(*(product(random, random.randint(0, 2)) for _ in range(random.randint(2, 3))))
    before = product(random, random.randint(0, 2))
    return random.choice((total, before * total, before / product(random, 2)))


def test_what_is_said_to_need_no_factoring_stays_as_it_is():
    random, sure = Random(3), 0
    for formula in (drawn(random) for _ in range(60)):
        if is_unfactorable(formula):
            sure += 1
            reduced = sympy.cancel(sympy.together(formula))
            others = [factor_terms(formula), factor_terms(formula.expand()), factor_terms(reduced)]
            assert set(others) == {formula}, (formula, others)
    assert sure > 20


SHORTER = (p * g + p, 2 * p - 4, -p - g, -a * (p - g), (p + g) * (p - g), (p + 1) ** 2)
OTHERS = (p * g**a + 1, (p + g) / N, N * (p + g) + p, p / 2 + g)


@pytest.mark.parametrize("formula", [*SHORTER, *OTHERS], ids=str)
def test_what_may_become_shorter_is_not(formula):
    assert not is_unfactorable(formula)


@pytest.mark.parametrize("formula", [p * (1 - p**2) * g, p * g - a, p**2 / N, a * (p - g)], ids=str)
def test_what_derivations_look_at_most_is(formula):
    assert is_unfactorable(formula)
