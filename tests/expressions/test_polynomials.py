"""Polynomials as tables of coefficients, and what is certain of them, against SymPy's expansion."""

from __future__ import annotations

import itertools
import random

import pytest
from sympy import Add, Expr, Integer, Mul

from deltarule.expressions import affine
from deltarule.expressions.nodes import FloorQuotient
from deltarule.expressions.polynomials import polynomial
from deltarule.expressions.symbols import Attribute, Index, Scalar, Size

N, K = Size("N"), Size("K")
S, P = Attribute("S"), Attribute("P", positive=False)
i, k = Index("i"), Index("k")
#: A name that is a size's and an index's: two symbols.
CALLED_N = Index("N")


def _typed(chance: random.Random, depth: int = 3) -> Expr:
    """A sum of products of sums, as windows have them: some with squares."""
    if depth == 0 or chance.random() < 0.2:
        return chance.choice([N, K, S, P, i, k, CALLED_N, Integer(chance.randint(-3, 3))])
    parts = [_typed(chance, depth - 1) for _ in range(chance.randint(2, 3))]
    if chance.random() < 0.15:
        return parts[0] ** chance.randint(2, 3)
    return Add(*parts) if chance.random() < 0.6 else Mul(*parts)


@pytest.mark.parametrize("seed", range(60))
def test_a_table_is_the_expansion(seed):
    expression = _typed(random.Random(seed))
    table = polynomial(expression)
    assert table is not None and all(table.values())
    terms = [c * Mul(*(s**e for s, e in powers)) for powers, c in table.items()]
    assert Add(*terms) == expression.expand()


@pytest.mark.parametrize("other", [N / 2, 1 / N, N**K, FloorQuotient(N, S), Integer(1) / 2])
def test_what_is_no_whole_polynomial_has_no_table(other):
    assert polynomial(other + N * i) is None


@pytest.mark.parametrize("seed", range(60))
def test_certain_by_tables_as_by_expansions(seed, monkeypatch):
    chance = random.Random(seed)
    cases = [_typed(chance, 2) - _typed(chance, 1) for _ in range(8)]
    ranges = {i: N - S + 1, k: K, CALLED_N: N}
    found = [affine.never_negative(c, ranges) for c in cases]
    monkeypatch.setattr(affine, "_by_coefficients", lambda *_: None)
    assert found == [affine.never_negative(c, ranges) for c in cases]


def test_what_is_certain_is_so_for_small_values():
    chance = random.Random(1)
    ranges = {i: N, k: K}
    cases = [c for _ in range(300) if affine.never_negative(c := _typed(chance, 2), ranges)]
    assert len(cases) > 30
    for n, kk, s, p in itertools.product((1, 2, 3), (1, 2), (1, 2), (0, 1)):
        for a, b in itertools.product(range(n), range(kk)):
            at = {N: n, K: kk, S: s, P: p, i: a, k: b, CALLED_N: 0}
            assert all(c.xreplace(at) >= 0 for c in cases if CALLED_N not in c.free_symbols)


def test_a_tensors_value_is_no_size():
    assert not affine.never_negative(Scalar("z"))
