"""A slice of the loss through the parameters, and the ways that optimisers take on it.

The plane is the one in which the ways lie best: through the end of the best of them, along the two
principal directions of all their points (Li et al., "Visualizing the Loss Landscape of Neural
Nets", 2018). Everything is run in float64 from the same numbers, drawn at random.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

import numpy as np

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.magnitude import Magnitude
from deltarule.arithmetic.run import run
from deltarule.calculus import Derivation, derive
from deltarule.errors import DeltaruleError
from deltarule.language.optimisers import memories, rates, update_equations
from deltarule.networks.network import Network
from deltarule.spelling.counted import counted
from deltarule.tracing.format_numbers import shown
from deltarule.tracing.training_start import drawn_at_the_start, flow_sizes

#: The slice has so many points on each side, and goes so far beyond the ways, as a share of them.
POINTS, MARGIN = 25, 0.25
#: Losses that differ by no larger share are equal: their last digits are rounding.
ALIKE = 1e-12
#: A parameter beyond it is lost: sums and differences of such places would be beyond float64.
FARTHEST = 1e300


@dataclass(frozen=True)
class Way:
    """The way of one optimiser: the loss before each step and at the end, and [step, 2] places in
    the slice.
    """

    optimiser: str
    losses: np.ndarray
    places: np.ndarray


@dataclass(frozen=True)
class Landscape:
    """The loss over a slice: `losses`[i, j] at `up`[i] along the second direction and `along`[j]
    along the first. `share` of how far the points of the ways lie apart is in the plane.
    """

    network: str
    options: Mapping[str, object]
    parameters: int
    along: np.ndarray
    up: np.ndarray
    losses: np.ndarray
    ways: tuple[Way, ...]
    share: float

    @property
    def title(self) -> str:
        """The network, and the options that it has."""
        options = ", ".join(f"{name} {value}" for name, value in self.options.items())
        return f"{self.network} ({options})" if options else self.network

    @property
    def sentence(self) -> str:
        """What was found, in words; nobody is said to be lowest of equals."""
        steps = counted(len(self.ways[0].losses) - 1, "step")
        best = min(self.ways, key=lambda way: _last(way.losses))
        first, last = float(best.losses[0]), float(best.losses[-1])
        alike = [way.optimiser for way in self.ways if _alike(float(way.losses[-1]), last)]
        *others, one = dict.fromkeys(alike)
        who = f"{', '.join(others)} and {one}" if others else one
        if _alike(first, last):
            return f"no way comes down: after {steps} the loss is {self.text(last)} as before"
        way = f"from a loss of {self.text(first)} to {self.text(last)} in {steps}"
        if last > first:
            return f"no way comes down: the lowest goes {way} ({who})"
        return f"{who} come equally low: {way}" if others else f"{who} comes lowest: {way}"

    @cached_property
    def _digits(self) -> int:
        """So many digits that losses which differ look different; 4 at least."""
        ends = {float(way.losses[k]) for way in self.ways for k in (0, -1)}
        ends = [a for a in sorted(ends) if math.isfinite(a)]
        apart = [(a, b) for a, b in pairwise(ends) if not _alike(a, b)]
        texts = (
            digits
            for digits in range(4, 13)
            if all(Magnitude(a).text(digits) != Magnitude(b).text(digits) for a, b in apart)
        )
        return next(texts, 13)

    def text(self, loss: float) -> str:
        """A loss before or after a way, in as many digits as tell it from the others."""
        return Magnitude(float(loss)).text(self._digits)

    @property
    def shares(self) -> np.ndarray:
        """For each place of the slice the share of places that are lower; equal losses have equal
        shares, and what is beyond float64 is highest.
        """
        flat = np.where(np.isfinite(self.losses), self.losses, np.inf).ravel()
        order = np.argsort(flat, kind="stable")
        ranked = flat[order]
        with np.errstate(all="ignore"):
            higher = ranked[1:] - ranked[:-1] > ALIKE * np.abs(ranked[1:])
        higher |= np.isfinite(ranked[:-1]) & ~np.isfinite(ranked[1:])
        places = np.concatenate([[0], np.where(higher, np.arange(1, len(flat)), 0)])
        shares = np.empty(len(flat))
        shares[order] = np.maximum.accumulate(places) / len(flat)
        return shares.reshape(self.losses.shape)


def _alike(one: float, other: float) -> bool:
    return one == other or abs(one - other) <= ALIKE * abs(other)


def landscape(
    network: Network,
    optimisers: Sequence[str],
    steps: int = 60,
    width: int = 4,
    seed: int = 0,
    rate: Fraction | None = None,
) -> Landscape:
    """The ways of some optimisers from the same start, and the loss on the plane of them.

    Sizes without a number are `width`; `rate` is everybody's learning rate, None for their own.
    Raises DeltaruleError for a network without a loss or parameters, for what is no optimiser, and
    for a rate that is not above 0.
    """
    if rate is not None and rate <= 0:
        raise DeltaruleError(
            f"a rate of {shown(rate)} leads {'up' if rate else 'nowhere'}: steps go against the "
            "gradient, times the rate",
            "rate",
            "give one above 0, such as 0.1",
        )
    names = [t.name for t in network.with_role("parameter")]
    if network.loss is None or not names:
        raise DeltaruleError(
            f"{network.name} has no {'parameters' if network.loss else 'loss'}, so nothing is "
            "learnt",
            network.name,
            "take a network with both, such as mlp",
        )
    sizes = flow_sizes(network, 4, width)
    values = Values({}, sizes, dict(network.scalars), network.tensors)
    values.arrays.update(drawn_at_the_start(network, values, seed))
    derivation = derive(network)
    with np.errstate(all="ignore"):
        walked = [_walk(derivation, values, names, name, steps, rate) for name in optimisers]
        centre = _best_end(network, walked)
        plane, share = _plane(np.concatenate([path for path, _ in walked]), centre)
        ways = [
            Way(name, losses, (path - centre) @ plane.T)
            for name, (path, losses) in zip(optimisers, walked, strict=True)
        ]
        along, up = (_axis(np.concatenate([w.places[:, k] for w in ways])) for k in (0, 1))
        losses = np.array(
            [
                [_loss(network, values, names, centre + a * plane[0] + b * plane[1]) for a in along]
                for b in up
            ]
        )
    options = {o.name: o.value for o in network.options.values() if o.value != o.default}
    return Landscape(
        network.name,
        options,
        len(centre),
        along,
        up,
        losses.reshape(POINTS, -1),
        tuple(ways),
        share,
    )


def _best_end(network: Network, walked: Sequence[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Where the way ends that comes lowest. Raises DeltaruleError if none ends anywhere."""
    ends = [
        (losses[-1], path[-1])
        for path, losses in walked
        if np.isfinite(losses[-1]) and np.isfinite(path[-1]).all()
    ]
    if not ends:
        raise DeltaruleError(
            "every way ends beyond the numbers of float64", network.name, "give a smaller --rate"
        )
    return min(ends, key=lambda end: end[0])[1]


