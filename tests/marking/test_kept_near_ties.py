"""Lines near a tie come to the digits that exact values are rounded to, and to no others."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from deltarule.arithmetic.exact import Rounded
from deltarule.arithmetic.pocket import SurelyRounded, Unsure
from deltarule.marking.session import open_session
from deltarule.marking.sheet_files.sheets import load_sheet
from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.sure_values import SureValues


@cache
def _evaluator() -> Evaluator:
    """The evaluator of a sheet, on which everything that it publishes is written."""
    run = load_sheet("elman").runs[0]
    return open_session(run, 1, run.published, {}).evaluator


def _near_a_tie(evaluator: Evaluator, name: str, hypothesis: Hypothesis) -> bool:
    """Whether float64 alone cannot tell what is kept on the way to a line."""
    try:
        evaluator.work(hypothesis, SurelyRounded(hypothesis.rounding)).compute(name)
    except Unsure:
        return True
    return False


@pytest.mark.parametrize("rule", ["half-up", "half-even", "truncate"])
def test_what_is_kept_near_a_tie_is_what_exact_values_keep(rule):
    evaluator = _evaluator()
    sure, settled = SureValues(evaluator), 0
    printed = sorted(frozenset(evaluator.written) & evaluator.equations.keys())
    for rounding in (Rounded(1, None, rule), Rounded(2, None, rule), Rounded(None, 2, rule)):
        for as_printed in (frozenset(), frozenset(printed[::2])):
            hypothesis = Hypothesis(as_printed, rounding)
            for name in evaluator.equations:
                found = sure.value(name, hypothesis)
                if found is not None and _near_a_tie(evaluator, name, hypothesis):
                    exact = evaluator.value(name, hypothesis).astype(float)
                    np.testing.assert_allclose(found, exact, rtol=1e-12, atol=1e-12)
                    settled += 1
    assert settled
