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
def lenet():
    return derived("lenet5")


@pytest.mark.slow
def test_a_derivation_tells_how_many_entries_were_tried(lenet):
    told = lenet.gradients["w2"].steps[0].verified
    assert told == "dual numbers, exact modulo 2³¹−1 at 1 setting, 8 of 2400 entries"


@pytest.mark.slow
def test_a_wrong_step_is_caught_at_the_entries_tried(lenet):
    fc5 = lenet.network.tensors["fc5"]
    verifier = Verifier(lenet.network, {"dL/dfc5": fc5})
    verifier.learn([e for e in lenet.equations() if e.name != "dL/dx"])
    gradient = lenet.gradients["w2"]
    ranges = list(zip(gradient.indices, gradient.tensor.axes, strict=True))
    chained = gradient.steps[1].after
    assert verifier.same(chained, gradient.expr, ranges).endswith("8 of 2400 entries")
    with pytest.raises(Unverified, match="could not be verified"):
        verifier.same(chained, 2 * gradient.expr, ranges)
    readers = [e for e in lenet.network.equations if "w2" in e.read_names()]
    with pytest.raises(Unverified, match="differs from dual numbers"):
        verifier.derivative(2 * chained, "w2", ranges, readers, "L")
