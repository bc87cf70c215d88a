"""Mistakes in recurrences, planted in the matrices of the chain rule."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jacobians import Edge, Jacobians
from planting import Planted, Row, activations, edge_changed

from deltarule.expressions.functions import tanh
from deltarule.expressions.nodes import Read, tensor_name, walk

#: Errors that go back so many times at most are planted.
MOST_TIMES = 2


def recurrence_cut(j: Jacobians) -> Planted:
    for name in j.carried:
        wrong = {
            edge: _of_its_time(j, edge)
            for edge in j.reading(name)
            if j.output(edge).shape[:1] == j.arrays[name].shape[:1]
        }
        if any(not np.array_equal(m, j.right[e]) for e, m in wrong.items()):
            yield j.line(name), j.gradients(wrong)[name]


def wrong_time(j: Jacobians) -> Planted:
    if "h0" not in j.arrays or "h" not in j.carried:
        return
    for edge in j.right:
        equation = j.equations[edge[0]]
        carried = edge[1].startswith("W_h") and equation.name in j.carried
        if carried and "h" in equation.read_names():
            h = j.arrays["h"]
            at = {"h": np.concatenate([h[1:], h[-1:]]), "h0": h[0]}
            yield edge_changed(j, edge, j.matrix(edge, at))


def last_step_alone(j: Jacobians) -> Planted:
    for edge in j.right:
        if edge[1].startswith("W_") and j.equations[edge[0]].name in j.carried:
            kept = j.right[edge].reshape(*j.output(edge).shape, -1).copy()
            kept[1:] = 0
            yield edge_changed(j, edge, kept.reshape(j.right[edge].shape))


def gates(j: Jacobians) -> set[str]:
    """Sigmoids of a recurrence that another value is multiplied by: its slopes depend on them."""
    sigmoids = {j.equations[k].name for k, _ in activations(j, "sigmoid")} & j.carried
    found = set()
    for edge in j.right:
        if j.network.tensors[edge[1]].role != "parameter":
            for gate in sorted(j.equations[edge[0]].read_names() & sigmoids - {edge[1]}):
                half = j.matrix(edge, {gate: 0.5 * j.arrays[gate]})
                if not np.allclose(half, j.right[edge], atol=1e-8):
                    found.add(gate)
    return found


def _behind_gates(j: Jacobians) -> Iterator[tuple[Edge, str]]:
    found = gates(j)
    for edge in j.right:
        for gate in sorted(j.equations[edge[0]].read_names() & found - {edge[1]}):
            if edge[1] in j.carried and edge[1] not in found:
                yield edge, gate


def gate_lost(j: Jacobians) -> Planted:
    for edge, gate in _behind_gates(j):
        yield edge_changed(j, edge, j.matrix(edge, {gate: np.ones_like(j.arrays[gate])}))


def inputs_reversed(j: Jacobians) -> Planted:
    for edge in j.right:
        equation = j.equations[edge[0]]
        carried = edge[1].startswith("W_x") and equation.name in j.carried
        times = {b.extent for b in j.recurrences}
        x = j.network.tensors.get("x")
        sequence = x is not None and bool({*x.axes[:1]} & times)
        if carried and sequence and "x" in equation.read_names() and not x.integral:
            yield edge_changed(j, edge, j.matrix(edge, {"x": j.arrays["x"][::-1]}))


def tanh_lost(j: Jacobians) -> Planted:
    """dh·c for dh·tanh(c), at the gate beside it."""
    for edge in j.right:
        slope = j.right[edge]
        if edge[1] not in j.carried or slope.shape[0] != slope.shape[1]:
            continue
        for name in sorted(j.equations[edge[0]].read_names() & j.carried):
            c = np.ravel(j.arrays[name])
            if c.size == len(slope) and np.allclose(slope, np.diag(np.tanh(c)), atol=1e-8):
                yield edge_changed(j, edge, np.diag(c))


def slope_of_the_product(j: Jacobians) -> Planted:
    """1 − h² for 1 − tanh²(c), where h = o·tanh(c)."""
    for edge in j.right:
        slope, h = j.right[edge], np.ravel(j.output(edge))
        read = [
            tensor_name(n.args[0])
            for n in walk(j.equations[edge[0]].rhs)
            if isinstance(n, tanh) and isinstance(n.args[0], Read)
        ]
        if read == [edge[1]] and slope.shape == (h.size, h.size):
            value = np.tanh(np.ravel(j.arrays[edge[1]]))
            if not np.allclose(h, value) and np.allclose(slope, np.diag(np.diag(slope)), atol=1e-8):
                yield edge_changed(j, edge, slope / (1 - value**2) * (1 - h**2))


def scalar_gate(j: Jacobians) -> Planted:
    """A gate of many units taken as one number: its first entry for all, or one gradient."""
    for edge, gate in _behind_gates(j):
        first = np.broadcast_to(j.arrays[gate][..., :1], j.arrays[gate].shape)
        yield edge_changed(j, edge, j.matrix(edge, {gate: first}))
    for gate in sorted(gates(j)):
        summed = j.gradients()[gate].sum(-1, keepdims=True)
        yield j.line(gate), np.broadcast_to(summed, j.arrays[gate].shape)


def truncated(j: Jacobians) -> Planted:
    """Every error goes back k times and no further."""
    for k in range(1, MOST_TIMES + 1 if j.carried else 0):
        for name, value in _up_to(j, k).items():
            if j.network.tensors[name].role in ("parameter", "input"):
                yield j.line(name), value


def _up_to(j: Jacobians, k: int) -> dict[str, np.ndarray]:
    """Gradients of errors that are kept apart by age: k rows. What a recurrence carries to another
    time grows older by one; outside of it, ages are added up."""
    of = {name: b.names for b in j.recurrences for name in b.names}
    start, found = j.start(), {}
    for name in j.backwards():
        total = np.zeros((k, j.arrays[name].size))
        total[0] = start.get(name, 0)
        for edge in j.reading(name):
            behind = j.equations[edge[0]].name
            come = found.get(behind)
            if come is None:
                if behind not in start:
                    continue
                come = np.zeros((k, j.arrays[behind].size))
                come[0] = start[behind]
            if name in of.get(behind, ()):
                now = _of_its_time(j, edge)
                total += come @ now
                total[1:] += (come @ (j.right[edge] - now))[:-1]
            else:
                total[0] += come.sum(0) @ j.right[edge]
        found[name] = total
    return {n: g.sum(0).reshape(j.arrays[n].shape) for n, g in found.items()}


def _of_its_time(j: Jacobians, edge: Edge) -> np.ndarray:
    """A matrix of the chain rule without what goes from one time to another."""
    out, array = j.output(edge), j.arrays[edge[1]]
    now = j.right[edge].reshape(*out.shape, *array.shape)
    times = np.eye(out.shape[0], array.shape[0])
    times = times.reshape(out.shape[0], *[1] * (out.ndim - 1), -1, *[1] * (array.ndim - 1))
    return (now * times).reshape(j.right[edge].shape)


ROWS = (
    Row("31, 34 recurrence cut", recurrence_cut, ("recurrence cut",), "rnn"),
    Row("32 wrong time", wrong_time, ("wrong time",), "rnn"),
    Row("32 last step alone", last_step_alone, ("one path only",), "rnn"),
    Row("35, 38 gate lost", gate_lost, ("gate lost",), "gated_cell"),
    Row("33 slope at o·tanh(c)", slope_of_the_product, ("slope at the wrong place",), "lstm_cell"),
    Row("37 tanh lost", tanh_lost, ("activation lost",), "gated_cell"),
    Row("38 scalar gate", scalar_gate, ("scalar gate",), "gated_cell"),
    Row("45 truncated", truncated, ("truncated", "recurrence cut"), "rnn"),
    Row("45 inputs reversed", inputs_reversed, ("time order reversed",), "rnn"),
)  # fmt: skip
