"""Mistakes at slopes, signs, sums and weights, planted in the matrices of the chain rule."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jacobians import Edge, Jacobians

from deltarule.expressions.functions import Elementwise
from deltarule.expressions.nodes import Read

#: A tensor, and what somebody writes for its gradient.
Planted = Iterator[tuple[str, np.ndarray]]


def edge_changed(j: Jacobians, edge: Edge, matrix: np.ndarray) -> tuple[str, np.ndarray]:
    return edge[1], j.gradients({edge: matrix})[edge[1]]


def upstream(j: Jacobians, output: str) -> np.ndarray:
    """What comes back to an output: its gradient, or what a layer is given."""
    found = j.gradients().get(output)
    return j.arrays[f"d{j.computation.derivation.of}/d{output}"] if found is None else found


def activations(j: Jacobians, *functions: str) -> Iterator[Edge]:
    for k, e in enumerate(j.equations):
        if isinstance(e.rhs, Elementwise) and isinstance(e.rhs.args[0], Read):
            (name,) = e.read_names() if len(e.read_names()) == 1 else ("",)
            alike = name and j.arrays[name].shape == j.arrays[e.name].shape
            if alike and e.rhs.row.name in (functions or ("sigmoid", "tanh", "relu")):
                yield k, name


def parameters(j: Jacobians, edge: Edge, least: int, most: int = 9) -> list[str]:
    """The parameters that are read beside another tensor."""
    return [
        n
        for n in sorted(j.equations[edge[0]].read_names() - {edge[1]})
        if j.network.tensors[n].role == "parameter"
        and least <= j.arrays[n].ndim <= most
        and n.replace("0", "", 1) not in j.carried  # what a state begins with
    ]


def behind_weights(j: Jacobians) -> Iterator[tuple[Edge, str]]:
    for edge in j.right:
        half = j.matrix(edge, {edge[1]: 0.5 * j.arrays[edge[1]]})
        linear = np.allclose(half, j.right[edge], atol=1e-8)  # other weights, the same slopes
        if j.network.tensors[edge[1]].role != "parameter" and linear:
            for weights in parameters(j, edge, 2):
                yield edge, weights


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
                    yield name, j.gradients()[name] * p * (1 - p)


# ---- signs and factors --------------------------------------------------------------------------
def _times(j: Jacobians, number: float) -> Planted:
    """Every gradient times a number; between times it is carried on so."""
    for name, gradient in j.gradients().items():
        if name not in j.carried:
            yield name, number * gradient
        elif name not in j.computation.derivation.upstream:
            wrong = {edge: number * j.right[edge] for edge in j.reading(name)}
            yield name, j.gradients(wrong)[name]


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
        plain = tensor.role == "parameter" and j.arrays[edge[1]].ndim == 1
        if plain and out.ndim > 1 and np.allclose(matrix.sum(1), 1) and np.isin(matrix, (0, 1)).all:
            yield edge, matrix


def bias_of_one_row(j: Jacobians) -> Planted:
    for edge, matrix in _biases(j):
        kept = matrix.reshape(*j.output(edge).shape, -1).copy()
        kept[1:] = 0
        yield edge_changed(j, edge, kept.reshape(matrix.shape))


def bias_mean(j: Jacobians) -> Planted:
    for edge, matrix in _biases(j):
        yield edge_changed(j, edge, matrix / matrix.sum(0))


def bias_of_weights(j: Jacobians) -> Planted:
    for edge, _ in _biases(j):
        for weights in parameters(j, edge, 2, 2):
            gradient = j.gradients()[weights].sum(0)
            if gradient.shape == j.arrays[edge[1]].shape:
                yield edge[1], gradient


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
            for axis in (0, 1):
                if array.shape[axis] == j.arrays[edge[1]].shape[-1]:
                    shares = array / array.sum(axis, keepdims=True)
                    yield edge_changed(j, edge, j.matrix(edge, {weights: shares}))


def scale_lost(j: Jacobians) -> Planted:
    for edge in j.right:
        if j.network.tensors[edge[1]].role == "parameter":
            continue
        for scale in parameters(j, edge, 1, 1):
            lost = j.matrix(edge, {scale: np.ones_like(j.arrays[scale])})
            if {"mu", "v"} <= j.network.tensors.keys():
                yield edge_changed(j, edge, lost)
