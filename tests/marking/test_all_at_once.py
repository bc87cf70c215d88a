"""What is evaluated for many hypotheses at once is what each of them gives by itself."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from deltarule.marking import load_sheet
from deltarule.marking.session import Session, open_session
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.moved_prints import MovedPrints
from deltarule.marking.workings.no_value import NO_VALUE
from deltarule.marking.workings.together import Together
from deltarule.marking.workings.wrong_rows import WrongRows


@cache
def _session() -> Session:
    run = load_sheet("elman").runs[0]
    return open_session(run, 1, run.published, {})


def _by_itself(name: str, hypothesis: Hypothesis) -> np.ndarray:
    try:
        return np.asarray(_session().evaluator.quick(name, hypothesis), dtype=float)
    except NO_VALUE:
        return np.full(np.shape(_session().computation.floats.arrays[name]), np.nan)


@pytest.mark.parametrize("name", ["h", "dE/dh"])
def test_a_recurrence_that_goes_on_from_its_own_printed_values(name):
    session = _session()
    written = {n for n in session.evaluator.equations if n in session.aligned.written}
    assert name in session.evaluator.groups
    held = Hypothesis(frozenset(written & {"h", "dE/dh"}) | {name} & written)
    mistakes = [m for m in session.mistakes(name) if m.lines == {name}]
    found = Together(session.evaluator, [held], WrongRows([(m,) for m in mistakes])).value(name)
    alone = [_by_itself(name, held.with_variant(name, m.equation)) for m in mistakes]
    assert len(mistakes) > 10
    np.testing.assert_allclose(found, np.stack(alone), rtol=1e-9, atol=1e-12)


def test_printed_values_moved_one_by_one():
    session = _session()
    evaluator = session.evaluator
    printed = [n for n in evaluator.equations if n in session.aligned.written]
    last = printed[-1]
    held = [n for n in printed if n in evaluator.ancestors(last)]
    way = Hypothesis(frozenset(held))
    moved = [
        (line, e, float(p.value) + 0.01)
        for line in held
        for e, p in session.aligned.written[line].printed()
    ]
    rows = MovedPrints(evaluator, way, moved).value(last)
    assert len(rows) == len(moved) > 3
    for row, (line, entry, value) in zip(rows, moved, strict=True):
        values = np.array(evaluator.printed(line))
        values[entry] = value
        other = evaluator.printing({line: values}).quick(last, way)
        np.testing.assert_allclose(row, other, rtol=1e-9, atol=1e-12)
