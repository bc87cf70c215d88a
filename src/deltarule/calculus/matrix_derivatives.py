"""Derivatives of inverses and log-determinants, from what defines them.

A·B = 1 gives dA·B + A·dB = 0, so dB = −B·dA·B: ∂B[i, j]/∂A[a, b] = −B[i, a]·B[b, j].
And ∂ log det A/∂A[a, b] = B[b, a].
"""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Expr

from deltarule.errors import DeltaruleError
from deltarule.expressions.matrices import Inverse, LogDet, matrix_indices
from deltarule.expressions.nodes import index_names
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import fresh
from deltarule.networks.equations import Equation


def through_inverse(node: Inverse, value: Expr) -> tuple[Expr, Expr, tuple]:
    """The entry of the matrix that moves, the factor of its change, and the ranges of both."""
    i, j = matrix_indices(node)
    extent = node.args[3]
    taken = index_names(node, value)
    a = fresh(i.name, taken)
    b = fresh(j.name, taken | {a.name})
    entry = substitute(node.args[0], {i: a, j: b})
    factor = -substitute(value, {j: a}) * substitute(value, {i: b})
    return entry, factor, ((a, extent), (b, extent))


def inverse_of(node: LogDet, equations: Iterable[Equation], place: str) -> Expr:
    """Entry (j, i) of the inverse of the log-determinant's matrix, as the network knows it.

    Raises DeltaruleError if no equation gives the inverse.
    """
    i, j = node.indices
    for equation in equations:
        if not isinstance(equation.rhs, Inverse):
            continue
        row, column = matrix_indices(equation.rhs)
        body = equation.rhs.args[0]
        pairs = zip(getattr(body, "indices", ()), getattr(node.body, "indices", ()), strict=False)
        table = {k: v for k, v in pairs if k in equation.indices}
        if substitute(body, table) == node.body:
            return substitute(equation.lhs, {**table, row: j, column: i})
    raise DeltaruleError(
        f"the derivative of a log-determinant needs the inverse of {node.body}",
        place,
        f"write an equation for it: … = Inverse[{i}, {j}]({node.body})",
    )
