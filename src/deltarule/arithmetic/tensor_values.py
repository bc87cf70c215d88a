"""What the names in an expression stand for: arrays, sizes and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import sympy
from sympy import Expr, Symbol

from deltarule.arithmetic.integers import Grid, integers_over
from deltarule.expressions.symbols import Scalar
from deltarule.networks.tensors import Tensor


@dataclass
class Values:
    """What the names in an expression stand for.

    `arrays` by tensor name, `sizes` and `scalars` by symbol; `tensors` tells the outside values.
    """

    arrays: dict
    sizes: Mapping[Symbol, int]
    scalars: Mapping[Scalar, Fraction | sympy.Rational]
    tensors: Mapping[str, Tensor]

    def extent(self, size: Expr) -> int:
        """The number that a size comes to. Raises DeltaruleError for one that has no value."""
        known = self.sizes.get(size) if isinstance(size, Symbol) else None
        return int(integers_over(size, Grid((), (), ()), self) if known is None else known)
