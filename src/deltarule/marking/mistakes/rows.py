"""The generators of mistakes, simple ones first. A new kind of mistake is one more row."""

from __future__ import annotations

from deltarule.marking.mistakes.factors import (
    constant,
    factor_lost,
    factor_twice,
    power,
    sign,
    summand_lost,
)
from deltarule.marking.mistakes.gates import scalar_gate
from deltarule.marking.mistakes.slopes import activation, slope
from deltarule.marking.mistakes.sums import all_of_a_tie, reduction
from deltarule.marking.mistakes.tensors import stand_in, transposed
from deltarule.marking.mistakes.times import cut, reversed_order, wrong_time

ROWS = (
    slope, cut, wrong_time, stand_in, factor_lost, sign, transposed, summand_lost, reduction,
    constant, power, factor_twice, activation, reversed_order, scalar_gate, all_of_a_tie,
)

#: The rows whose mistakes numbers hide most often: one time alone, zero states, symmetric weights.
OFTEN_HIDDEN = (slope, cut, wrong_time, transposed)
