"""Every derivation can be traced with random numbers, and its gradients agree with dual numbers."""

from __future__ import annotations

import numpy as np
import pytest
from once import derived
from variants import names

from deltarule.calculus import derive
from deltarule.language.load import load
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.reference_derivatives import central_differences
from deltarule.tracing.trace import trace
from deltarule.typed.typed_layer import layer


def short(derivation):
    """Givens drawn at the usual sizes, but those of recurrences at sizes of at most 2."""
    givens, sizes = drawn(derivation, seed=1)
    if any(isinstance(block, Recurrence) for block in blocks(derivation.network.equations)):
        return drawn(derivation, 1, {size: min(number, 2) for size, number in sizes.items()})
    return givens, sizes


@pytest.mark.parametrize("name", names())
def test_random_traces_agree(name):
    derivation = derived(name)
    givens, sizes = short(derivation)
    found = trace(derivation, givens, sizes=sizes)
    checked = [line for line in found.lines if line.check is not None]
    assert checked
    for line in checked:
        assert line.check.agrees, (line.quantity, line.check)
    for line in found.lines:
        point, entry = found.points(line)[-1]
        assert np.shape(line.value[entry]) == ()
        assert isinstance(found.numbers(line, point), str)


@pytest.mark.slow
def test_tracing_changes_nothing_of_the_course():
    derivation = derived("rnn")
    givens, sizes = drawn(derivation, seed=2)
    found = trace(derivation, givens, sizes=sizes)
    again = found.computation.compute(found.arithmetic)
    for line in found.lines:
        assert np.array_equal(
            found.computation.floats.arrays[line.quantity], again.arrays[line.quantity]
        )


@pytest.mark.parametrize("name", ["dense", "softmax_cross_entropy", "max_pool2d", "char_rnn"])
def test_drawn_numbers_repeat_and_fit(name):
    derivation = derived(name)
    (one, sizes), (two, _) = drawn(derivation, seed=5), drawn(derivation, seed=5)
    assert all(np.array_equal(one[key], two[key]) for key in one)
    for tensor in derivation.network.tensors.values():
        if tensor.sums_to_one is not None:
            assert (one[tensor.name].sum(axis=tensor.sums_to_one) == 1).all()
    assert set(sizes) <= {str(s) for s in trace(derivation, one, sizes=sizes).computation.sizes}


CANCELS = '''"""A layer."""
from deltarule.language import *
N = size("N")
n = index("n")
x, y = input("x", N), output("y", N)
u, v = intermediate("u", N), intermediate("v", N)
u[n], v[n] = exp(x[n]), exp(-x[n])
y[n] = u[n] * v[n] - 1
'''


def test_what_cancels_is_zero(tmp_path):
    """Rounding leaves 10⁻¹⁶ of u·v − 1 for some x; the value is 0."""
    path = tmp_path / "layer.py"
    path.write_text(CANCELS, encoding="utf-8")
    upstream = [1.0] * 40
    given = [k / 7 for k in range(-20, 20)]
    assert np.any(np.exp(given) * np.exp(np.negative(given)) != 1)
    found = trace(load(path), {"x": given, "dL/dy": upstream}, checks=False)
    assert not np.any(found.by_name["y"].value)
    assert not np.any(found.by_name["dL/dx"].value)


STRAIGHT = '''"""A binary weight, whose gradient is that of what it was made from."""
from deltarule.language import *
N, D, T = sizes("N D T")
n, d, t = indices("n d t")
x, w = input("x", N, D), parameter("w", D)
y = output("y", N)
y[n] = Sum[d](x[n, d] * straight_through(sign(w[d]), w[d])) * stop_gradient(Max[d](x[n, d]))
'''


def test_differences_leave_alone_what_no_gradient_flows_through(tmp_path):
    path = tmp_path / "binary.py"
    path.write_text(STRAIGHT, encoding="utf-8")
    derivation = derive(load(path))
    givens, sizes = drawn(derivation, seed=1)
    checked = [line for line in trace(derivation, givens, sizes=sizes).lines if line.check]
    assert {"dL/dw", "dL/dx"} <= {line.quantity for line in checked}
    assert all(line.check.agrees and line.check.differences < 1e-5 for line in checked)


def test_differences_are_taken_of_fewer_entries_where_more_equations_follow(monkeypatch):
    """Else the time that a long chain takes grows with its square times the entries of each."""
    derivation, counts = derived("dense"), []
    for most in (1, 1_000):
        monkeypatch.setattr("deltarule.tracing.gaps.MOST_EVALUATED", most)
        taken = {}

        def counting(network, values, arithmetic, name, roots, entries, taken=taken):
            taken[name] = len(entries)
            return central_differences(network, values, arithmetic, name, roots, entries)

        monkeypatch.setattr("deltarule.tracing.gaps.central_differences", counting)
        givens, sizes = drawn(derivation, seed=3)
        checks = [line.check for line in trace(derivation, givens, sizes=sizes).lines]
        assert all(check.agrees for check in checks if check)
        counts.append(taken)
    few, many = counts
    assert set(few) == set(many) and max(few.values()) == 1 < max(many.values())


def test_penalties_temperatures_and_widths_are_drawn_above_0():
    """Σ (…)² + λ·Σ w² is a penalty, and no error may be negative by its sign."""
    derivation = derive(layer("E = Sum[d](λ*w[d]**2 + γ*w[d]/τ + σ*w[d] + ε*w[d] + eps*c*w[d])"))
    drawings = [drawn(derivation, seed)[0] for seed in range(12)]
    below = {n for givens in drawings for n, v in givens.items() if (v < 0).any()}
    assert len(drawings[0]) == 8 and below == {"w", "c"}
