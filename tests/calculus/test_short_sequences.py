"""Sequences of one, two and no times: every recurrence of the catalogue, and one with literals."""

import pytest
from once import derivation_of, formulas_of, loaded
from sequences import RECURRENT, times
from whole_network import gap

from deltarule.calculus import derive
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import reads, walk
from deltarule.language.load import load
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


@pytest.mark.slow
def test_the_catalogue_has_recurrences():
    assert {"rnn", "lstm", "gru", "hmm", "crf", "kalman", "bidirectional_rnn"} <= set(RECURRENT)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("name", RECURRENT)
def test_one_and_two_times(name, count):
    """In a full run every step is verified when it is derived; the whole is compared always."""
    derivation = formulas_of(specialise(loaded(name), dict.fromkeys(times(name), count)))
    for seed in (1, 2):
        one, two = gap(derivation, seed)
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


@pytest.mark.parametrize("name", ["rnn", "kalman", "hmm"])
def test_no_times_at_all(name):
    with pytest.raises(DeltaruleError) as refused:
        specialise(loaded(name), {"T": 0})
    assert refused.value.fact == "the sequence has no steps: T = 0"
    assert refused.value.place.startswith(f"{name}.py, line ")
    assert refused.value.remedy == "give T at least 1"


@pytest.mark.slow
def test_a_condition_that_never_holds_leaves_nothing():
    """At T = 1 nothing follows: ∂L/∂h reads no later time."""
    found = derivation_of(specialise(loaded("gru"), {"T": 1})).gradients["h"]
    assert not [n for n in walk(found.expr) if getattr(n, "conditions", ())]
