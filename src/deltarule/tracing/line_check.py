"""A traced gradient checked twice: by dual numbers, and by central differences."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan

import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.evaluate import Values
from deltarule.expressions.gradient_names import GradientName
from deltarule.tracing.computation import Computation
from deltarule.tracing.format_numbers import finite
from deltarule.tracing.gaps import from_differences, gap, generic
from deltarule.tracing.reference_derivatives import MOST_ENTRIES


@dataclass(frozen=True)
class Check:
    """How a gradient compares with derivatives found without the derivation.

    `dual` is the largest difference from dual numbers in balls (an upper bound of it),
    `differences` the largest from central differences in float64, relative to the largest entry
    or to what their rounding lets them tell; NaN where infinities leave nothing to compare. Where
    the gradient is ∞ or NaN itself, `dual` is NaN as well: there is no derivative to compare with.
    """

    dual: float
    differences: float
    entries: int

    @property
    def agrees(self) -> bool:
        """Whether dual numbers say the same as the formula, and differences say nothing else."""
        return self.dual < 1e-20 and not self.differences >= 1e-3

    @property
    def undefined(self) -> bool:
        """Whether there is no finite derivative here."""
        return isnan(self.dual)


def check_gradient(computation: Computation, quantity: str) -> Check | None:
    """A gradient against dual numbers and central differences; None for other quantities."""
    derivation = computation.derivation
    found = GradientName.parse(quantity)
    if found is None or found.of != derivation.of or found.direct:
        return None
    name = found.wrt
    if name == derivation.of or name in derivation.upstream:
        return None
    exactly = computation.exact_arithmetic
    exact = np.asarray(computation.exact.arrays[quantity])
    if not all(finite(entry) for entry in exact.flat):
        return Check(nan, nan, exact.size)
    with exactly.context():
        dual = _gap(computation, quantity, name, exactly)
    entries = list(np.ndindex(*np.shape(computation.floats.arrays[quantity])))
    far = from_differences(
        computation.network,
        computation.floats,
        computation.floats.arrays[quantity],
        name,
        entries,
        _roots(computation, computation.floats),
    )
    return Check(dual, far, len(entries))


def _gap(computation: Computation, quantity: str, name: str, exactly: Arithmetic) -> float:
    """How far the formula is from dual numbers: at each entry, or along one generic direction."""
    found = np.asarray(computation.exact.arrays[quantity])
    if not found.size:
        return 0.0
    if found.size > MOST_ENTRIES:
        directions = generic(found.shape, exactly)[None]
    else:
        directions = exactly.array(np.eye(found.size, dtype=int)).reshape(-1, *found.shape)
    axes = tuple(range(1, directions.ndim))
    along = exactly.total(np.asarray(found * directions), axes) if axes else found * directions
    lenient = any(g.lenient for g in computation.derivation.gradients.values())
    return gap(
        computation.network,
        computation.exact,
        exactly,
        name,
        directions,
        along,
        _roots(computation, computation.exact),
        lenient,
    )


def _roots(computation: Computation, values: Values) -> dict[str, np.ndarray | None]:
    derivation = computation.derivation
    if not derivation.upstream:
        return {derivation.of: None}
    return {n: values.arrays[derivation.gradient_name(n)] for n in derivation.upstream}
