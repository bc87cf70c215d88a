"""What planting is done with: rows of the list, and helpers that find where they apply.

`j.right` holds the chain rule as matrices, measured by differences: for each equation, by its
place in the network, and each tensor that it reads, ∂(outputs)/∂(entries), a row for each output.
The pair of the two is an edge. Somebody who works one of these matrices out wrongly writes a wrong
gradient: `edge_changed(j, edge, matrix)` is that gradient with its line. `j.matrix(edge, {"W":
other})` is the matrix for other values of W; `j.arrays` holds the values of all tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from jacobians import Edge, Jacobians

from deltarule.expressions.functions import Elementwise
from deltarule.expressions.nodes import Read

#: The numbers of a derivation: as usual, all sizes alike so that all shapes fit, or with ties.
USUAL, SQUARE, TIED = "usual", "square", "tied"

#: A line, such as dL/dx, and what somebody writes for it.
Planted = Iterator[tuple[str, np.ndarray]]


class Row(NamedTuple):
    """A row of the list: how it is planted, the kinds that stand for it, and the derivation in
    which the test plants it; with which numbers.

    `small`: what it changes is as small as ε.
    """

    name: str
    plant: Callable[[Jacobians], Planted]
    kinds: tuple[str, ...]
    home: str
    setting: str = USUAL
    small: bool = False


def edge_changed(j: Jacobians, edge: Edge, matrix: np.ndarray) -> tuple[str, np.ndarray]:
    """The gradient of what a matrix of the chain rule goes back to, with another matrix."""
    return j.line(edge[1]), j.gradients({edge: matrix})[edge[1]]


def upstream(j: Jacobians, output: str) -> np.ndarray:
    """What comes back to an output: its gradient, or what a layer is given."""
    found = j.gradients().get(output)
    return j.arrays[j.line(output)] if found is None else found


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


def linear(j: Jacobians, edge: Edge) -> bool:
    """Whether the slopes by a tensor do not depend on it."""
    half = j.matrix(edge, {edge[1]: 0.5 * j.arrays[edge[1]]})
    return np.allclose(half, j.right[edge], atol=1e-8)


def behind_weights(j: Jacobians) -> Iterator[tuple[Edge, str]]:
    """What weights are multiplied by: its slopes depend on them."""
    for edge in j.right:
        if j.network.tensors[edge[1]].role != "parameter" and linear(j, edge):
            for weights in parameters(j, edge, 2):
                half = j.matrix(edge, {weights: 0.5 * j.arrays[weights]})
                if not np.allclose(half, j.right[edge], atol=1e-8):
                    yield edge, weights
