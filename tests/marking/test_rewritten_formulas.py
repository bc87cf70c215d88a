"""Right formulas written otherwise are right; wrong versions of them are not."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from formula_answers import network
from rewritten import rewritten

from deltarule.marking.formula_answers import judge_formula
from deltarule.marking.mistakes import contexts, mistakes_in
from deltarule.marking.verdicts import COUNT_AS_RIGHT
from deltarule.spelling.text import text
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import computation_of

NAMES = ("many", "layer_norm", "bilinear", "gru_cell", "attention")
#: So many gradients of a network, and wrong versions of each.
GRADIENTS, VERSIONS = 3, 3


def _some(name: str, random: Random):
    gradients = [g for g in network(name).gradients.values() if g.indices]
    return random.sample(gradients, GRADIENTS)


@pytest.mark.parametrize("name", NAMES)
def test_right_formulas_written_otherwise_are_right(name):
    random = Random(name)
    for gradient in _some(name, random):
        formula = rewritten(text(gradient.expr), random)
        verdict = judge_formula(network(name), gradient.name, formula)
        assert (verdict.verdict, verdict.finding) == ("right", ""), (gradient.name, formula)


@pytest.mark.parametrize("name", NAMES)
def test_wrong_versions_of_formulas_are_not_right(name):
    random, derivation = Random(name), network(name)
    givens, sizes = drawn(derivation, 3)
    here = computation_of(derivation, givens, sizes=sizes)
    for gradient in _some(name, random):
        (context,) = contexts(here, gradient.name)
        right = here.floats.arrays[gradient.name]
        known = here.network.tensors.keys() | context.equation.read_names()  # no other gradients
        mistakes = [m for m in mistakes_in(context) if m.equation.read_names() <= known]
        for mistake in random.sample(mistakes, VERSIONS):
            wrong = here.with_equation(mistake.line, mistake.equation).floats.arrays[mistake.line]
            if np.allclose(wrong, right):
                continue
            formula = text(mistake.equation.rhs)
            verdict = judge_formula(derivation, gradient.name, formula)
            assert verdict.verdict not in COUNT_AS_RIGHT, (gradient.name, formula, mistake.words)
