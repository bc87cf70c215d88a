"""Gradients may be worked on from any gradient that the chain rule passes through."""

import pytest
from simulated import KINDS, paper
from simulated_chain_rule import IN_STEPS

from deltarule.marking.verdicts import FOLLOWS


@pytest.mark.parametrize("kind", IN_STEPS)
@pytest.mark.parametrize("seed", range(3))
def test_gradients_from_printed_intermediate_ones_are_right(kind, seed):
    assert not paper(kind, seed).accused


@pytest.mark.parametrize(
    ("kind", "slip"), [(kind, slip.name) for kind in IN_STEPS for slip in KINDS[kind].slips]
)
def test_a_wrong_intermediate_gradient_is_charged_once(kind, slip):
    found = paper(kind, 3, slip)
    (line,) = (s.line for s in found.slips)
    assert found.charged == [line], found.accused
    last = list(KINDS[kind].lines)[-1]
    assert {v.verdict for v in found.verdicts if v.quantity == last} == {FOLLOWS}
