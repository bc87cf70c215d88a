"""Gradients whose steps differ in the names of tensors alone."""

import re

import pytest
from once import derived

from deltarule.calculus.alike import alike
from deltarule.spelling.text import text


def lines(gradient):
    """The formulas of a gradient's steps, and their rules and reasons apart."""
    formulas = [
        part
        for step in gradient.steps
        for part in (text(step.before), text(step.after), step.condition)
    ]
    return formulas, [(step.rule, step.reason, step.verified) for step in gradient.steps]


def renamed(line, names):
    """A line with whole names put in the place of others, all at once."""
    every = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names))
    return every.sub(lambda match: names[match[0]], line)


@pytest.fixture(scope="module")
def gates():
    derivation = derived("gru")
    return derivation, alike(derivation, derivation.gradients.values())


@pytest.mark.slow
def test_weights_of_the_gates_are_alike(gates):
    derivation, same = gates
    by_tensor = {g.name: t for t, g in derivation.gradients.items()}
    firsts = {by_tensor[name]: by_tensor[found.first.name] for name, found in same.items()}
    assert firsts["b_r"] == firsts["b_z"] == "b_g"
    assert firsts["W_xr"] == firsts["W_xz"] == "W_xg"


@pytest.mark.slow
def test_what_is_left_out_can_be_written_from_what_is_shown(gates):
    """With the names put in, the lines of the first are those of the other, letter for letter."""
    derivation, same = gates
    by_name = {g.name: g for g in derivation.gradients.values()}
    for name, found in same.items():
        formulas, prose = lines(found.first)
        others = {old: new for old, new in found.names.items() if len(old) > 1}
        said = [(rule, renamed(reason, others), way) for rule, reason, way in prose]
        shown = [renamed(line, found.names) for line in formulas], said
        assert shown == lines(by_name[name])


@pytest.mark.slow
def test_an_activation_of_its_own_is_shown_whole(gates):
    derivation, same = gates
    assert "dL/ds_g" not in same and "dL/ds_z" not in same
