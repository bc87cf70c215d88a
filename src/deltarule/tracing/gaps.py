"""How far a gradient in a trace is from derivatives found without the derivation.

Relative to each entry, however small it is: of two numbers below 10⁻⁵⁰ one may well be wrong. By
dual numbers; where values lie on a kink or a tie, by the true derivatives to both sides. An
output that has one derivative along generic directions is smooth there, whatever the conventions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import flint
import numpy as np

from deltarule.arithmetic.base import Arithmetic
from deltarule.arithmetic.beyond_fractions import as_ball, middle
from deltarule.arithmetic.duals import Duals
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.magnitude import Magnitude
from deltarule.networks.network import Network
from deltarule.networks.nonsmooth import everyone, kinked
from deltarule.tracing.kinks_met import ALIKE, Roots, same, sides
from deltarule.tracing.reference_derivatives import central_differences, changes_along, displacement

#: A gradient that is a smaller share of what is subtracted is lost in central differences.
LOST = 1e-9
#: Below it float64 has too few digits to subtract.
LEAST = 1e-290
#: Differences are taken of about so many entries; of fewer where many equations follow, so that
#: the time that a chain of them takes does not grow with its square times that.
SAMPLED, MOST_EVALUATED = 8, 160


@dataclass(frozen=True)
class Gap:
    """How far numbers are apart.

    `share` is the largest gap of an entry relative to it, an upper bound; of entries that may be 0
    both ways `within` says how far they are from 0 at most. `open` tells that some are known too
    roughly to be compared: more bits are needed; `edges` that kinks or ties were met.
    """

    share: float
    within: Magnitude
    open: bool
    edges: bool = False


def gap(
    network: Network,
    values: Values,
    arithmetic: Arithmetic,
    name: str,
    directions: np.ndarray,
    found: np.ndarray,
    roots: Roots,
    lenient: bool = False,
) -> Gap:
    """The largest distance of `found`, derivatives along `directions`, from what they may be.

    If `lenient`, kinks cancel at some values alone, and each may keep its own convention there.
    """
    arguments = network, values, name, roots
    composed = list(_by_conventions(*arguments, arithmetic, directions))
    both = sides(*arguments, arithmetic, directions) if kinked(network) else []
    if not both:
        return _farthest(found, *[_total(arithmetic, composed)] * 2)
    lows, highs = [], []
    # Where the generic directions cannot be told apart, no entry is known to be smooth.
    smooth_at = _smooth(arguments, arithmetic, np.shape(directions)[1:])
    smooth_at = smooth_at or [np.array(False)] * len(composed)
    for change, (right, left), smooth in zip(composed, both, smooth_at, strict=True):
        least, most = _least(right, left), _most(right, left)
        kept = ~smooth | lenient
        lows.append(np.where(kept, _least(least, change), least))
        highs.append(np.where(kept, _most(most, change), most))
    found_gap = _farthest(found, _total(arithmetic, lows), _total(arithmetic, highs))
    return replace(found_gap, edges=True)


def gap_in_floats(
    network: Network, values: Values, name: str, found: np.ndarray, roots: Roots
) -> float:
    """How far a gradient is from dual numbers in float64 along one generic direction, relative to
    the sizes that are added up along it; between the slopes to both sides it is not far at all."""
    arithmetic = Float64()
    direction = generic(np.shape(found), arithmetic)[None]
    arguments = network, values, name, roots
    with arithmetic.context():
        ways = [_total(arithmetic, list(_by_conventions(*arguments, arithmetic, direction)))]
        if kinked(network) and (both := sides(*arguments, arithmetic, direction)):
            ways += [_total(arithmetic, list(side)) for side in zip(*both, strict=True)]
        parts = np.abs(found * direction[0])
        along = float(np.sum(found * direction[0]))
    slopes = [float(way[0]) for way in ways]
    apart = max(min(slopes) - along, along - max(slopes), 0.0)
    size = sum(float(np.sum(np.abs(values.arrays[root]))) for root in roots)
    scale = max(float(np.sum(parts)), 1e-3 * min(size, 1.0))
    return apart / scale if math.isfinite(apart) and scale else apart


def _by_conventions(
    network: Network,
    values: Values,
    name: str,
    roots: Roots,
    arithmetic: Arithmetic,
    directions: np.ndarray,
) -> Iterable[np.ndarray]:
    duals = Duals(arithmetic, len(directions))
    return changes_along(network, values, duals, name, directions, roots)


def _smooth(
    arguments: tuple[Network, Values, str, Roots], arithmetic: Arithmetic, shape: tuple[int, ...]
) -> list[np.ndarray]:
    """For each root which of its entries have one derivative along two generic directions; empty
    where that is not decided.
    """
    directions = np.stack([generic(shape, arithmetic, 1), generic(shape, arithmetic, 2)])
    both = sides(*arguments, arithmetic, directions)
    near = np.frompyfunc(same, 2, 1)
    return [
        np.logical_and.reduce(np.asarray(near(right, left), dtype=bool)) for right, left in both
    ]


def from_differences(
    network: Network,
    values: Values,
    ours: np.ndarray,
    name: str,
    entries: Sequence[tuple[int, ...]],
    roots: Roots,
) -> float:
    """The largest distance of the gradient `ours` from central differences at some `entries`,
    relative to its largest entry; NaN where that is below what rounding leaves of them, and where
    a kink lies within every step.
    """
    behind = len(displacement(network, values, Float64(), name)[0].equations)
    sample = sampled(entries, max(1, min(SAMPLED, MOST_EVALUATED // max(1, behind))))
    every = everyone(network)
    with np.errstate(all="ignore"):
        near = central_differences(network, values, Float64(), name, roots, sample)
        size = sum(float(np.sum(np.abs(values.arrays[root]))) for root in roots)
        most = float(np.max(np.abs(ours), initial=0.0))
        size = max(size, min(1.0, max(map(_largest, values.arrays.values()))))
        scale = max(most, 1e-3 * size)
    if 0 < most < max(LOST * scale, LEAST):
        return math.nan
    if not scale:
        return 0.0
    compared = zip(sample, near, strict=True)
    gaps = [
        gap for e, ends in compared if (gap := _outside(float(ours[e]), *ends, every)) is not None
    ]
    return float(np.max(gaps)) / scale if gaps else math.nan


def sampled(entries: Sequence[tuple[int, ...]], count: int = SAMPLED) -> Sequence[tuple[int, ...]]:
    """Those of many entries that central differences are taken of, about so many."""
    return entries[:: max(1, len(entries) // count)]


def _largest(array: np.ndarray) -> float:
    return float(np.max(np.abs(array), initial=0.0))


def _outside(slope: float, left: float, right: float, every: bool) -> float | None:
    """How far a slope is from the mean of those to both sides.

    None at a kink between them; and at no kink where every entry that ties is declared to get
    the whole gradient, which is no subgradient.
    """
    gap = abs(slope - (left + right) / 2)
    kink = abs(right - left) > 1e-3 * max(1.0, abs(slope))
    between = min(left, right) - 1e-6 <= slope <= max(left, right) + 1e-6
    return None if kink and (every or between) else gap


def generic(shape: tuple[int, ...], arithmetic: Arithmetic, number: int = 1) -> np.ndarray:
    """A direction with all entries different; another for each `number`."""
    count = int(np.prod(shape))
    entries = [Fraction(number * k * k + 3 * k + 1, 7 * k + 3 + 2 * number) for k in range(count)]
    return arithmetic.array(entries).reshape(shape)


def _total(arithmetic: Arithmetic, changes: list) -> np.ndarray:
    total = arithmetic.total(changes[0], (1,))
    for change in changes[1:]:
        total = arithmetic.add(total, arithmetic.total(change, (1,)))
    return total


def _farthest(found, low, high) -> Gap:
    """How far numbers are at most from what lies between `low` and `high`."""
    triples = [tuple(map(as_ball, three)) for three in zip(found, low, high, strict=True)]
    if not all(ball.is_finite() for three in triples for ball in three):
        return Gap(math.inf, Magnitude(0.0), False)
    largest = max((abs(v).upper() for v, _, _ in triples), default=flint.arb(0))
    share, within, undecided = flint.arb(0), flint.arb(0), False
    for value, least, most in triples:
        excess = [least - value, value - most]
        gap = max(0, *(e.upper() for e in excess))
        size = max(abs(ball).lower() for ball in (value, least, most))
        overlap = not any(e > 0 for e in excess)
        if not gap:
            continue
        if size > 0 and (gap <= ALIKE * size or not overlap):
            share = max(share, gap / size)
        elif size > 0 or gap > ALIKE * max(1, largest):
            undecided = True
        else:
            within = max(within, gap)
    return Gap(float(share), Magnitude(within), undecided)


def _pick(wanted):
    return np.frompyfunc(lambda u, v: wanted(u, v, key=lambda n: middle(as_ball(n))), 2, 1)


_least, _most = _pick(min), _pick(max)
