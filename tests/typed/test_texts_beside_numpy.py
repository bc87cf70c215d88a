"""Layers and losses as people type them are what NumPy says: 700, about 20 ms each.

The gradients of what is read are derived and measured elsewhere; here is whether it is read as it
is meant. The NumPy lines of the table are forward passes, written by hand beside each text.
"""

import math
from pathlib import Path

import numpy as np
import pytest

import deltarule
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe

TABLE = (Path(__file__).parent / "texts_beside_numpy.txt").read_text(encoding="utf-8")
TEXTS = [block.split("\n")[:2] for block in TABLE.split("\n=== ")[1:]]


class Arrays(dict):
    """Arrays and sizes, each by its name."""

    __getattr__ = dict.__getitem__


def softmax(a):
    powers = np.exp(a - a.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def logsumexp(a):
    largest = a.max(-1)
    return largest + np.log(np.exp(a - largest[..., None]).sum(-1))


def recurrence(v, step, first):
    """The states of all times; `step` gives one by the one before, and its time."""
    states = [np.asarray(first)]
    for t in range(v.get("T", v.get("K", 0))):
        states.append(step(states[-1], t))
    return np.array(states[1:])


def two_back(v, step, first):
    """The states of all times; `first` are those at −2 and −1."""
    states = list(first)
    for t in range(v.T):
        states.append(step(states[-1], states[-2], t))
    return np.array(states[2:])


def lstm(v):
    """The hidden states of an LSTM; W_fh and W_fx are the parts of W_f."""
    h, c, states = v.h0, v.c0, []
    for x in v.x:
        f, i, o, g = (v[f"W_{n}h"] @ h + v[f"W_{n}x"] @ x for n in "fioc")
        c = KNOWN["sg"](f) * c + KNOWN["sg"](i) * np.tanh(g + v.b_c)
        h = KNOWN["sg"](o) * np.tanh(c)
        states.append(h)
    return np.array(states)


KNOWN = {
    "np": np, "sm": softmax, "lse": logsumexp, "sg": lambda z: 1 / (1 + np.exp(-z)),
    "rnn": recurrence, "rnn2": two_back, "lstm": lstm, "lgam": np.vectorize(math.lgamma),
    "Phi": np.vectorize(lambda z: (1 + math.erf(z / math.sqrt(2))) / 2),
}  # fmt: skip


@pytest.mark.slow
def test_texts_are_read_as_they_are_meant():
    assert len(TEXTS) >= 140
    wrong = {}
    for text, line in TEXTS:
        network = deltarule.layer(text)
        probe = Probe(network, Float64(), seed=1)
        whole = {n for n, t in network.tensors.items() if t.integral}
        arrays = {
            n: np.array(a, dtype=int if n in whole else float)
            for n, a in probe.values.arrays.items()
        }
        sizes = {str(size): int(extent) for size, extent in probe.sizes.items()}
        result = [t.name for t in network.tensors.values() if t.role in ("output", "loss")][-1]
        known = {**KNOWN, "v": Arrays({**sizes, **arrays})}
        wanted = eval(line, known)  # noqa: S307 - our own table
        same = np.shape(wanted) == arrays[result].shape and np.allclose(wanted, arrays[result])
        wrong |= {} if same else {text: (arrays[result], wanted)}
    assert wrong == {}
