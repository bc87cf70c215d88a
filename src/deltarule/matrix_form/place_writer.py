"""Formulas in words as they are printed at a place: ⌊p/A⌋ of x[p] is g at x[A·g + a]."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sympy import Basic, Expr

from deltarule.expressions.nodes import free_indices
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.spelling.text import Writer

#: Puts in what the extents of indices decide.
Settle = Callable[[Any, Mapping[Index, Expr]], Expr]


class PlaceWriter(Writer):
    """Writes A·g + a for p, and what follows from it: `settle` decides quotients at a place."""

    def __init__(self, table: Mapping[Index, Expr], extents: Mapping[Index, Expr], settle: Settle):
        self.table = {i: at for i, at in table.items() if i != at}
        self._extents, self._settle = extents, settle

    def write(self, node: Basic) -> tuple[str, int]:
        if self.table.keys() & free_indices(node):
            node = self._settle(substitute(node, self.table), self._extents)
        return super().write(node)
