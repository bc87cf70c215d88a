"""Names for the indices at which a gradient is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Expr

from deltarule.expressions.nodes import index_names, reads
from deltarule.expressions.symbols import Index, Size, spare
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


def target_indices(
    tensor: Tensor,
    consumers: Iterable[Equation],
    writers: Iterable[Equation],
    others: Iterable[Equation] = (),
) -> tuple[Index, ...]:
    """One index an axis: as the tensor is read, or else written, or else letters of their own.

    Of a tensor that nothing reads or writes they are those that run as far in the `others`, or
    letters like those of its sizes.

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
    if None in chosen:  # p[j, i] is read at [i, i] alone: as it is written
        chosen = next(filter(None, map(_all_different, patterns)), chosen)
    if not patterns:
        for axis, extent in enumerate(tensor.axes):
            alike = (i for e in others for i, n in e.ranges if n == extent and i not in chosen)
            own = str(extent).lower() if isinstance(extent, Size) else ""
            letter = Index(own) if len(own) == 1 and Index(own) not in chosen else None
            chosen[axis] = next(alike, letter)
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


def _all_different(pattern: Sequence[Expr]) -> list[Index | None] | None:
    """The subscripts of a pattern, if they are indices, none of them twice."""
    plain = [Index(s.name.rstrip("′")) for s in pattern if isinstance(s, Index)]
    return list(plain) if pattern and len({*plain}) == len(pattern) else None
