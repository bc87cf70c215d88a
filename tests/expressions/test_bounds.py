"""The ranges that sums are printed and run with are those of their conditions (0.3 s)."""

import random
from collections.abc import Callable
from itertools import product

from sympy import Expr, Integer

from deltarule.expressions.bounds import bounded, tight
from deltarule.expressions.nodes import AtLeastZero, CeilingQuotient, FloorQuotient, Sum
from deltarule.expressions.symbols import Index
from deltarule.spelling.text import text

S, T, U = Index("s"), Index("t"), Index("u")
N = Integer(4)
#: What is said of two indices, and of an index and a free one.
STATEMENTS = [S - T, T - S, U - T, T - U, S - U, U - S, T - 1, 2 - T, S + T - 2, T - U - 1]


def test_two_ends_that_say_all_about_their_axis_both_stay():
    body = Sum(Integer(1), ((S, N), (T, N)), (AtLeastZero(T - S), AtLeastZero(T - U)))
    assert text(bounded(body, {U: N})) == "Σ_{s=0…3, t=max(s, u)…3} 1"


def test_ranges_hold_where_their_conditions_do():
    drawn = random.Random(7)
    for _ in range(100):
        conditions = [AtLeastZero(e) for e in drawn.sample(STATEMENTS, drawn.randint(1, 4))]
        total = bounded(Sum(U + 1, ((S, N), (T, N)), conditions), {U: N})
        spans, rest = tight(total.ranges, total.conditions)
        ends = [_at(span.index - low) for span in spans for low in span.lower]
        ends += [_at(high - span.index) for span in spans for high in span.upper]
        ends += [_at(c.args[0]) for c in rest]
        wanted = [_at(c.args[0]) for c in conditions]
        for place in product(range(4), repeat=3):
            holds = all(value(*place) >= 0 for value in wanted)
            assert holds == all(value(*place) >= 0 for value in ends), (text(total), place)


def _at(end: Expr) -> Callable[[int, int, int], int]:
    """What is affine in s, t and u as a function of them; its quotients are by 1 here."""
    whole = end.replace(
        lambda node: isinstance(node, CeilingQuotient | FloorQuotient) and node.args[1] == 1,
        lambda node: node.args[0],
    )
    terms = whole.expand().as_coefficients_dict()
    parts = [int(terms.get(x, 0)) for x in (S, T, U, Integer(1))]
    return lambda s, t, u: parts[0] * s + parts[1] * t + parts[2] * u + parts[3]
