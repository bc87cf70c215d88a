"""Mistakes at windows, paths and times, planted in the matrices of the chain rule."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jacobians import Edge, Jacobians
from planted_dense import Planted, activations, behind_weights, edge_changed, parameters

from deltarule.expressions.nodes import Max, MaxAll, Read, Selection, walk


# ---- windows ------------------------------------------------------------------------------------
def _slides(j: Jacobians, edge: Edge) -> bool:
    found = j.equations[edge[0]]
    return any(
        len(s.free_symbols & set(found.indices)) > 0 and s.is_Add
        for n in walk(found.rhs)
        if isinstance(n, Read)
        for s in n.indices
    )


def kernel_turned(j: Jacobians) -> Planted:
    for edge, weights in behind_weights(j):
        array = j.arrays[weights]
        if array.ndim > 2 and _slides(j, edge):
            turned = np.flip(array, tuple(range(2, array.ndim)))
            yield edge_changed(j, edge, j.matrix(edge, {weights: turned}))


def placed_otherwise(attribute: str, value: int) -> Callable[[Jacobians], Planted]:
    def planted(j: Jacobians) -> Planted:
        for symbol, known in j.network.attributes.items():
            if symbol.name != attribute or j.sizes.get(symbol, known) == value:
                continue
            for edge in j.right:
                maximum = any(
                    isinstance(n, (Max, Selection)) for n in walk(j.equations[edge[0]].rhs)
                )
                if _slides(j, edge) and not maximum and edge[1] not in j.carried:
                    yield edge_changed(j, edge, j.matrix(edge, sizes={symbol: value}))

    return planted


def written_over(j: Jacobians) -> Planted:
    for edge, matrix in j.right.items():
        weights = parameters(j, edge, 1) or j.network.tensors[edge[1]].role == "parameter"
        if weights or not _slides(j, edge) or edge[1] in j.carried:
            continue
        last = np.zeros_like(matrix)
        for column, entries in enumerate(matrix.T):
            rows = np.flatnonzero(entries)
            if len(rows):
                last[rows[-1], column] = entries[rows[-1]]
        yield edge_changed(j, edge, last)


def duplicates_lost(j: Jacobians) -> Planted:
    if "E" not in j.arrays or j.network.tensors["E"].role != "parameter":
        return
    for edge in j.reading("E"):
        matrix = j.right[edge]
        last = np.where(np.cumsum(matrix[::-1] != 0, 0)[::-1] == 1, matrix, 0)
        yield edge_changed(j, edge, last)


def divisor_lost(j: Jacobians) -> Planted:
    for edge, matrix in j.right.items():
        kinds = [n for n in walk(j.equations[edge[0]].rhs) if isinstance(n, (Max, MaxAll))]
        if _slides(j, edge) and not kinds and not parameters(j, edge, 0):
            found = set(np.round(np.unique(matrix[matrix != 0]), 9))
            if len(found) == 1 and found != {1.0}:
                yield edge_changed(j, edge, (matrix != 0) * 1.0)


# ---- paths --------------------------------------------------------------------------------------
def path_frozen(j: Jacobians) -> Planted:
    for name in dict.fromkeys(name for _, name in j.right):
        found = j.reading(name)
        if len(found) > 1 and name not in j.carried:
            for edge in found:
                name, left = edge_changed(j, edge, np.zeros_like(j.right[edge]))
                if left.any():
                    yield name, left


def diagonal_alone(j: Jacobians) -> Planted:
    for edge, matrix in j.right.items():
        out = j.output(edge)
        alike = out.shape == j.arrays[edge[1]].shape and np.all(out > 0) and out.ndim
        alone = len(j.equations[edge[0]].read_names()) == 1
        if alike and alone and np.allclose(out.sum(-1), 1):
            yield edge_changed(j, edge, np.diag(np.diag(matrix)))


def mask_lost(j: Jacobians) -> Planted:
    for edge in j.reading("x"):
        if "mask" in j.equations[edge[0]].read_names():
            yield edge_changed(j, edge, j.matrix(edge, {"mask": np.ones(j.arrays["mask"].shape)}))


# ---- time ---------------------------------------------------------------------------------------
def recurrence_cut(j: Jacobians) -> Planted:
    for name in j.carried:
        wrong = {}
        for edge in j.reading(name):
            shape = (*j.output(edge).shape, *j.arrays[name].shape)
            if j.output(edge).shape[:1] != j.arrays[name].shape[:1]:
                continue
            now = j.right[edge].reshape(shape)
            times = np.eye(shape[0], now.shape[j.output(edge).ndim])
            times = times.reshape(
                [shape[0], *[1] * (j.output(edge).ndim - 1), -1, *[1] * (j.arrays[name].ndim - 1)]
            )
            wrong[edge] = (now * times).reshape(j.right[edge].shape)
        if any(not np.array_equal(m, j.right[e]) for e, m in wrong.items()):
            yield name, j.gradients(wrong)[name]


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


def gate_lost(j: Jacobians) -> Planted:
    gates = {j.equations[k].name for k, _ in activations(j, "sigmoid")} & j.carried
    for edge in j.right:
        for gate in j.equations[edge[0]].read_names() & gates - {edge[1]}:
            if edge[1] in j.carried and edge[1] not in gates:
                yield edge_changed(j, edge, j.matrix(edge, {gate: np.ones_like(j.arrays[gate])}))


def inputs_reversed(j: Jacobians) -> Planted:
    for edge in j.right:
        equation = j.equations[edge[0]]
        carried = edge[1].startswith("W_x") and equation.name in j.carried
        if carried and "x" in equation.read_names() and j.arrays["x"].dtype.kind == "f":
            yield edge_changed(j, edge, j.matrix(edge, {"x": j.arrays["x"][::-1]}))
