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
from deltarule.marking.mistakes.slopes import activation, slope
from deltarule.marking.mistakes.sums import reduction
from deltarule.marking.mistakes.tensors import stand_in, transposed
from deltarule.marking.mistakes.times import cut, wrong_time

ROWS = (
    slope, cut, wrong_time, stand_in, factor_lost, sign, transposed, summand_lost, reduction,
    constant, power, factor_twice, activation,
)
