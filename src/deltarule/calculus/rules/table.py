"""All rules of the calculus by the part of a derivation that they belong to.

The rules that simplify are tried in their order until none applies; of the others, the engine
takes each where a derivation comes to it.
"""

from __future__ import annotations

from deltarule.calculus.rules.at_the_edge import AT_THE_EDGE
from deltarule.calculus.rules.chain_rule import CHAIN_RULE, NO_PATH, START
from deltarule.calculus.rules.common_factor import COMMON_FACTOR
from deltarule.calculus.rules.count_terms import COUNT
from deltarule.calculus.rules.cut_ranges import CLIP_THE_RANGE, EMPTY_SUM
from deltarule.calculus.rules.data_conditions import USE_THE_CONDITION
from deltarule.calculus.rules.delta_elimination import (
    DIVIDE_THE_DELTA,
    KEEP_THE_CONDITION,
    SIFT_THE_DELTA,
    SOLVE_THE_DELTA,
)
from deltarule.calculus.rules.fractions_of_exponentials import EXP_OF_A_LOG, SIGMOID, TANH
from deltarule.calculus.rules.index_digits import SPLIT_THE_INDEX, TURN_ROUND
from deltarule.calculus.rules.invert_log import INVERT_THE_LOG
from deltarule.calculus.rules.known_gradient import KNOWN_GRADIENT
from deltarule.calculus.rules.local_derivative import LOCAL_DERIVATIVE
from deltarule.calculus.rules.name_the_parts import NAME_THE_PARTS
from deltarule.calculus.rules.part_sums import PART_THE_SUMS
from deltarule.calculus.rules.positive_part import POSITIVE_PART
from deltarule.calculus.rules.pull_out import PULL_OUT
from deltarule.calculus.rules.put_cases import PUT_CASES
from deltarule.calculus.rules.read_off import READ_OFF
from deltarule.calculus.rules.rearrange import REARRANGE
from deltarule.calculus.rules.recognise import USE_THE_VALUE
from deltarule.calculus.rules.removable_kinks import BETWEEN_THE_SIDES, REMOVE_THE_KINK
from deltarule.calculus.rules.rename_indices import RENAME
from deltarule.calculus.rules.rule import Rule
from deltarule.calculus.rules.settle import AT_PLACES
from deltarule.calculus.rules.share_condition import SHARE_THE_CONDITION
from deltarule.calculus.rules.share_the_sum import SHARE_THE_SUM
from deltarule.calculus.rules.signs import PUT_SIGNS
from deltarule.calculus.rules.split_sum import SPLIT_THE_SUM
from deltarule.calculus.rules.sum_to_one import SUMS_TO_ONE
from deltarule.calculus.rules.symmetric import SYMMETRIC
from deltarule.calculus.rules.turned_differences import TURN_ALIKE
from deltarule.calculus.rules.within_a_case import WITHIN_A_CASE
from deltarule.calculus.rules.within_brackets import WITHIN_BRACKETS
from deltarule.calculus.rules.write_upstream import INSERT
from deltarule.calculus.rules.written_differences import AS_WRITTEN
from deltarule.calculus.rules.zero_sums import DEVIATIONS_SUM_TO_ZERO

#: Tried in this order, each on the result of the one before, until none applies.
SIMPLIFICATIONS: tuple[Rule, ...] = (
    EXP_OF_A_LOG,
    TANH,
    USE_THE_VALUE,
    SIGMOID,
    WITHIN_A_CASE,
    WITHIN_BRACKETS,
    TURN_ALIKE,
    POSITIVE_PART,
    USE_THE_CONDITION,
    COUNT,
    PULL_OUT,
    SUMS_TO_ONE,
    SYMMETRIC,
    DEVIATIONS_SUM_TO_ZERO,
    SPLIT_THE_SUM,
    SHARE_THE_CONDITION,
    SHARE_THE_SUM,
    PART_THE_SUMS,
    PUT_CASES,
    PUT_SIGNS,
    AS_WRITTEN,
    REARRANGE,
    INVERT_THE_LOG,
)

#: What a derivation does, in its order, and the rules that do it.
PARTS: dict[str, tuple[Rule, ...]] = {
    "The gradient is written down": (START, NO_PATH, CHAIN_RULE, LOCAL_DERIVATIVE),
    "Deltas are removed": (
        SIFT_THE_DELTA,
        SOLVE_THE_DELTA,
        DIVIDE_THE_DELTA,
        SPLIT_THE_INDEX,
        TURN_ROUND,
        KEEP_THE_CONDITION,
    ),
    "Ranges are cut": (EMPTY_SUM, CLIP_THE_RANGE),
    "The formula is made shorter": (*SIMPLIFICATIONS, RENAME, INSERT, KNOWN_GRADIENT),
    "Kinks that cancel are removed": (REMOVE_THE_KINK, BETWEEN_THE_SIDES),
    "The ends of a sequence are looked at": (AT_THE_EDGE,),
    "Places are told apart": (AT_PLACES,),
    "Long formulas are taken apart": (NAME_THE_PARTS,),
    "Entries of Jacobians and Hessians": (READ_OFF, COMMON_FACTOR),
}

RULES: dict[str, Rule] = {rule.name: rule for part in PARTS.values() for rule in part}
