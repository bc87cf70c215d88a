"""Putting a formula beside the right one, also where it reads what small sizes do not have."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from sympy import Expr, Integer

from deltarule.arithmetic.integers import OutsideShape
from deltarule.calculus import Derivation
from deltarule.errors import DeltaruleError
from deltarule.expressions.gradient_names import tensor_of
from deltarule.expressions.nodes import reads, tensor_name
from deltarule.expressions.symbols import Size
from deltarule.formulas.existing_entries import of_existing
from deltarule.formulas.readings import both_vocabularies
from deltarule.formulas.target import Target
from deltarule.marking.formula_answers.comparison import Comparison
from deltarule.marking.formula_answers.transposed import beyond
from deltarule.tracing.computation import Computation


@dataclass(frozen=True)
class Comparer:
    """Compares formulas for one quantity; a sheet's `computation` tells which entries there are."""

    derivation: Derivation
    target: Target
    computation: Computation | None = None

    def __call__(
        self,
        written: Expr,
        properties: Mapping[str, str | np.ndarray] | None = None,
        sizes: Mapping[str, int] | None = None,
    ) -> Comparison:
        """A formula beside the right one. Raises Beyond where it reads what there is not."""
        if larger := self._with_all_entries(written):
            with suppress(DeltaruleError):
                return self._beside(written, properties, {**larger, **(sizes or {})})
        try:
            return self._beside(written, properties, sizes)
        except OutsideShape:
            tensors = both_vocabularies(self.derivation)[0].tensors
            limited = of_existing(written, tensors)
            if limited != written:
                with suppress(OutsideShape):
                    found = self._beside(limited, properties, sizes)
                    found.limited = True
                    return found
            raise beyond(written, self.target, tensors) from None

    def _beside(self, written: Expr, properties, sizes) -> Comparison:
        return Comparison(self.derivation, self.target, written, properties, sizes)

    def _with_all_entries(self, written: Expr) -> dict[str, int]:
        """Sizes with which all entries exist that a formula names by numbers, if they do here."""
        if self.computation is None:
            return {}
        tensors, definitions = (
            self.computation.network.tensors,
            self.computation.network.definitions,
        )
        found: dict[str, int] = {}
        for access in reads(written):
            tensor = tensors.get(tensor_of(tensor_name(access)))
            for axis, at in zip(tensor.axes if tensor else (), access.indices, strict=False):
                if not isinstance(at, Integer):
                    continue
                if not 0 <= at < self.computation.floats.extent(axis):
                    return {}
                if at > 0 and isinstance(axis, Size) and axis not in definitions:
                    found[str(axis)] = max(found.get(str(axis), 0), int(at) + 2)
        return found
