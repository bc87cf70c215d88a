"""Forward and backward through time against networks written out in NumPy, over random weights."""

import numpy as np
import pytest
import recurrent_by_hand as by_hand
from once import formulas_of, loaded

from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run

SQUARED = {"readout": True, "loss": "half_squared"}


def _with_readout(cell, error=by_hand.half_squared, last=False):
    def loss(g):
        h = cell(g)
        return error(g["y"], by_hand.read_out(g, h[-1] if last else h))

    return loss


def _bare(cell):
    return lambda g: by_hand.half_squared(g["y"], cell(g))


CASES = {
    "rnn": ("rnn", {}, _with_readout(by_hand.rnn)),
    "rnn sigmoid": (
        "rnn",
        {"activation": "sigmoid"},
        _with_readout(lambda g: by_hand.rnn(g, by_hand.sigmoid)),
    ),
    "rnn many to one": (
        "many_to_one",
        {"loss": "half_squared"},
        _with_readout(by_hand.rnn, last=True),
    ),
    "rnn cross-entropy": ("many_to_many", {}, _with_readout(by_hand.rnn, by_hand.cross_entropy)),
    "irnn": ("irnn", {"outputs": "all"}, _with_readout(by_hand.irnn)),
    "lstm": ("lstm", SQUARED, _with_readout(by_hand.lstm)),
    "lstm without readout": ("lstm", {"loss": "half_squared"}, _bare(by_hand.lstm)),
    "lstm_p": ("lstm_p", SQUARED, _with_readout(by_hand.lstm_p)),
    "peephole_lstm": ("peephole_lstm", SQUARED, _with_readout(by_hand.peephole_lstm)),
    "packed_lstm": ("packed_lstm", SQUARED, _with_readout(by_hand.packed_lstm)),
    "gru, reset before": ("gru", SQUARED, _with_readout(by_hand.gru)),
    "gru, reset after": ("gru", {**SQUARED, "reset": "after"}, _with_readout(by_hand.gru)),
    "bidirectional": ("bidirectional_rnn", {}, _bare(by_hand.bidirectional)),
    "scrn": ("scrn", {}, _bare(by_hand.scrn)),
}


@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize("case", CASES)
def test_gradients(case, times):
    name, options, loss = CASES[case]
    derivation = formulas_of(loaded(name, **options))
    network = derivation.network
    probe = Probe(network, Float64(), 3, T=times, N=3, D=2, H=4)
    arrays = probe.values.arrays
    givens = {t.name: arrays[t.name] for t in network.tensors.values() if t.given}
    assert arrays["E"] == pytest.approx(loss(givens), rel=1e-13)

    run(derivation.equations(), probe.values, Float64())
    wanted = by_hand.gradients(loss, givens, [n for n in givens if n in derivation.gradients])
    assert len(wanted) > 4
    for tensor, slope in wanted.items():
        np.testing.assert_allclose(arrays[f"dE/d{tensor}"], slope, rtol=1e-11, atol=1e-13)
