"""Sequences of one, two and no times: every recurrence of the catalogue, and one with literals."""

from functools import lru_cache

import numpy as np
import pytest
from plain_kernel import plain_kernel
from whole_network import gap

from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.calculus import derive
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import free_symbols, reads, walk
from deltarule.kernels.passes.program import program
from deltarule.language.catalogue import catalogue
from deltarule.language.load import load
from deltarule.language.optimisers import is_update
from deltarule.networks.recurrences import Recurrence, blocks
from deltarule.networks.specialise import specialise

#: A teacher's own: the sizes are numbers.
LITERAL = '''"""Own."""
from deltarule.language import *
N, H = sizes("N H")
t, n, k, m = indices("t n k m")
x, W = input("x", {times}, N, H), parameter("W", H, H)
h0, y = parameter("h0", N, H), output("y", {times}, N, H)
h = state("h", {times}, N, H, before=h0)
h[t, n, m] = tanh(x[t, n, m] + Sum[k](h[t - 1, n, k] * W[k, m]))
y[t, n, m] = h[t, n, m]
'''


@lru_cache
def times(name):
    """The names of the extents of a derivation's axes of time."""
    network = load(name)
    found = {b.extent for b in blocks(network.equations) if isinstance(b, Recurrence)}
    return tuple(sorted(s.name for extent in found for s in free_symbols(extent)))


RECURRENT = [name for name in catalogue() if not is_update(load(name)) and times(name)]


def test_the_catalogue_has_recurrences():
    assert {"rnn", "lstm", "gru", "hmm", "crf", "kalman", "bidirectional_rnn"} <= set(RECURRENT)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("name", RECURRENT)
def test_one_and_two_times(name, count):
    """Every step is verified when it is derived; the whole is compared once more."""
    derivation = derive(specialise(load(name), dict.fromkeys(times(name), count)))
    one, two = gap(derivation, 1)
    assert one.overlaps(two)
    for gradient in derivation.gradients.values():
        for access in reads(gradient.expr):
            assert all(s.is_Integer is not True or s >= 0 for s in access.indices), gradient.name


@pytest.mark.parametrize("count", [1, 2, 3])
def test_literal_times(tmp_path, count):
    path = tmp_path / "own.py"
    path.write_text(LITERAL.format(times=count), encoding="utf-8")
    derivation = derive(load(path))
    one, two = gap(derivation, 1)
    assert one.overlaps(two)
    recurrences = [b for b in blocks(derivation.equations()) if isinstance(b, Recurrence)]
    assert len(recurrences) == (count > 1)
    rules = {s.rule for g in derivation.gradients.values() for s in g.steps}
    assert ("empty" in rules) == (count == 1)


@pytest.mark.parametrize("name", ["rnn", "lstm", "hmm", "kalman", "bidirectional_rnn"])
@pytest.mark.parametrize("count", [1, 2])
def test_kernels_of_one_and_two_times(name, count, tmp_path, monkeypatch):
    made = program(name, dict.fromkeys(times(name), count))
    probe = Probe(made.network, Float64(), 1)
    arrays = probe.values.arrays
    for tensor, gradient in made.upstream.items():
        arrays[gradient] = probe.noise(made.network.tensors[tensor].axes)
    probe.values.scalars.update(made.scalars)
    run((*made.network.equations, *made.derivation.equations()), probe.values, Float64())
    module = plain_kernel(made, tmp_path, monkeypatch)
    values = module.forward(*(arrays[n] for n in module.GIVEN))
    kept = [values[n] for n in module.KEPT]
    found = module.backward(
        *(arrays[n] for n in module.GIVEN), *kept, *(arrays[g] for g in made.upstream.values())
    )
    for tensor, gradient in made.gradients.items():
        np.testing.assert_allclose(found[tensor], arrays[gradient], 1e-9, 1e-11, err_msg=gradient)


@pytest.mark.parametrize("name", ["rnn", "kalman", "hmm"])
def test_no_times_at_all(name):
    with pytest.raises(DeltaruleError) as refused:
        specialise(load(name), {"T": 0})
    assert refused.value.fact == "the sequence has no steps: T = 0"
    assert refused.value.place.startswith(f"{name}.py, line ")
    assert refused.value.remedy == "give T at least 1"


@pytest.mark.slow
def test_a_condition_that_never_holds_leaves_nothing():
    """At T = 1 nothing follows: ∂L/∂h reads no later time."""
    found = derive(specialise(load("gru"), {"T": 1})).gradients["h"]
    assert not [n for n in walk(found.expr) if getattr(n, "conditions", ())]
