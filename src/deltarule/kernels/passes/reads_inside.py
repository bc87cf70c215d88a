"""Whether all that an expression reads lies inside its tensors, whatever conditions hold.

Reads that lie outside are the one reason why a part of an equation must stay behind a guard: a
value that does not count is discarded, wherever it was computed.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Basic, Expr

from deltarule.expressions.nodes import Read, Reduction, reads, tensor_name, walk
from deltarule.expressions.symbols import Index
from deltarule.networks.tensors import Tensor


def reads_inside(node: Basic, around: Mapping[Index, Expr], tensors: Mapping[str, Tensor]) -> bool:
    """Whether each subscript that is read is an index of the whole axis, or data that number its
    entries. `around` are the extents of the indices of loops around the node.
    """
    extents = dict(around)
    for part in walk(node):
        extents |= dict(part.ranges) if isinstance(part, Reduction) else {}
    return all(
        tensor_name(r) in tensors and _below(s, axis, extents, tensors)
        for r in reads(node)
        for s, axis in zip(r.indices, tensors[tensor_name(r)].axes, strict=True)
    )


def _below(
    subscript: Expr, axis: Expr, extents: Mapping[Index, Expr], tensors: Mapping[str, Tensor]
) -> bool:
    if isinstance(subscript, Read):
        return tensors[tensor_name(subscript)].integers_below == axis
    return extents.get(subscript) == axis
