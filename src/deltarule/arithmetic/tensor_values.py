"""What the names in an expression stand for: arrays, sizes and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import sympy
from sympy import Expr, Symbol

from deltarule.arithmetic.integers import Grid, integers_over
from deltarule.expressions.nodes import reads, tensor_name
from deltarule.expressions.symbols import Scalar
from deltarule.networks.tensors import Tensor


@dataclass
class Values:
    """What the names in an expression stand for.

    `arrays` by tensor name, `sizes` and `scalars` by symbol; `tensors` tells the outside values,
    `lines` which equations gave what arrays, where floats are computed.
    """

    arrays: dict
    sizes: Mapping[Symbol, int]
    scalars: Mapping[Scalar, Fraction | sympy.Rational]
    tensors: Mapping[str, Tensor]
    lines: dict = field(default_factory=dict, repr=False, compare=False)

    def extent(self, size: Expr) -> int:
        """The number that a size comes to. Raises DeltaruleError for one that has no value."""
        known = self.sizes.get(size) if isinstance(size, Symbol) else None
        return int(integers_over(size, Grid((), (), ()), self) if known is None else known)

    def infinite(self, expression: Expr) -> frozenset[str]:
        """The tensors among those that an expression reads that were computed, and hold ±∞."""
        names = {tensor_name(r) for r in reads(expression)}
        computed = {n for n in names if n in self.tensors and not self.tensors[n].given}
        arrays = {n: a for n in computed if isinstance(a := self.arrays.get(n), np.ndarray)}
        return frozenset(n for n, a in arrays.items() if a.dtype.kind == "f" and np.isinf(a).any())
