"""The generators of mistakes, simple ones first. A new kind of mistake is one more row."""

from __future__ import annotations

from deltarule.marking.mistakes.activation_slopes import activation, slope
from deltarule.marking.mistakes.again import slope_again, slope_elsewhere, slopes_exchanged
from deltarule.marking.mistakes.array_layout import layout
from deltarule.marking.mistakes.gates import gates_exchanged, scalar_gate
from deltarule.marking.mistakes.misread import decimal_point, misread
from deltarule.marking.mistakes.overwritten import overwritten
from deltarule.marking.mistakes.paths import path
from deltarule.marking.mistakes.penalties import penalty
from deltarule.marking.mistakes.powers import power
from deltarule.marking.mistakes.proportional_errors import (
    bias_from_weights,
    in_proportion,
    means_lost,
)
from deltarule.marking.mistakes.softmax import softmax_lost
from deltarule.marking.mistakes.statistics import statistic
from deltarule.marking.mistakes.sums import (
    all_of_a_tie,
    other_than_largest,
    reduction,
    some_of_the_sum,
)
from deltarule.marking.mistakes.times import cut, reversed_order, wrong_time
from deltarule.marking.mistakes.windows import window
from deltarule.marking.mistakes.wrong_axis import another_axis
from deltarule.marking.mistakes.wrong_factors import (
    constant,
    factor_lost,
    factor_twice,
    sign,
    summand_lost,
)
from deltarule.marking.mistakes.wrong_functions import applied_early, exponent, logarithm
from deltarule.marking.mistakes.wrong_groups import groups_mixed_up
from deltarule.marking.mistakes.wrong_tensor import stand_in, transposed
from deltarule.marking.mistakes.wrong_updates import another_rate, stale, uncorrected

ROWS = (
    slope, cut, wrong_time, stand_in, factor_lost, sign, transposed, summand_lost, reduction,
    constant, power, factor_twice, activation, reversed_order, scalar_gate, all_of_a_tie,
    window, statistic, path, overwritten, slope_again, some_of_the_sum, another_axis,
    slope_elsewhere, slopes_exchanged, exponent, logarithm, applied_early, another_rate, stale,
    in_proportion, bias_from_weights, means_lost, other_than_largest,
    gates_exchanged, softmax_lost, penalty,
    uncorrected, groups_mixed_up,
)  # fmt: skip

#: The rows that are tried last: numbers copied or read wrongly, many for every line.
TRIED_LAST = (decimal_point, layout, misread)

#: The rows whose mistakes numbers hide most often: one time alone, zero states, symmetric weights.
OFTEN_HIDDEN = (slope, cut, wrong_time, transposed)
