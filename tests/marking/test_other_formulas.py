"""Gradients may be worked on from any gradient that the chain rule passes through."""

from itertools import chain

import pytest
from simulated import KINDS, paper
from simulated_chain_rule import IN_STEPS

from deltarule.marking.verdicts import FOLLOWS, MISTAKE


@pytest.mark.parametrize("kind", IN_STEPS)
@pytest.mark.parametrize("seed", range(2))
def test_gradients_from_printed_intermediate_ones_are_right(kind, seed):
    assert not paper(kind, seed).accused


def _slips(last: bool):
    """The slips in the last lines, or in those before."""
    of_each = ([(kind, s) for s in KINDS[kind].slips] for kind in IN_STEPS)
    found = [(kind, s) for kind, s in chain(*of_each) if (s.line == _last(kind)) == last]
    return [pytest.param(kind, s.name, id=f"{kind}: {s.name}") for kind, s in found]


def _last(kind: str) -> str:
    return list(KINDS[kind].lines)[-1]


@pytest.mark.parametrize(("kind", "slip"), _slips(last=False))
def test_a_wrong_intermediate_gradient_is_charged_once(kind, slip):
    found = paper(kind, 3, slip)
    (line,) = (s.line for s in found.slips)
    assert found.charged == [line], found.accused
    assert {v.verdict for v in found.verdicts if v.quantity == _last(kind)} == {FOLLOWS}


@pytest.mark.parametrize(("kind", "slip"), _slips(last=True))
@pytest.mark.slow
def test_a_mistake_in_the_last_step_is_named_by_the_steps_that_are_printed(kind, slip):
    found = paper(kind, 7, slip)
    (named,), (of,) = found.accused, found.slips
    assert (named.verdict, named.quantity) == (MISTAKE, of.line)
    assert named.mistakes[0] in of.kinds
    assert "∂L/∂γ" not in named.finding and "∂L/∂β" not in named.finding