def _plane(points: np.ndarray, centre: np.ndarray) -> tuple[np.ndarray, float]:
    """Two directions in which points lie farthest from the centre, and their share of the spread.

    In units of the farthest: squares of places could be beyond float64.
    """
    apart = points[np.isfinite(points).all(axis=1)] - centre
    farthest = np.abs(apart).max() or 1.0
    _, spread, directions = np.linalg.svd(apart / farthest, full_matrices=False)
    plane = directions[:2] if len(directions) > 1 else np.vstack([directions, 0 * directions])
    squares = spread**2
    return plane, float(squares[:2].sum() / squares.sum()) if squares.any() else 1.0


def _last(losses: np.ndarray) -> float:
    return float(losses[-1]) if np.isfinite(losses[-1]) else np.inf


def _axis(places: np.ndarray) -> np.ndarray:
    """So many places from end to end, and a little beyond."""
    known = places[np.isfinite(places)]
    low, high = float(known.min()), float(known.max())
    room = MARGIN * (high - low) or 1.0
    return np.linspace(low - room, high + room, POINTS)


def _walk(
    derivation: Derivation,
    start: Values,
    names: Sequence[str],
    optimiser: str,
    steps: int,
    rate: Fraction | None,
) -> tuple[np.ndarray, np.ndarray]:
    """The points of a way, [step, parameter], and the loss at each."""
    network = derivation.network
    scalars = {**start.scalars, **rates(optimiser, rate)}
    kept = memories(optimiser, network, names)
    arrays = {n: a.copy() for n, a in start.arrays.items()}
    values = Values(arrays, start.sizes, scalars, {**start.tensors, **kept})
    for name, tensor in kept.items():
        shape = tuple(values.extent(axis) for axis in tensor.axes)
        arrays[name] = np.full(shape, float(tensor.start or 0))
    updates = update_equations(optimiser, network, derivation.of, names)
    points, losses = [], []
    for step in range(steps + 1):
        run(network.equations, values, Float64())
        flat = _flat(arrays, names)
        points.append(np.where(np.abs(flat) < FARTHEST, flat, np.nan))
        losses.append(float(arrays[network.loss.name]) if network.loss else np.nan)
        if step < steps:
            run(derivation.equations(), values, Float64())
            run(updates, values, Float64())
            arrays.update({n: arrays[f"{n} after"] for n in (*names, *kept)})
    return np.array(points), np.array(losses)


def _flat(arrays: Mapping[str, np.ndarray], names: Sequence[str]) -> np.ndarray:
    return np.concatenate([np.ravel(arrays[name]) for name in names])


def _loss(network: Network, start: Values, names: Sequence[str], point: np.ndarray) -> float:
    """The loss with the parameters of a point."""
    arrays = {**start.arrays, **dict(_unflat(start, names, point))}
    values = Values(arrays, start.sizes, start.scalars, start.tensors)
    run(network.equations, values, Float64())
    return float(arrays[network.loss.name]) if network.loss else np.nan


def _unflat(
    start: Values, names: Sequence[str], point: np.ndarray
) -> Iterator[tuple[str, np.ndarray]]:
    first = 0
    for name in names:
        shape = np.shape(start.arrays[name])
        count = int(np.prod(shape))
        yield name, point[first : first + count].reshape(shape)
        first += count
