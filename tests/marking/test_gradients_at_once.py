"""Marking's gradients: those of the verified derivation, or compared with dual numbers."""

from __future__ import annotations

import pytest
from once import derivation_of, unverified

from deltarule.marking import OpenSheet, load_sheet, run_computations
from deltarule.marking.run_computations import derivation_of as of_run
from deltarule.marking.run_computations import run_computation
from deltarule.tracing import all_gradients
from deltarule.tracing.all_gradients import gradients_agree

SHEETS = ["slide", "mazur", "elman", "gomez", "six-by-six", "hello"]


@pytest.mark.parametrize("sheet", SHEETS)
def test_the_same_formulas_as_those_that_are_verified(sheet):
    network = run_computation(load_sheet(sheet).runs[0], (), {}).network
    quick, verified = unverified(network), derivation_of(network)
    assert {n: g.expr for n, g in quick.gradients.items()} == {
        n: g.expr for n, g in verified.gradients.items()
    }


@pytest.mark.parametrize("sheet", SHEETS)
def test_any_gradient_that_is_wrong_anywhere_is_seen(sheet):
    computation = run_computation(load_sheet(sheet).runs[0], (), {})
    assert gradients_agree(computation)
    derivation = computation.derivation
    for name in derivation.gradients:
        if name == derivation.of:
            continue
        array = computation.floats.arrays[derivation.gradient_name(name)]
        entry = (-1,) * array.ndim
        right = array[entry]
        array[entry] = right + 1e-3
        assert not gradients_agree(computation), name
        array[entry] = right
    assert gradients_agree(computation)


def test_a_wrong_gradient_of_a_single_entry_is_seen():
    computation = run_computation(load_sheet("mazur").runs[0], ("dE_o[1]/dh1[0]",), {})
    assert all_gradients.other_roots(computation) == ["E_o[1]"]
    assert gradients_agree(computation)
    for name in ("dE_o[1]/dh1", "dE_o[1]/dTheta1", "dE_o[1]/dE_o"):
        computation.floats.arrays[name][(-1,) * computation.floats.arrays[name].ndim] += 1e-3
        assert not gradients_agree(computation), name
        computation.floats.arrays[name][(-1,) * computation.floats.arrays[name].ndim] -= 1e-3
    assert gradients_agree(computation)


def test_gradients_that_disagree_are_derived_step_by_step(monkeypatch):
    monkeypatch.setattr(run_computations, "gradients_agree", lambda computation: False)
    sheet, known = load_sheet("slide"), {}
    computation = run_computation(sheet.runs[0], (), known)
    assert computation.derivation is of_run(sheet.runs[0], known)
    assert all(s.verified for g in computation.derivation.gradients.values() for s in g.steps)
    assert OpenSheet(sheet).mark().right == 6


def test_what_is_no_number_is_no_agreement():
    computation = run_computation(load_sheet("slide").runs[0], (), {})
    _, line = next(all_gradients._lines(computation))
    computation.floats.arrays[line] *= float("nan")
    assert not gradients_agree(computation)
