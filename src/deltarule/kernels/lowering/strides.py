"""How close together in memory an expression's reads lie along an index."""

from __future__ import annotations

from sympy import Expr

from deltarule.expressions.affine import affine
from deltarule.expressions.nodes import free_symbols, reads
from deltarule.expressions.symbols import Index


def along(expression: Expr, index: Index) -> int:
    """A score: +1 for each read with unit stride along the index, −1 for each longer stride."""
    return sum(_one(r.indices, index) for r in reads(expression))


def _one(subscripts: tuple, index: Index) -> int:
    present = [k for k, s in enumerate(subscripts) if index in free_symbols(s)]
    if not present:
        return 0
    if present != [len(subscripts) - 1]:
        return -1
    split = affine(subscripts[-1], (index,))
    return 1 if split is not None and split[0].get(index) in (1, -1) else -1
