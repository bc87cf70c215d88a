"""Inverses and log-determinants of matrices given entry by entry.

    S_inv[t, i, j] = Inverse[i, j](S[t, i, j])       Σ_k S[t, i, k]·S_inv[t, k, j] = [i = j]
    log_det[t] = LogDet[i, j](S[t, i, j])            of a matrix with a determinant above 0

An inverse is an equation of its own: its derivative, and that of a log-determinant, are written
with the tensor that it gives.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sympy import Expr

from deltarule.expressions.nodes import Reduction, reads, tensor_name, walk
from deltarule.expressions.symbols import Index


class Inverse(Expr):
    """Entry (i, j) of the inverse of the matrix with the entries `body`: (body, i, j, extent)."""

    __slots__ = ()
    is_real = True
    is_commutative = True

    if TYPE_CHECKING:

        @property
        def args(self) -> tuple[Expr, Index, Index, Expr]: ...

    def _sympystr(self, printer) -> str:
        # SymPy's printer takes the name of the class for that of its own inverse.
        body, i, j, _ = map(printer.doprint, self.args)
        return f"Inverse[{i}, {j}]({body})"


class LogDet(Reduction):
    """log det of the matrix with the entries `body`, over its rows and columns."""

    __slots__ = ()


def in_determinants(expressions: Iterable[Expr]) -> set[str]:
    """The tensors that logarithms of determinants are taken of: numbers for them are drawn so."""
    return {
        tensor_name(r)
        for e in expressions
        for n in walk(e)
        if isinstance(n, LogDet)
        for r in reads(n.body)
    }


def matrix_indices(node: Inverse) -> tuple[Index, Index]:
    """The indices of row and column."""
    return node.args[1], node.args[2]
