"""Names for the indices at which a gradient is written."""

from __future__ import annotations

from collections.abc import Iterable

from deltarule.expressions.nodes import index_names, reads
from deltarule.expressions.symbols import Index, spare
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


def target_indices(
    tensor: Tensor, consumers: Iterable[Equation], writers: Iterable[Equation]
) -> tuple[Index, ...]:
    """One index an axis: as the tensor is read, or else written, or else letters of their own.

    W[d, m] in s[n, m] = Σ_d x[n, d]·W[d, m] gives (d, m); an axis read at S·i + D·k − P gets a
    spare letter, which is the name of no tensor in sight.
    """
    patterns = [r.indices for e in consumers for r in reads(e.rhs, tensor.name)]
    patterns += [e.subscripts for e in writers]
    chosen: list[Index | None] = [None] * len(tensor.axes)
    for pattern in patterns:
        for axis, subscript in enumerate(pattern):
            if isinstance(subscript, Index) and chosen[axis] is None:
                plain = Index(subscript.name.rstrip("′"))
                index = subscript if plain in chosen else plain  # j′ beside j stays j′
                chosen[axis] = None if index in chosen else index
        if None not in chosen:
            break
    taken = {i.name for i in chosen if i is not None}
    for e in consumers:
        taken |= index_names(e.rhs, *e.subscripts) | e.read_names()
    result = []
    for index in chosen:
        if index is None:
            index = spare(taken)
            taken.add(index.name)
        result.append(index)
    return tuple(result)
