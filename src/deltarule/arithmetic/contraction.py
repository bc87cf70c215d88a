"""Large sums of products of plain reads, handed to `numpy.einsum` and so to BLAS."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sympy import Mul

from deltarule.arithmetic.integers import Grid
from deltarule.expressions import nodes
from deltarule.expressions.symbols import Index

#: Below this many points broadcasting is as fast.
FEW_POINTS = 4096


def contraction(node: nodes.Sum, grid: Grid, extents: Sequence[int], arrays) -> np.ndarray | None:
    """Σ a[i, k]·b[k, j] … over the grid; None where the sum is not of this form."""
    inner = grid.extended(node.indices, extents)
    if inner.points < FEW_POINTS or node.conditions or inner.counted.ndim or any(grid.starts):
        return None
    axes = {index: inner.axis(index) for index in inner.indices}
    operands: list = []
    scale = 1.0
    for factor in Mul.make_args(node.body):
        if factor.is_Rational:
            scale *= float(factor)
        elif isinstance(factor, nodes.Read) and _fits(factor, inner, axes, arrays):
            labels = [axes[s] for s in factor.indices if isinstance(s, Index)]
            operands += [arrays[nodes.tensor_name(factor)], labels]
        else:
            return None
    used = {axis for labels in operands[1::2] for axis in labels}
    if not {axes[i] for i in node.indices} <= used:
        return None
    kept = [axis for axis in range(len(grid.indices)) if axis in used]
    found = np.einsum(*operands, kept, optimize=True) * scale
    shape = [n if axis in used else 1 for axis, n in enumerate(grid.extents)]
    return np.asarray(found).reshape(shape)


def _fits(factor: nodes.Read, inner: Grid, axes: dict, arrays) -> bool:
    array = arrays.get(nodes.tensor_name(factor))
    if array is None or not all(isinstance(s, Index) and s in axes for s in factor.indices):
        return False
    return array.shape == tuple(inner.extents[axes[s]] for s in factor.indices)
