"""ONNX's published vectors for RNN, GRU and LSTM, in the forward direction.

They are thin (mostly T = 1, constant weights, zero states); networks with random weights stand
beside them in tests/calculus.
"""

import numpy as np
import pytest

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.language.load import load
from deltarule.tracing.givens import fit

cases = pytest.importorskip("onnx.backend.test.case.node")
GATES = {"rnn": ("h",), "gru": ("z", "r", "g"), "lstm": ("i", "o", "f", "g")}
VECTORS = [
    (kind, name)
    for kind, names in {
        "rnn": ("defaults", "initial_bias", "seq_length", "batchwise", "reverse"),
        "gru": ("defaults", "initial_bias", "seq_length", "batchwise", "reverse"),
        "lstm": ("defaults", "initial_bias", "peepholes", "batchwise", "reverse"),
    }.items()
    for name in names
]


def published(kind: str, name: str, monkeypatch) -> tuple[dict, np.ndarray, dict]:
    """The inputs by their ONNX names, the last state, and the attributes of the node."""
    module = __import__(f"onnx.backend.test.case.node.{kind}", fromlist=["x"])
    caught = []
    monkeypatch.setattr(module, "expect", lambda node, **told: caught.append((node, told)))
    getattr(getattr(module, kind.upper()), f"export_{name}")()
    node, told = caught[0]
    names = [n for n in node.input if n]
    inputs = dict(zip(names, told["inputs"], strict=True))
    attributes = {a.name: a for a in node.attribute}
    outputs = dict(zip([n for n in node.output if n], told["outputs"], strict=True))
    return inputs, np.asarray(outputs["Y_h"]), attributes


def ours(kind: str, inputs: dict) -> tuple[dict, dict]:
    """ONNX's packed weights as our givens, and the options of the derivation."""
    x, w, r = inputs["X"], inputs["W"][0], inputs["R"][0]
    hidden, gates = r.shape[-1], GATES[kind]
    b = inputs.get("B", np.zeros((1, 2 * len(gates) * hidden)))[0]
    zeros = np.zeros((x.shape[1], hidden))
    first = inputs.get("initial_h")
    givens = {"x": x, "h0": zeros if first is None else first[0]}
    for k, gate in enumerate(gates):
        here = slice(k * hidden, (k + 1) * hidden)
        there = slice((len(gates) + k) * hidden, (len(gates) + k + 1) * hidden)
        names = (
            ("W_xh", "W_hh", "b_h") if kind == "rnn" else (f"W_x{gate}", f"W_h{gate}", f"b_{gate}")
        )
        givens |= dict(zip(names, (w[here].T, r[here].T, b[here] + b[there]), strict=True))
    if kind == "lstm":
        cell = inputs.get("initial_c")
        givens["c0"] = zeros if cell is None else cell[0]
    if "P" in inputs:
        parts = np.split(inputs["P"][0], 3)
        givens |= dict(zip(("w_ci", "w_co", "w_cf"), parts, strict=True))
    return givens, {"readout": False, "loss": "none"}


@pytest.mark.parametrize(("kind", "name"), VECTORS)
def test_forward_direction(kind, name, monkeypatch):
    inputs, wanted, attributes = published(kind, name, monkeypatch)
    if name == "batchwise":
        inputs = {**inputs, "X": np.swapaxes(inputs["X"], 0, 1)}
        wanted = np.swapaxes(wanted, 0, 1)
    if "direction" in attributes:
        inputs = {**inputs, "X": inputs["X"][::-1]}
    givens, options = ours(kind, inputs)
    network = load("peephole_lstm" if "P" in inputs else kind, **options)
    numbers = {k: np.asarray(v, dtype=float) for k, v in givens.items()}
    arrays, sizes = fit(network, numbers)
    arithmetic = Float64()
    values = Values(
        {k: arithmetic.array(v) for k, v in arrays.items()},
        sizes,
        dict(network.scalars),
        dict(network.tensors),
    )
    run(network.equations, values, arithmetic)
    np.testing.assert_allclose(values.arrays["h"][-1], wanted[0], rtol=1e-5, atol=1e-6)
