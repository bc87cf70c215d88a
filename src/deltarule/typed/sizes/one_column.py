"""Matrices that would be vectors by what stands around them: W of y xᵀ − y² W, if y is a row."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from sympy import Expr

from deltarule.errors import DeltaruleError
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import pretty
from deltarule.typed.equation_texts import TypedEquation
from deltarule.typed.sizes.unified_sizes import UnifiedSizes


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


def refuse_other_ranks(equations: Sequence[TypedEquation], tensors: Mapping[str, Tensor]) -> None:
    """Raises DeltaruleError where v′ would be a matrix and v is a vector: v' = −v + R I."""
    for e in equations:
        own, given = tensors[e.name], tensors.get(e.name.removesuffix("prime"))
        if given is None or given is own or len(given.axes) >= len(own.axes) or not given.axes:
            continue
        name = pretty(given.name)
        raise DeltaruleError(
            f"{name}′ would be a matrix, and {name} is a vector",
            e.place,
            "write small letters for numbers, as r i of R I",
        )
