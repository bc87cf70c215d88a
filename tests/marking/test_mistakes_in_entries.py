"""Mistakes are looked for in a formula for one entry as well: no row needs the others' index."""

import pytest
from once import derived
from variants import FULL

from deltarule.formulas.target import target_of
from deltarule.language.catalogue import catalogue
from deltarule.marking.formula_answers.comparison import Comparison
from deltarule.marking.formula_answers.formula_mistakes import _Causes
from deltarule.marking.mistakes import mistakes_in

FEW = ["dense", "conv2d", "batch_norm", "embedding", "attention", "lstm_cell", "gru_cell"]


@pytest.mark.parametrize("name", catalogue() if FULL else FEW)
def test_a_row_of_the_mistakes_takes_an_entry(name):
    derivation = derived(name)
    for gradient in derivation.gradients.values():
        entry = ",".join("0" * len(gradient.indices))
        target = target_of(derivation, f"{gradient.name}[{entry}]" if entry else gradient.name)
        compared = Comparison(derivation, target, target.at_entry(target.equation.rhs))
        found = mistakes_in(_Causes(compared)._context(compared.full))
        assert all(mistake.equation.ranges == target.ranges for mistake in found)
