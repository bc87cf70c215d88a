"""Inverses and log-determinants of matrices given entry by entry.

    S_inv[t, i, j] = Inverse[i, j](S[t, i, j])       Σ_k S[t, i, k]·S_inv[t, k, j] = [i = j]
    log_det[t] = LogDet[i, j](S[t, i, j])            of a positive definite matrix

An inverse is an equation of its own: its derivative, and that of a log-determinant, are written
with the tensor that it gives.
"""

from __future__ import annotations

from sympy import Expr

from deltarule.notation.nodes import Reduction
from deltarule.notation.symbols import Index


class Inverse(Expr):
    """Entry (i, j) of the inverse of the matrix with the entries `body`: (body, i, j, extent)."""

    __slots__ = ()
    is_real = True
    is_commutative = True


class LogDet(Reduction):
    """log det of the matrix with the entries `body`, over its rows and columns."""

    __slots__ = ()


def matrix_indices(node: Inverse) -> tuple[Index, Index]:
    """The indices of row and column."""
    return node.args[1], node.args[2]
