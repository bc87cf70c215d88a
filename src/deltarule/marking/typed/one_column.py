"""Matrices that would be vectors by what stands around them: W of y xᵀ − y² W, if y is a row."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from sympy import Expr

from deltarule.errors import DeltaruleError
from deltarule.marking.typed.equation_texts import TypedEquation
from deltarule.marking.typed.unified_sizes import UnifiedSizes


class OneColumn(DeltaruleError):
    """A matrix of which one axis would have one entry."""


def refuse_columns(
    equations: Sequence[TypedEquation],
    axes: Mapping[str, tuple[Expr, ...]],
    sizes: UnifiedSizes,
    counts: Container[str],
) -> None:
    """Raises OneColumn where what is a matrix by its letter would be a vector; `counts` are the
    capitals that say how many."""
    for name, own in axes.items():
        joined = any(sizes.of(n) == 1 for n in own)
        if name not in counts and len(own) == 2 and 1 not in own and joined:
            raise OneColumn(
                f"{name} is a matrix by its letter, and fits as a vector alone",
                next(e.place for e in equations if name in e.reads()),
                f"write x yᵀ for all products, diag(x) {name} for each row times an entry; or "
                f"--set {name}=3 for a vector",
            )
