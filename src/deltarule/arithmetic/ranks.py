"""How many terms a matrix must be added up from to have an inverse: Σ_n x[n, i]·x[n, j] at least D.

A sum of N products of columns with rows has a rank of N at most.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Mul

from deltarule.expressions.matrices import Inverse, LogDet, matrix_indices
from deltarule.expressions.nodes import Read, Sum, free_indices, tensor_name, walk
from deltarule.expressions.symbols import Index
from deltarule.networks.network import Network


def enough_terms(network: Network) -> Iterator[Expr]:
    """For each matrix that is inverted what is above 0 where its rank can be full: N − D + 1."""
    for equation in network.equations:
        for node in walk(equation.rhs):
            if isinstance(node, Inverse):
                body, extent, pair = node.args[0], node.args[3], matrix_indices(node)
            elif isinstance(node, LogDet):
                body, extent, pair = node.body, node.ranges[0][1], node.indices
            else:
                continue
            terms = _terms(network, body, pair)
            if terms is not None:
                yield (terms - extent + 1).expand()


def _terms(network: Network, body: Expr, pair: tuple[Index, ...]) -> Expr | None:
    """How many products of a column with a row the matrix is the sum of; None for another one."""
    if isinstance(body, Read):
        lines = network.equation_of(tensor_name(body))
        if len(lines) != 1 or lines[0].subscripts != lines[0].indices:
            return None
        own = dict(zip(body.indices, lines[0].indices, strict=True))
        if not all(i in own for i in pair):
            return None
        body, pair = lines[0].rhs, tuple(own[i] for i in pair)
    number, factors = body.as_coeff_mul()
    if number == 0 or len(factors) != 1 or not isinstance(factors[0], Sum):
        return None
    total = factors[0]
    both = set(pair)
    if any(both <= free_indices(f) for f in Mul.make_args(total.body)):
        return None
    return Mul(*(n for _, n in total.ranges))
