"""Large formulas are compared at some of their entries, which still tells a wrong one."""

import pytest
from once import derived

from deltarule.arithmetic.evaluate import Values
from deltarule.calculus.sampling import FAST, SLOW, entries
from deltarule.calculus.verify import Unverified, Verifier
from deltarule.expressions.nodes import Sum, read
from deltarule.expressions.symbols import Index, Size

K, M, i, j = Size("K"), Size("M"), Index("i"), Index("j")
TOTAL = Sum(read("x", i) * read("y", j), ((j, M),))


def sized(k, m):
    return Values({}, {K: k, M: m}, {}, {})


def test_small_formulas_are_compared_everywhere():
    assert entries([TOTAL], [(i, K)], sized(1000, 1000)) is None
    assert entries([TOTAL], [(i, K)], sized(FAST.least, 10**9)) is None


def test_fewer_of_slow_numbers():
    assert len(entries([TOTAL], [(i, K)], sized(10**5, 10**5), SLOW) or []) == SLOW.least


def test_large_ones_at_both_corners_and_between():
    chosen = entries([TOTAL], [(i, K)], sized(10**5, 10**5)) or []
    assert len(chosen) == 10
    assert {i: 0} in chosen
    assert {i: 10**5 - 1} in chosen
    assert len({at[i] for at in chosen}) == 10


@pytest.fixture(scope="module")
def large():
    """Before its deltas go, an entry of the gradient of W sums over 60 · 300 · 8 points."""
    return derived("dense", N=60, D=300, M=8)


@pytest.mark.slow
def test_a_derivation_tells_how_many_entries_were_tried(large):
    assert large.gradients["W"].steps[0].verified == (
        "dual numbers, exact modulo 2³¹−1 at 1 setting, 8 of 2400 entries"
    )


@pytest.mark.slow
def test_a_wrong_step_is_caught_at_the_entries_tried(large):
    verifier = Verifier(large.network, {"dL/dy": large.network.tensors["y"]})
    gradient = large.gradients["W"]
    ranges = list(zip(gradient.indices, gradient.tensor.axes, strict=True))
    chained = gradient.steps[1].after
    assert verifier.same(chained, gradient.expr, ranges).endswith("8 of 2400 entries")
    with pytest.raises(Unverified, match="could not be verified"):
        verifier.same(chained, 2 * gradient.expr, ranges)
    readers = [e for e in large.network.equations if "W" in e.read_names()]
    with pytest.raises(Unverified, match="differs from dual numbers"):
        verifier.derivative(2 * chained, "W", ranges, readers, "L")
