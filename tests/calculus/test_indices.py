"""The algebra of indices against brute force, with empty ranges, strides, dilations, paddings."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer

from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.exact import Rational
from deltarule.arithmetic.integers import Grid, integers_over, mask
from deltarule.calculus.rules.delta_elimination import SOLVE_THE_DELTA, eliminate
from deltarule.calculus.terms import Term
from deltarule.expressions.affine import affine, never_negative
from deltarule.expressions.bounds import tight
from deltarule.expressions.mixed_radix import position_of, taken_apart
from deltarule.expressions.nodes import AtLeastZero, Divides, Sum, free_indices, read
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Attribute, Index, Size

i, j, k, n, q = (Index(c) for c in "ijknq")
A, B, C = (Size(c) for c in "ABC")
S, D, P = Attribute("S"), Attribute("D"), Attribute("P", positive=False)
RANGES = {i: A, j: B, k: C}

small = st.integers(-3, 3)
coefficients = st.sampled_from([Integer(c) for c in (-2, -1, 1, 2)] + [S, D, -S, -D])
sizes = st.fixed_dictionaries(
    {
        A: st.integers(0, 4),
        B: st.integers(0, 4),
        C: st.integers(0, 4),
        S: st.integers(1, 3),
        D: st.integers(1, 3),
        P: st.integers(0, 2),
    }
)
offsets = st.builds(
    lambda a, b, c, d: a + b * P + c * A + d * B,
    small,
    st.integers(-1, 1),
    st.integers(-1, 1),
    st.integers(-1, 1),
)


@st.composite
def affine_expressions(draw, indices=(i, j, k)):
    chosen = draw(st.lists(st.sampled_from(indices), min_size=1, unique=True))
    return sum((draw(coefficients) * index for index in chosen), draw(offsets))


def number(expression, at, values):
    """The value of a whole-number expression where indices and sizes are known."""
    indices = tuple(at)
    grid = Grid(indices, (1,) * len(indices), tuple(at[x] for x in indices))
    return int(np.ravel(integers_over(expression, grid, values))[0])


def true(condition, at, values):
    indices = tuple(at)
    grid = Grid(indices, (1,) * len(indices), tuple(at[x] for x in indices))
    return bool(np.all(mask(condition, grid, values)))


def points(indices, sizes):
    """Every point of the ranges of some indices."""
    return (
        dict(zip(indices, at))
        for at in product(*(range(sizes[RANGES[index]]) for index in indices))
    )


@given(affine_expressions())
def test_affine_takes_apart_what_puts_together(expression):
    split = affine(expression, (i, j, k))
    assert split is not None
    parts, rest = split
    assert not free_indices(rest)
    assert (sum(c * index for index, c in parts.items()) + rest - expression).expand() == 0


def test_what_is_not_affine():
    assert affine(i * j, (i, j)) is None
    assert affine(i**2, (i,)) is None
    assert affine(read("x", i) + 1, (i,)) is None


@pytest.mark.slow
@given(st.tuples(*[st.integers(1, 4)] * 3))
def test_positions_that_leave_out_none_are_taken_apart_again(extents):
    values = Values({}, dict(zip((A, B, C), extents, strict=True)), {}, {})
    assert (parts := position_of((i * B + j) * C + k, RANGES)) is not None
    table = taken_apart(q, parts)
    for place, digits in enumerate(product(*map(range, extents))):
        assert [number(table[x], {q: place}, values) for x in (i, j, k)] == [*digits]
    for gaps in (i, i * (B + 1) + j, 2 * (i * B + j), i * B + j + 1, i * C + j):
        assert position_of(gaps, RANGES) is None


@pytest.mark.slow
@settings(max_examples=200)
@given(affine_expressions(), sizes)
def test_never_negative_is_never_wrong(expression, sizes):
    values = Values({}, sizes, {}, {})
    if never_negative(expression, RANGES):
        for at in points((i, j, k), sizes):
            assert number(expression, at, values) >= 0


@pytest.mark.slow
@settings(max_examples=200)
@given(st.lists(affine_expressions(), max_size=3), sizes)
def test_tight_ranges_hold_what_the_conditions_allow(statements, sizes):
    values = Values({}, sizes, {}, {})
    conditions = tuple(AtLeastZero(s) for s in statements)
    order = (i, j, k)
    wanted = [
        tuple(at.values())
        for at in points(order, sizes)
        if all(true(c, at, values) for c in conditions)
    ]
    spans, rest = tight(tuple((x, RANGES[x]) for x in order), conditions)
    assert looped(spans, rest, {}, values) == wanted


def looped(spans, rest, at, values):
    """The points that nested loops over spans go through, where the other conditions hold."""
    if not spans:
        return [tuple(at.values())] if all(true(c, at, values) for c in rest) else []
    low = max(number(e, at, values) for e in spans[0].lower)
    high = min(number(e, at, values) for e in spans[0].upper)
    return [
        point
        for x in range(low, high + 1)
        for point in looped(spans[1:], rest, {**at, spans[0].index: x}, values)
    ]


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(sizes, affine_expressions((n, k)), st.integers(0, 10**6))
def test_substitution_captures_nothing(sizes, into, seed):
    """f(n) = Σ_k x[n]·y[k]·[n + k ≥ A], with an expression in n and the free k put for n."""
    x = np.array(np.random.default_rng(seed).integers(-9, 9, 60), dtype=object)
    exact = Rational()
    arrays = {"x": exact.array(x), "y": exact.array(x[::-1])}
    values = Values(arrays, sizes, {}, {})
    f = Sum(read("x", n + 25) * read("y", k), [(k, C)], [AtLeastZero(n + k - A)])
    g = substitute(f, {n: into})
    found = evaluate(g, [(n, A), (k, B)], values, exact)
    for at_n, at_k in product(range(sizes[A]), range(sizes[B])):
        put = number(into, {n: at_n, k: at_k}, values)
        brute = sum(
            int(x[put + 25]) * int(x[::-1][at])
            for at in range(sizes[C])
            if put + at - sizes[A] >= 0
        )
        assert found[at_n, at_k] == brute


subscripts = st.sampled_from([
    S * i + D * j - P, S * i - D * j + P, i + j, i - j, i + j - P, 2 * i + j, 2 * i + 3 * j - 1,
    D * j - S * i, S * i, -i + 1, i, B * i + j,
])  # fmt: skip


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(subscripts, sizes, st.integers(1, 9), st.integers(0, 10**6))
def test_elimination_against_brute_force(subscript, sizes, extent, seed):
    """Σ_{i,j} g[i]·w[j]·δ(subscript, q) for every q, also outside of what is reached."""
    exact, draw = Rational(), np.random.default_rng(seed)
    g, w = draw.integers(-9, 9, sizes[A]), draw.integers(-9, 9, sizes[B])
    arrays = {"g": exact.array(g.astype(object)), "w": exact.array(w.astype(object))}
    values = Values(arrays, {**sizes, Size("Q"): extent}, {}, {})
    term = Term(read("g", i) * read("w", j), ((subscript, q),), ((i, A), (j, B)))
    free = {q: Size("Q")}
    while (found := eliminate(term, free)) is not None:
        term = found.term
    assert not term.deltas
    got = evaluate(term.expression(), [(q, Size("Q"))], values, exact)
    for at_q in range(extent):
        brute = sum(
            int(g[a]) * int(w[b])
            for a, b in product(range(sizes[A]), range(sizes[B]))
            if number(subscript, {i: a, j: b}, values) == at_q
        )
        assert got[at_q] == brute


def test_elimination_leaves_a_divisibility_condition():
    term = Term(read("g", i), ((2 * i, q),), ((i, A),))
    found = eliminate(term, {q: Size("Q")})
    assert found.rule is SOLVE_THE_DELTA
    assert Divides(Integer(2), q) in found.term.conditions
