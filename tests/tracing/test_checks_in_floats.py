"""Gradients that balls are too slow for are compared with dual numbers in float64."""

from dataclasses import replace
from math import isnan

import numpy as np
import pytest
from once import derived
from sympy import Integer

from deltarule.arithmetic.evaluate import Values
from deltarule.expressions.nodes import Sum, read
from deltarule.expressions.symbols import Index, Size
from deltarule.networks.equations import Equation
from deltarule.reports.trace_lines import check_text
from deltarule.tracing import line_check, substituted
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import computation_of, trace, trace_computation

NAMES = ["dense", "conv2d", "max_pool2d", "rnn", "batch_norm", "softmax_cross_entropy"]


@pytest.fixture
def in_floats(monkeypatch):
    monkeypatch.setattr(line_check, "MOST_IN_BALLS", -1)


@pytest.mark.parametrize("name", [*NAMES, "lenet5"])
def test_they_agree(in_floats, name):
    derivation = derived(name)
    givens, sizes = drawn(derivation, seed=2)
    checks = [line.check for line in trace(derivation, givens, sizes=sizes).lines if line.check]
    assert checks and all(check.agrees and check.floats for check in checks)
    assert all(check_text(check).startswith("✓ dual numbers in float64") for check in checks)


@pytest.mark.parametrize("name", [*NAMES, "mlp"])
def test_a_wrong_gradient_is_found(in_floats, name):
    derivation = derived(name)
    givens, sizes = drawn(derivation, seed=2)
    right = computation_of(derivation, givens, sizes=sizes)
    seeds = {derivation.gradient_name(n) for n in (*derivation.upstream, derivation.of)}
    moved = [l for l in right.lines if l.phase == "backward" and l.quantity not in seeds]
    for line in (moved[0], moved[-1]):
        if not np.any(right.floats.arrays[line.quantity]):
            continue
        wrong = replace(line.equation, rhs=line.equation.rhs * (1 + Integer(1) / 1000))
        found = trace_computation(right.with_equation(line.quantity, wrong))
        assert line.quantity in found.faults
        said = check_text(found.by_name[line.quantity].check)
        assert said.startswith("✗ off by 1e−")


def test_little_that_follows_is_compared_in_balls():
    derivation = derived("dense")
    givens, sizes = drawn(derivation, seed=2)
    checks = [line.check for line in trace(derivation, givens, sizes=sizes).lines if line.check]
    assert not any(check.floats or isnan(check.dual) for check in checks)


def test_differences_are_taken_of_entries_that_were_looked_at_for_kinks(monkeypatch):
    """On a kink they say nothing."""
    derivation, looked_at, compared = derived("max_pool2d"), {}, {}
    kinks, differences = line_check._kinks, line_check.from_differences
    monkeypatch.setattr(line_check, "MOST_LOOKED_AT", 3)

    def kinks_spy(computation, name, entries, edges):
        looked_at[name] = set(entries)
        return kinks(computation, name, entries, edges)

    def differences_spy(network, values, ours, name, entries, roots):
        compared[name] = set(entries)
        return differences(network, values, ours, name, entries, roots)

    monkeypatch.setattr(line_check, "_kinks", kinks_spy)
    monkeypatch.setattr(line_check, "from_differences", differences_spy)
    givens, sizes = drawn(derivation, seed=2)
    found = trace(derivation, givens, sizes=sizes)
    assert compared and all(compared[name] <= looked_at[name] for name in compared)
    assert len(looked_at["x"]) < np.size(found.values.arrays["x"])


def test_of_a_long_sum_only_the_terms_that_are_shown_are_put_in(monkeypatch):
    n, size = Index("n"), Size("N")
    put_in, substitute = [], substituted.substitute
    monkeypatch.setattr(substituted, "substitute", lambda *a: put_in.append(a) or substitute(*a))
    values = Values({"x": np.arange(100_000.0)}, {size: 100_000}, {}, {})
    equation = Equation("s", (), Sum(read("x", n), ((n, size),)), ())
    text = substituted.inserted(equation, (), values, str)
    assert text.endswith("+ … + 99999.0") and len(put_in) < 100
