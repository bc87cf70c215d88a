"""A traced gradient checked twice: by dual numbers, and by central differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan

import flint
import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.magnitude import Magnitude
from deltarule.expressions.gradient_names import GradientName
from deltarule.tracing.computation import Computation
from deltarule.tracing.format_numbers import finite
from deltarule.tracing.gaps import ALIKE, Gap, from_differences, gap, generic, sampled
from deltarule.tracing.kinks_met import MOST_ENTRIES as MOST_LOOKED_AT
from deltarule.tracing.kinks_met import KinksMet, jumps_met, jumpy, kinks_met
from deltarule.tracing.reference_derivatives import MOST_ENTRIES
from deltarule.tracing.sharpened import MORE_BITS, MOST_BITS


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
    """

    dual: float
    differences: float
    entries: int
    within: float = 0.0
    open: bool = False
    kinks: KinksMet | None = None
    beyond: bool = False

    @property
    def agrees(self) -> bool:
        """Whether dual numbers say the same as the formula, and differences say nothing else."""
        return self.dual < ALIKE and not self.open and not self.differences >= 1e-3

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
    found = _gap(computation, quantity, name, exactly, computation.exact)
    for bits in (*MORE_BITS, MOST_BITS) if isinstance(exactly, Ball) else ():
        needed = found.open or (not found.within.is_zero and bits == MORE_BITS[0])
        if needed and (bits < MOST_BITS or _tiny(exact)):
            found = _gap(computation, quantity, name, Ball(bits), computation.with_bits(bits))
    entries = list(np.ndindex(*exact.shape))
    met = _kinks(computation, name, entries, found.edges)
    smooth = [e for e in entries if e not in met.entries] if met else entries
    far = from_differences(
        computation.network,
        computation.floats,
        computation.floats.arrays[quantity],
        name,
        smooth,
        _roots(computation, computation.floats),
    )
    return Check(found.share, far, len(entries), found.within, found.open, met)


def _kinks(
    computation: Computation, name: str, entries: Sequence[tuple[int, ...]], edges: bool
) -> KinksMet | None:
    """The kinks and ties that entries of a tensor lie on; of many entries some are looked at."""
    network, floats, exact = computation.network, computation.floats, computation.exact
    jumping = jumpy(network)
    if not (edges or jumping):
        return None
    looked_at = entries if len(entries) <= MOST_LOOKED_AT else sampled(entries)
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
