"""The identity matrix of formulas, I of XᵀX + λ I."""

from __future__ import annotations

from sympy import Expr, Integer

from deltarule.expressions.nodes import Equal, Read, Sum, tensor_name

#: What the identity matrix is called.
IDENTITY = "I"


def identity_entry(access: Read) -> Expr:
    """An entry of the identity matrix as 1 on the diagonal, else 0; of another tensor as it is."""
    if tensor_name(access) != IDENTITY:
        return access
    row, column = access.indices
    return Integer(1) if row == column else Sum(Integer(1), (), [Equal(row, column)])
