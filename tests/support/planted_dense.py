"""Mistakes at slopes, signs, sums and weights, planted in the matrices of the chain rule."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jacobians import Edge, Jacobians
from planting import (
    SQUARE,
    Planted,
    Row,
    activations,
    behind_weights,
    edge_changed,
    linear,
    parameters,
    upstream,
)

from deltarule.expressions.nodes import reads
from deltarule.expressions.symbols import Index


# ---- slopes -------------------------------------------------------------------------------------
def slope_lost(j: Jacobians) -> Planted:
    for edge in activations(j):
        yield edge_changed(j, edge, np.eye(len(j.right[edge])))


def slope_at_the_output(j: Jacobians) -> Planted:
    for edge in activations(j, "sigmoid", "tanh"):
        yield edge_changed(j, edge, j.matrix(edge, {edge[1]: j.output(edge)}))


def slope_of_the_sum(j: Jacobians) -> Planted:
    for edge in activations(j, "sigmoid", "tanh"):
        s = np.ravel(j.arrays[edge[1]])
        sigmoid = j.equations[edge[0]].rhs.row.name == "sigmoid"
        yield edge_changed(j, edge, np.diag(s * (1 - s) if sigmoid else 1 - s**2))


def slope_of_the_upstream(j: Jacobians) -> Planted:
    for edge in activations(j, "sigmoid"):
        output = j.equations[edge[0]].name
        come = np.ravel(upstream(j, output))
        if output not in j.carried:
            yield edge_changed(j, edge, np.diag(come * (1 - come)))


def mask_of_the_upstream(j: Jacobians) -> Planted:
    for edge in activations(j, "relu"):
        output = j.equations[edge[0]].name
        come = np.ravel(upstream(j, output))
        if output not in j.carried:
            yield edge_changed(j, edge, np.diag((come > 0) * 1.0))


def tanh_otherwise(j: Jacobians) -> Planted:
    for edge in activations(j, "tanh"):
        h = np.ravel(j.output(edge))
        for slope in (1 / (1 - h**2), 1 - h, (1 - h) ** 2):
            yield edge_changed(j, edge, np.diag(slope))


def sigmoid_otherwise(j: Jacobians) -> Planted:
    for edge in activations(j, "sigmoid"):
        h = np.ravel(j.output(edge))
        for slope in (h * (1 + h), h**2, (1 - h) ** 2, 1 - h, h):
            yield edge_changed(j, edge, np.diag(slope))


def slope_again(j: Jacobians) -> Planted:
    if j.network.loss is None:
        return
    for k, e in enumerate(j.equations):
        p = j.arrays[e.name]
        for name in e.read_names():
            softmax = p.ndim and np.all(p > 0) and np.allclose(p.sum(-1), 1)
            if (k, name) in j.right and softmax and p.shape == j.arrays[name].shape:
                through = [edge for edge in j.reading(name) if edge[0] != k]
                if "t" in j.arrays or through:
                    yield j.line(name), j.gradients()[name] * p * (1 - p)


# ---- signs and factors --------------------------------------------------------------------------
def _times(j: Jacobians, number: float) -> Planted:
    """Every gradient times a number; between times it is carried on so."""
    for name, gradient in j.gradients().items():
        if name not in j.carried:
            yield j.line(name), number * gradient
        elif name not in j.computation.derivation.upstream:
            wrong = {edge: number * j.right[edge] for edge in j.reading(name)}
            yield j.line(name), j.gradients(wrong)[name]


def sign(j: Jacobians) -> Planted:
    yield from _times(j, -1)


def factor(j: Jacobians) -> Planted:
    yield from _times(j, 2)
    yield from _times(j, 0.5)


# ---- sums ---------------------------------------------------------------------------------------
def _biases(j: Jacobians) -> Iterator[tuple[Edge, np.ndarray]]:
    """Biases that are added: each output reads one of them, at the last axis."""
    for edge, matrix in j.right.items():
        tensor, out = j.network.tensors[edge[1]], j.output(edge)
        plain = tensor.role == "parameter" and j.arrays[edge[1]].ndim == 1 and out.ndim > 1
        if plain and np.allclose(matrix.sum(1), 1) and np.allclose(matrix, np.round(matrix)):
            yield edge, matrix


def bias_of_one_row(j: Jacobians) -> Planted:
    for edge, matrix in _biases(j):
        kept = matrix.reshape(*j.output(edge).shape, -1).copy()
        kept[1:] = 0
        yield edge_changed(j, edge, kept.reshape(matrix.shape))


def bias_mean(j: Jacobians) -> Planted:
    for edge, matrix in _biases(j):
        yield edge_changed(j, edge, matrix / matrix.sum(0))


def bias_of_everything(j: Jacobians) -> Planted:
    for edge, _ in _biases(j):
        line, right = edge_changed(j, edge, j.right[edge])
        yield line, np.full_like(right, right.sum())


def bias_of_weights(j: Jacobians) -> Planted:
    """For each bias, the gradients of the weights that its outputs read."""
    for edge, matrix in _biases(j):
        for weights in parameters(j, edge, 2, 2):
            read_too = (np.abs(matrix).T @ np.abs(j.right[edge[0], weights])) > 0
            yield j.line(edge[1]), read_too @ np.ravel(j.gradients()[weights])


def one_output_alone(j: Jacobians) -> Planted:
    for edge, _ in behind_weights(j):
        if j.output(edge).ndim and j.arrays[edge[1]].shape[:1] == j.output(edge).shape[:1]:
            kept = j.right[edge].reshape(*j.output(edge).shape, -1).copy()
            if kept.ndim == 3:
                kept[:, 1:] = 0
                yield edge_changed(j, edge, kept.reshape(j.right[edge].shape))


# ---- weights ------------------------------------------------------------------------------------
def weights_lost(j: Jacobians) -> Planted:
    for edge, weights in behind_weights(j):
        yield edge_changed(j, edge, j.matrix(edge, {weights: np.ones_like(j.arrays[weights])}))


def weights_transposed(j: Jacobians) -> Planted:
    for edge, weights in behind_weights(j):
        array = j.arrays[weights]
        if array.shape[-1] == array.shape[-2]:
            yield edge_changed(j, edge, j.matrix(edge, {weights: array.swapaxes(-1, -2)}))


def weights_updated(j: Jacobians) -> Planted:
    for edge, weights in behind_weights(j):
        if edge[1] in j.carried:
            continue  # the updated weights depend on what is carried
        after = j.arrays[weights] - j.gradients()[weights]
        yield edge_changed(j, edge, j.matrix(edge, {weights: after}))


def error_shared_out(j: Jacobians) -> Planted:
    for edge, weights in behind_weights(j):
        array = j.arrays[weights]
        if array.ndim == 2 and array.shape[0] != array.shape[1]:
            for axis in _summed_with(j, edge, weights):
                shares = array / array.sum(axis, keepdims=True)
                yield edge_changed(j, edge, j.matrix(edge, {weights: shares}))


def _summed_with(j: Jacobians, edge: Edge, weights: str) -> set[int]:
    """The axes of weights along which they are multiplied by a tensor and added up."""
    rhs = j.equations[edge[0]].rhs
    beside = {i for access in reads(rhs, edge[1]) for i in access.indices}
    own = {i for i, _ in j.equations[edge[0]].ranges}
    return {
        k
        for access in reads(rhs, weights)
        for k, i in enumerate(access.indices)
        if i in beside - own and isinstance(i, Index)
    }


def weights_for_activations(j: Jacobians) -> Planted:
    """dW = δ·W, as if the weights were what they are multiplied by."""
    for edge in j.right:
        matrix = j.network.tensors[edge[1]].role == "parameter" and j.arrays[edge[1]].ndim == 2
        if matrix and linear(j, edge):
            read = j.equations[edge[0]].read_names()
            weights = [n for n in _beside(j, edge) if _weights(j, n)]
            values = [n for n in read if not _weights(j, n) and n not in j.carried]
            for name in sorted(values):
                yield from _stands_in(j, edge, name, weights)


def activations_for_weights(j: Jacobians) -> Planted:
    """dx = δ·x, as if what the weights are multiplied by were the weights."""
    for edge, weights in behind_weights(j):
        others = [n for n in _beside(j, edge) if not _weights(j, n) and n not in j.carried]
        yield from _stands_in(j, edge, weights, others)


def _weights(j: Jacobians, name: str) -> bool:
    return j.network.tensors[name].role == "parameter"


def _starts(j: Jacobians, name: str) -> bool:
    """Whether a state begins with it: neither weights nor what a layer reads."""
    return name.replace("0", "", 1) in j.carried


def _beside(j: Jacobians, edge: Edge) -> list[str]:
    """The tensors of an equation, and of those before and behind it."""
    own = j.equations[edge[0]]
    names = own.read_names() | {own.name}
    near = [e for e in j.equations if (e.read_names() | {e.name}) & names]
    names = {n for e in near for n in (*e.read_names(), e.name)}
    return sorted(n for n in names if not _starts(j, n))


def _stands_in(j: Jacobians, edge: Edge, name: str, others: list[str]) -> Planted:
    """A tensor with another one of its shape in its place."""
    array = j.arrays[name]
    for other in others:
        same = other != name and j.arrays[other].shape == array.shape and array.ndim == 2
        if same and array.dtype.kind == j.arrays[other].dtype.kind == "f":
            yield edge_changed(j, edge, j.matrix(edge, {name: j.arrays[other]}))


def scale_lost(j: Jacobians) -> Planted:
    for edge in j.right:
        if j.network.tensors[edge[1]].role == "parameter":
            continue
        for scale in parameters(j, edge, 1, 1):
            lost = j.matrix(edge, {scale: np.ones_like(j.arrays[scale])})
            if {"mu", "v"} <= j.network.tensors.keys():
                yield edge_changed(j, edge, lost)


ROWS = (
    Row("1, 36 slope lost", slope_lost, ("slope lost",), "mlp"),
    Row("2 slope at the output", slope_at_the_output, ("slope at the wrong place",), "mlp"),
    Row("2 slope of the sum", slope_of_the_sum, ("slope at the wrong place",), "mlp"),
    Row("3 slope of the upstream", slope_of_the_upstream, ("slope at the wrong place",), "mlp"),
    Row("4, 16 slope again", slope_again, ("slope twice",), "softmax_cross_entropy"),
    Row("5 sign", sign, ("sign",), "mlp"),
    Row("6 factor", factor, ("constant factor", "power", "constant lost", "mean for sum"), "mlp"),
    Row("7 bias: one row", bias_of_one_row, ("one path only",), "dense"),
    Row("7, 22 bias: mean", bias_mean, ("mean for sum", "constant factor"), "dense"),
    Row("7 bias: everything", bias_of_everything, ("another axis", "scalar gate"), "dense"),
    Row("8 bias from weights", bias_of_weights, ("bias from weights",), "dense"),
    Row("9 transposed", weights_transposed, ("transposed", "layout"), "mlp", SQUARE),
    Row("10 weights lost", weights_lost, ("weights lost",), "mlp"),
    Row("11 weights for activations", weights_for_activations,
     ("weights where activations belong",), "mlp", SQUARE),
    Row("11 activations for weights", activations_for_weights,
     ("activations where weights belong",), "mlp", SQUARE),
    Row("12 updated weights", weights_updated, ("updated weights used",), "mlp"),
    Row("13 shared out", error_shared_out, ("error shared out",), "mlp"),
    Row("14 one output", one_output_alone, ("one path only",), "mlp"),
    Row("18 mask of the upstream", mask_of_the_upstream,
        ("slope at the wrong place",), "activation"),
    Row("28 scale lost", scale_lost, ("scale lost",), "batch_norm"),
    Row("33 slope of tanh", tanh_otherwise,
     ("slope inverted", "slope misremembered", "power", "sign"), "rnn"),
    Row("33 slope of σ", sigmoid_otherwise,
     ("slope misremembered", "sign", "factor lost", "function for slope"), "mlp"),
)  # fmt: skip
