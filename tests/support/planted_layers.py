"""Mistakes at windows and paths, planted in the matrices of the chain rule."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jacobians import Edge, Jacobians
from planting import TIED, Planted, Row, behind_weights, edge_changed, parameters, upstream
from sympy import Expr

from deltarule.expressions.nodes import Max, MaxAll, Read, Selection, walk
from deltarule.expressions.symbols import Attribute, Index, Size


# ---- windows ------------------------------------------------------------------------------------
def _slides(j: Jacobians, edge: Edge) -> bool:
    """Whether an equation reads at S·i + D·k − P; A·g + a is channel a of a group, no window."""
    found = j.equations[edge[0]]
    return any(
        len(s.free_symbols & set(found.indices)) > 0 and s.is_Add and not _of_groups(s)
        for n in walk(found.rhs)
        if isinstance(n, Read)
        for s in n.indices
    )


def _of_groups(subscript: Expr) -> bool:
    return any(
        isinstance(n, Size) and not isinstance(n, Attribute)
        for term in subscript.args
        if term.atoms(Index)
        for n in term.free_symbols
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
                line, left = edge_changed(j, edge, np.zeros_like(j.right[edge]))
                if left.any():
                    yield line, left


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


# ---- maxima and penalties -----------------------------------------------------------------------
def all_of_a_tie(j: Jacobians) -> Planted:
    """The whole gradient to every one of several largest entries; what lies in a window is what
    changes the maximum if it is raised high enough."""
    for edge in j.right:
        equation, name = j.equations[edge[0]], edge[1]
        if not any(isinstance(n, (Max, MaxAll)) for n in walk(equation.rhs)):
            continue
        if equation.read_names() == {name}:
            x, y = np.ravel(j.arrays[name]), np.ravel(j.output(edge))
            within = j.raised(edge, 1000.0) > 500
            yield edge_changed(j, edge, (within & (y[:, None] == x)) * 1.0)


def penalty_not_squared(j: Jacobians) -> Planted:
    """λ for 2λW: the slope of λW² where W is ½."""
    for edge in _penalties(j):
        half = np.full_like(j.arrays[edge[1]], 0.5)
        yield edge_changed(j, edge, j.matrix(edge, {edge[1]: half}))


def bias_regularised(j: Jacobians) -> Planted:
    """The penalty of the weights on a parameter too that has none."""
    penalised = {edge[1] for edge in _penalties(j)}
    for edge in _penalties(j):
        come = upstream(j, j.equations[edge[0]].name)
        weights = j.arrays[edge[1]]
        for name, tensor in j.network.tensors.items():
            own = np.ravel(j.arrays.get(name, 0.0))
            if tensor.role == "parameter" and name not in penalised and own.size <= weights.size:
                at = np.resize(own, weights.shape)
                slope = np.ravel(j.matrix(edge, {edge[1]: at}))[: own.size]
                more = (come * slope).reshape(tensor_shape := j.arrays[name].shape)
                yield j.line(name), j.gradients()[name].reshape(tensor_shape) + more


def _penalties(j: Jacobians) -> list[Edge]:
    """One number made of one parameter alone, by its squares."""
    return [
        edge
        for edge in j.right
        if j.network.tensors[edge[1]].role == "parameter"
        and j.equations[edge[0]].read_names() == {edge[1]}
        and j.output(edge).ndim == 0
        and np.allclose(j.matrix(edge, {edge[1]: 2 * j.arrays[edge[1]]}), 2 * j.right[edge])
    ]


ROWS = (
    Row("15 diagonal", diagonal_alone, ("diagonal alone",), "softmax"),
    Row("17 penalty not squared", penalty_not_squared, ("power",), "regularised_dense"),
    Row("17 bias regularised", bias_regularised, ("bias regularised",), "regularised_dense"),
    Row("19 kernel turned", kernel_turned, ("kernel turned",), "conv1d"),
    Row("20 stride lost", placed_otherwise("S", 1), ("stride lost",), "conv1d"),
    Row("20 dilation lost", placed_otherwise("D", 1), ("dilation lost",), "conv1d"),
    Row("21 padding lost", placed_otherwise("P", 0), ("padding lost",), "conv1d"),
    Row("23 written over", written_over, ("assignment for accumulation",), "max_pool1d"),
    Row("24 all of a tie", all_of_a_tie, ("all of a tie",), "max_pool1d", TIED),
    Row("25 divisor lost", divisor_lost,
        ("divisor lost", "constant lost", "sum for mean"), "avg_pool2d"),
    Row("26, 27 path frozen", path_frozen,
        ("path frozen", "summand lost", "recurrence cut"), "batch_norm"),
    Row("39 duplicates lost", duplicates_lost, ("assignment for accumulation",), "embedding"),
    Row("40 mask lost", mask_lost, ("mask lost",), "dropout"),
)  # fmt: skip
