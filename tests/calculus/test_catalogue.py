"""Everything that must hold for every derivation: a new file in derivations/ is tested by this."""

import re
from random import Random

import numpy as np
import pytest
from differences import slopes
from every_entry import wrong_entries
from typed_back import elsewhere, misread
from variants import FULL, cases, derivation, told
from whole_network import agrees

from deltarule.arithmetic.base import Undecided
from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.modular import Modular
from deltarule.arithmetic.small_sizes import choose_sizes, free_sizes
from deltarule.calculus.rules.table import RULES
from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.expressions.nodes import free_indices, walk
from deltarule.expressions.symbols import Attribute
from deltarule.language.catalogue import find
from deltarule.spelling.text import text

CASES = cases()
SEEDS = range(1, 6) if FULL else (1,)
all_cases = pytest.mark.parametrize("case", CASES, ids=told)


@all_cases
def test_every_step_is_verified_and_leads_to_the_next(case):
    for gradient in derivation(case).gradients.values():
        line = [
            s
            for s in gradient.steps
            if s.rule not in ("at the edge", "at places", "name the parts")
        ]
        assert line[-1].after == gradient.expr
        for step in gradient.steps:
            assert step.verified
            assert step.row is RULES[step.rule]
            assert step.reason
        for one, two in zip(line, line[1:]):
            assert two.before == one.after


@all_cases
def test_rules_are_seen_where_explain_says(case):
    """`derive --explain` names a derivation that shows the rule, or says that none comes to it."""
    cites = {step.row for g in derivation(case).gradients.values() for step in g.steps}
    name, options = case
    assert options or all(rule.seen for rule in cites)
    shown = {r for r in RULES.values() if r.seen and find(r.seen.split()[1]).stem == name}
    assert options or shown <= cites


@all_cases
def test_what_is_printed_can_be_typed_back(case):
    assert misread(derivation(case)) == []


@all_cases
def test_places_cover_the_tensor(case):
    """x[2·r] and x[2·r + 1] are all of x, and what is printed for them is its gradient."""
    assert elsewhere(derivation(case)) == []


@all_cases
def test_a_sum_without_a_range_runs_along_an_axis(case):
    """Else nothing on the line would say how far: Σ_r ∂L/∂y[n, R·p + r]."""
    found = derivation(case)
    formulas = [
        *(e.rhs for e in found.network.equations),
        *(g.expr for g in found.gradients.values()),
    ]
    for line in map(text, formulas):
        for braces, single in re.findall(r"(?:Σ|\bmax)_(?:\{([^}]*)\}|([a-z]′*))", line):
            inner = single or braces
            while "(" in inner:
                inner = re.sub(r"\([^()]*\)", "", inner)
            for index in inner.replace(" ", "").split(","):
                assert "=" in index or re.search(rf"(?<=[\[ ]){index}[,\]]", line), line


@all_cases
@pytest.mark.parametrize("seed", SEEDS)
def test_equal_to_dual_numbers_in_balls(case, seed):
    assert agrees(derivation(case), seed)


@all_cases
def test_equal_to_central_differences(case):
    tries = (slopes(derivation(case), 3 + k) for k in range(40))
    tame = (found for found in tries if all(abs(two) < 1e6 for _, _, two in found))
    for name, one, two in next(tame):
        np.testing.assert_allclose(one, two, rtol=2e-5, atol=2e-6, err_msg=name)


@all_cases
def test_single_entries(case):
    """Modulo a prime where the network is polynomial, else in balls; all entries in a full run."""
    found, most = derivation(case), 10**6 if FULL else 3
    sizes = small_sizes(found)
    try:
        wrong = wrong_entries(found, Modular(), 1, most, **sizes)
    except Undecided:
        wrong = [None]
    assert not (wrong and wrong_entries(found, Ball(128), 1, most, **sizes))


def small_sizes(found):
    """Two of everything, where the network allows it."""
    plain = [s.name for s in free_sizes(found.network) if not isinstance(s, Attribute)]
    sizes = dict.fromkeys(plain, 2)
    try:
        choose_sizes(found.network, Random(0), sizes)
    except DeltaruleError:
        return {}
    return sizes


@all_cases
def test_no_delta_is_left(case):
    for gradient in derivation(case).gradients.values():
        for node in walk(gradient.expr):
            assert not isinstance(node, (nodes.Delta, nodes.PartialOf)), gradient.name
            if isinstance(node, nodes.Reduction):
                assert not list(_affine_deltas(node)), gradient.name


def _affine_deltas(reduction):
    """Conditions a = b over an index of the sum that do not depend on data."""
    for condition in reduction.conditions:
        depends_on_data = any(isinstance(n, nodes.Read) for n in walk(condition))
        bound = free_indices(condition) & set(reduction.indices)
        if isinstance(condition, nodes.Equal) and bound and not depends_on_data:
            yield condition


@all_cases
def test_words_hold_at_other_sizes(case):
    """Words are checked at two seeds when they are found; here at one that they never saw."""
    for gradient in derivation(case).gradients.values():
        if gradient.words:
            assert gradient.matrix_forms.holds(gradient.equation(), seed=11), gradient.words


def test_options_out_of_range_are_refused():
    with pytest.raises(DeltaruleError):
        derivation(("mlp", (("layers", 0),)))
