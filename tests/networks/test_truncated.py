"""Unrolled and truncated networks against the whole one, and against truncation by hand."""

import numpy as np
import pytest
import recurrent_by_hand as by_hand
from once import derived, loaded

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Attribute
from deltarule.language.load import load
from deltarule.networks.gradient_indices import target_indices

NAMES = ("W_xh", "W_hh", "b_h", "W_hy", "h0", "x")
SIZES = {"T": 6, "N": 2, "D": 3, "H": 4}


@pytest.fixture(scope="module")
def givens():
    return Probe(loaded("rnn"), Float64(), 5, **SIZES).values


def _gradients(givens, **options):
    """The gradients of a variant at the same givens."""
    derivation = derived("rnn", **options)
    network = derivation.network
    arrays = {t.name: givens.arrays[t.name] for t in network.tensors.values() if t.given}
    depth = options.get("truncate") or options.get("chunks")
    sizes = {**givens.sizes, **({Attribute("K"): depth} if depth else {})}
    values = Values(arrays, sizes, {}, network.tensors)
    run(network.equations, values, Float64())
    run(derivation.equations(), values, Float64())
    return {name: values.arrays[f"dE/d{name}"] for name in NAMES}


def _truncated_by_hand(givens, goes_on):
    """BPTT for every error on its own; `goes_on(τ, t)`: does the error of τ go back beyond t?"""
    g = givens.arrays
    h = np.concatenate([g["h0"][None], by_hand.rnn(g)])
    found = {name: np.zeros_like(g[name]) for name in NAMES}
    for error in range(SIZES["T"]):
        out = by_hand.read_out(g, h[error + 1]) - g["y"][error]
        found["W_hy"] += h[error + 1].T @ out
        back = out @ g["W_hy"].T
        for t in range(error, -1, -1):
            delta = back * (1 - h[t + 1] ** 2)
            found["W_xh"] += g["x"][t].T @ delta
            found["W_hh"] += h[t].T @ delta
            found["b_h"] += delta.sum(0)
            found["x"][t] += delta @ g["W_xh"].T
            back = delta @ g["W_hh"].T
            if t == 0:
                found["h0"] += back
            elif not goes_on(error, t):
                break
    return found


def _same(one, two):
    for name in NAMES:
        np.testing.assert_allclose(one[name], two[name], rtol=1e-12, atol=1e-14)


@pytest.mark.slow
def test_unrolled_is_the_same_gradient(givens):
    _same(_gradients(givens, unroll=SIZES["T"]), _gradients(givens))


def test_whole_backpropagation_is_the_one_written_by_hand(givens):
    _same(_gradients(givens), _truncated_by_hand(givens, lambda error, t: True))


@pytest.mark.parametrize("k", [1, 2, 3])
def test_errors_go_back_k_times(givens, k):
    wanted = _truncated_by_hand(givens, lambda error, t: error - t < k - 1)
    _same(_gradients(givens, truncate=k), wanted)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_errors_stop_at_every_kth_time(givens, k):
    _same(_gradients(givens, chunks=k), _truncated_by_hand(givens, lambda error, t: t % k != 0))


@pytest.mark.slow
def test_truncation_beyond_the_sequence_changes_nothing(givens):
    whole = _gradients(givens)
    _same(_gradients(givens, truncate=SIZES["T"] + 3), whole)
    _same(_gradients(givens, chunks=SIZES["T"]), whole)


def test_unrolled_equations_have_the_names_of_their_times():
    network = load("rnn", unroll=2)
    assert [e.name for e in network.equations] == [
        "s_t0",
        "h_t0",
        "s_t1",
        "h_t1",
        "yhat_t0",
        "yhat_t1",
        "E_t0",
        "E_t1",
        "E",
    ]


@pytest.mark.parametrize(
    ("name", "options", "fact"),
    [
        ("dense", {"unroll": 3}, "dense has no recurrence, so there is nothing to unroll"),
        ("dense", {"truncate": 3}, "dense has no recurrence, so there is nothing to truncate"),
        ("rnn", {"unroll": 0}, "unroll = 0 is too small"),
        ("rnn", {"chunks": "many"}, "chunks = many is not a whole number"),
        ("rnn", {"unrol": 2}, "the derivation rnn has no option unrol"),
    ],
)
def test_refused(name, options, fact):
    with pytest.raises(DeltaruleError) as refused:
        load(name, **options)
    assert refused.value.fact == fact


@pytest.mark.parametrize("name", ["rnn", "gru", "peephole_lstm", "scrn", "kalman_vector", "hmm"])
@pytest.mark.parametrize("truncated", [False, True])
def test_no_gradient_has_one_index_for_two_axes(name, truncated):
    network = load(name, truncate=2) if truncated else loaded(name)
    for tensor in network.tensors.values():
        consumers = [e for e in network.equations if tensor.name in e.read_names()]
        indices = target_indices(tensor, consumers, network.equation_of(tensor.name))
        assert len(set(indices)) == len(tensor.axes), tensor.name
