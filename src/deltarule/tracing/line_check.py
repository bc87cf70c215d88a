"""A traced gradient checked twice: by dual numbers, and by central differences.

Dual numbers are balls, which enclose what they say; where they would be too many, float64.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isinf, isnan, nan

import flint
import numpy as np
from sympy import Integer

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.magnitude import Magnitude
from deltarule.counting.counts import products
from deltarule.expressions.gradient_names import GradientName
from deltarule.expressions.rewrites import replaced
from deltarule.tracing.computation import Computation
from deltarule.tracing.format_numbers import finite
from deltarule.tracing.gaps import (
    ALIKE,
    SAMPLED,
    Gap,
    from_differences,
    gap,
    gap_in_floats,
    generic,
    sampled,
)
from deltarule.tracing.kinks_met import MOST_ENTRIES as MOST_LOOKED_AT
from deltarule.tracing.kinks_met import KinksMet, jumps_met, jumpy, kinks_met, meets_kinks
from deltarule.tracing.reference_derivatives import MOST_ENTRIES, downstream
from deltarule.tracing.sharpened import MORE_BITS, MOST_BITS

#: Where what follows from a tensor multiplies more often than this, its gradient is compared in
#: float64: balls would take seconds for each direction.
MOST_IN_BALLS = 1_000_000
#: So far dual numbers in float64 are from a gradient at most, which agrees with them.
ALIKE_IN_FLOATS = 1e-8
#: From central differences a gradient is as far as this, or farther, where one of both is wrong.
OFF = 1e-3


@dataclass(frozen=True)
class Check:
    """How a gradient compares with derivatives found without the derivation.

    `dual` is the largest gap of an entry from dual numbers in balls (an upper bound of it),
    relative to the entry; entries that both say to be 0 are so `within` that. `open` tells that
    they could not be told apart from others. `differences` is the largest gap from central
    differences in float64, relative to the largest entry or to what their rounding lets them tell;
    NaN where they tell nothing. They leave out the entries that lie on `kinks`. Where the gradient
    is ∞ or NaN itself, `dual` is NaN as well: there is no derivative to compare with. So it is
    where float64 has one, but numbers on the way to it are `beyond` what balls enclose.
    `floats` tells that the dual numbers were float64's, along one direction, and `dual` is relative
    to what is added up along it.
    """

    dual: float
    differences: float
    entries: int
    within: float = 0.0
    open: bool = False
    kinks: KinksMet | None = None
    beyond: bool = False
    floats: bool = False

    @property
    def agrees(self) -> bool:
        """Whether dual numbers say the same as the formula, and differences say nothing else."""
        most = ALIKE_IN_FLOATS if self.floats else ALIKE
        return self.dual < most and not self.open and not self.differences >= OFF

    @property
    def undefined(self) -> bool:
        """Whether there is nothing to compare with: no finite derivative, or none that is known."""
        return isnan(self.dual) or (self.open and self.dual < ALIKE)


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
        floats = np.asarray(computation.floats.arrays[quantity], dtype=float)
        return Check(nan, nan, exact.size, beyond=bool(np.isfinite(floats).all()))
    if (behind := _products_behind(computation, name)) > MOST_IN_BALLS:
        return _check_in_floats(computation, quantity, name)
    found = _gap(computation, quantity, name, exactly, computation.exact)
    for bits in (*MORE_BITS, MOST_BITS) if isinstance(exactly, Ball) else ():
        needed = found.open or (not found.within.is_zero and bits == MORE_BITS[0])
        if needed and (bits < MOST_BITS or _tiny(exact)):
            found = _gap(computation, quantity, name, Ball(bits), computation.with_bits(bits))
    if isinf(found.share) and not _defined(_roots(computation, computation.exact), computation):
        return Check(nan, nan, exact.size)  # such as the gradient of softmax(s/√−1) x by x
    looked_at = _looked_at(list(np.ndindex(*exact.shape)), behind)
    met = _kinks(computation, name, looked_at, found.edges)
    smooth = [e for e in looked_at if e not in met.entries] if met else looked_at
    far = _differences(computation, quantity, name, smooth)
    return Check(found.share, far, exact.size, found.within, found.open, met)


def _looked_at(entries: Sequence[tuple[int, ...]], behind: int) -> Sequence[tuple[int, ...]]:
    """The entries of a tensor that are looked at for kinks, and that differences are taken of.

    Some of those that are many, or that much is computed from: both ways of each in balls.
    """
    most = MOST_IN_BALLS // (2 * max(1, behind))
    if len(entries) <= min(MOST_LOOKED_AT, most):
        return entries
    return sampled(entries, max(1, min(SAMPLED, most)))


def _products_behind(computation: Computation, name: str) -> int:
    """How often what follows from a tensor multiplies."""
    numbers = {size: Integer(number) for size, number in computation.sizes.items()}
    return sum(int(replaced(products(e), numbers)) for e in downstream(computation.network, name))


def _check_in_floats(computation: Computation, quantity: str, name: str) -> Check:
    """The check of a gradient that balls are too slow for.

    Which entries lie on kinks is not looked for: where some are met at all, differences that are
    off say nothing.
    """
    floats = computation.floats
    ours, roots = np.asarray(floats.arrays[quantity], dtype=float), _roots(computation, floats)
    dual = gap_in_floats(computation.network, floats, name, ours, roots)
    far = _differences(computation, quantity, name, list(np.ndindex(*ours.shape)))
    exactly, exact = computation.exact_arithmetic, computation.exact
    if far >= OFF and meets_kinks(computation.network, exact, exactly, name):
        far = nan
    return Check(dual, far, ours.size, floats=True)


def _differences(
    computation: Computation, quantity: str, name: str, entries: Sequence[tuple[int, ...]]
) -> float:
    """How far a gradient is from central differences at some of its entries."""
    floats = computation.floats
    ours, roots = floats.arrays[quantity], _roots(computation, floats)
    return from_differences(computation.network, floats, ours, name, entries, roots)


def _kinks(
    computation: Computation, name: str, looked_at: Sequence[tuple[int, ...]], edges: bool
) -> KinksMet | None:
    """The kinks and ties that some entries of a tensor lie on."""
    network, floats, exact = computation.network, computation.floats, computation.exact
    jumping = jumpy(network)
    if not (edges or jumping):
        return None
    roots = _roots(computation, floats)
    jumps = jumps_met(network, floats, name, roots, looked_at) if jumping else []
    arithmetic, roots = computation.exact_arithmetic, _roots(computation, exact)
    return kinks_met(network, exact, arithmetic, name, roots, looked_at, jumps)


def _gap(
    computation: Computation, quantity: str, name: str, exactly: Arithmetic, values: Values
) -> Gap:
    """How far the formula is from dual numbers: at each entry, or along one generic direction."""
    with exactly.context():
        return _gap_of(computation, quantity, name, exactly, values)


def _gap_of(
    computation: Computation, quantity: str, name: str, exactly: Arithmetic, values: Values
) -> Gap:
    # As sharp as it is known: what may be 0 in these bits is compared with what it is.
    found = np.asarray(computation.exact.arrays[quantity])
    if not found.size:
        return Gap(0.0, Magnitude(0.0), False)
    if found.size > MOST_ENTRIES:
        directions = generic(found.shape, exactly)[None]
    else:
        directions = exactly.array(np.eye(found.size, dtype=int)).reshape(-1, *found.shape)
    axes = tuple(range(1, directions.ndim))
    along = exactly.total(np.asarray(found * directions), axes) if axes else found * directions
    lenient = any(g.lenient for g in computation.derivation.gradients.values())
    roots = _roots(computation, values)
    return gap(computation.network, values, exactly, name, directions, along, roots, lenient)


def _defined(roots: Iterable[str], computation: Computation) -> bool:
    """Whether what is differentiated has values, none of which is NaN."""
    arrays = computation.floats.arrays
    return not any(np.isnan(np.asarray(arrays[root], dtype=float)).any() for root in roots)


def _tiny(exact: np.ndarray) -> bool:
    """Whether some entry is not 0, and so small that the usual bits do not tell it."""
    return any(
        isinstance(v, flint.arb) and v != 0 and abs(v).upper() < flint.arb(2) ** -MORE_BITS[-1]
        for v in exact.flat
    )


def _roots(computation: Computation, values: Values) -> dict[str, np.ndarray | None]:
    derivation = computation.derivation
    if not derivation.upstream:
        return {derivation.of: None}
    return {n: values.arrays[derivation.gradient_name(n)] for n in derivation.upstream}
