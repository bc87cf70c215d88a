"""Reads of symmetric matrices, A[i, j] and A[j, i], in one order."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sympy import Basic, Expr

from deltarule.expressions.nodes import Read, Reduction, free_indices, reads, tensor_name
from deltarule.expressions.rebuild import read_at, rebuild
from deltarule.expressions.symbols import Index
from deltarule.networks.network import Network
from deltarule.spelling.text import text


def is_symmetric(access: Read, network: Network) -> bool:
    """Whether the tensor that is read is declared, or known, to be symmetric."""
    tensor = network.tensors.get(tensor_name(access))
    return tensor is not None and (tensor.symmetric or tensor.definite)


def reads_symmetric(formula: Expr, network: Network) -> bool:
    """Whether a formula reads a symmetric matrix."""
    return any(is_symmetric(r, network) for r in reads(formula))


def summed_last(
    node: Expr, network: Network, depths: Mapping[Basic, int] = MappingProxyType({})
) -> Expr:
    """A formula in which each symmetric matrix is read with the index last that the innermost sum
    runs over; `depths` says in which sum each index is bound."""
    if isinstance(node, Read):
        return _in_order(node, depths) if is_symmetric(node, network) else node
    if isinstance(node, Reduction):
        depth = max(depths.values(), default=0) + 1
        depths = {**depths, **dict.fromkeys(node.indices, depth)}
    return rebuild(node, lambda part: summed_last(part, network, depths))


def _in_order(access: Read, depths: Mapping[Basic, int]) -> Expr:
    *first, row, column = access.indices

    def depth(subscript: Expr) -> tuple[int, str]:
        own: frozenset[Index] = free_indices(subscript)
        return max((depths.get(i, 0) for i in own), default=0), text(subscript)

    return read_at(access, (*first, *sorted((row, column), key=depth)))
