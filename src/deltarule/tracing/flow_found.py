"""What is found of a gradient's flow: its size at every place, how fast it changes, the words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from deltarule.arithmetic.magnitude import Magnitude, as_magnitude
from deltarule.networks.network import Network

#: A gradient that changes by more than this from end to end vanishes or explodes.
MUCH = 100.0


@dataclass(frozen=True)
class Place:
    """One time or layer: the gradient there, its size, and its ratio to the place behind it."""

    gradient: str
    label: str
    size: float
    factor: float | None


@dataclass(frozen=True)
class Flow:
    """The sizes of a gradient from the error backwards.

    `rate` is the factor per place (their geometric mean), `verdict` vanishing, exploding, steady,
    unknown where a size is not known, or one place, where nothing flows. A size of ∞ is beyond all
    numbers; one that is a bound is less than that. A `factor` that is not known is None, a `rate`
    NaN.
    `states` are the sizes at the same places of the gradients of all states of a recurrent network,
    the topmost first: over depth and time. `copy` says of which copy they are, "" for none, `ends`
    where float64 ends and what was done then, "" where it does not. Sizes are `Magnitude`s where
    they were computed: floats that know their power of ten where they are 0 or ∞ as floats.
    """

    network: str
    options: Mapping[str, object]
    places: tuple[Place, ...]
    rate: float
    verdict: str
    states: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    copy: str = ""
    ends: str = ""

    @property
    def title(self) -> str:
        """The network, and the options that it has: `mlp (layers 20, activation tanh)`."""
        options = ", ".join(f"{name} {value}" for name, value in self.options.items())
        return f"{self.network} ({options})" if options else self.network

    @property
    def sentence(self) -> str:
        """What is found, in words."""
        if len(self.places) < 2:
            return "there is one place alone, so nothing flows"
        sizes = [as_magnitude(p.size) for p in self.places]
        first, last = self.places[0].label, self.places[-1].label
        lost = next((k for k, size in enumerate(sizes) if not size.is_finite), None)
        if lost is not None:
            place = self.places[lost].label
            if self.verdict == "unknown":
                return f"the gradient cannot be followed: at {place} there is no number for it"
            return f"the network explodes: at {place} there is no number left for the gradient"
        if self.verdict == "unknown":
            place = self.places[next(k for k, size in enumerate(sizes) if size.bound)].label
            return f"the gradient cannot be followed: at {place} no digit of it is known"
        if sizes[-1].bound:
            since = max((k for k, size in enumerate(sizes) if not size.bound), default=-1) + 1
            most = max(sizes[since:], key=lambda size: size.log10)
            said = most.text().removeprefix("<")
            return f"the gradient vanishes: from {self.places[since].label} on it is below {said}"
        if sizes[0].is_zero:
            return f"no gradient flows: it is 0 at {first} already"
        if sizes[-1].is_zero:
            dead = max(k for k, size in enumerate(sizes) if not size.is_zero) + 1
            return f"the gradient vanishes: from {self.places[dead].label} on it is 0"
        what = {
            "vanishing": "vanishes: it shrinks",
            "exploding": "explodes: it grows",
            "steady": "is steady: it changes",
        }[self.verdict]
        return (
            f"the gradient {what} by a factor of {as_magnitude(self.rate).text()} a step, "
            f"from {sizes[0].text()} at {first} to {sizes[-1].text()} at {last}"
        )


def found_flow(network: Network, found: Sequence[tuple[str, str, Magnitude]]) -> Flow:
    """What sizes come to, from the error backwards: factors, their mean, and the verdict."""
    sizes = [size for _, _, size in found]
    factors = [None, *(_factor(before, size) for before, size in pairwise(sizes))]
    places = [Place(n, label, size, f) for (n, label, size), f in zip(found, factors, strict=True)]
    ratio = sizes[-1].over(sizes[0])
    rate = ratio.power(1 / Decimal(len(found) - 1)) if len(found) > 1 else Magnitude(1.0)
    options = {o.name: o.value for o in network.options.values() if o.value != o.default}
    return Flow(network.name, options, tuple(places), rate, _verdict(sizes))


def _factor(before: Magnitude, size: Magnitude) -> Magnitude | None:
    """The ratio of two sizes; None where it is not known."""
    ratio = size.over(before)
    return ratio if ratio.is_finite else None


def growth(factor: float, steps: int) -> Magnitude:
    """The product of `steps` equal factors: 1.01 over 1000 steps is 20959."""
    return as_magnitude(factor).power(Decimal(steps))


def _verdict(sizes: Sequence[Magnitude]) -> str:
    if len(sizes) < 2:
        return "one place"
    if not all(size.is_finite for size in sizes):
        return "unknown" if any(map(math.isnan, sizes)) else "exploding"
    if sizes[0].bound or (sizes[-1].bound and sizes[0].log10 - sizes[-1].log10 < math.log10(MUCH)):
        return "unknown"
    change = -math.inf if sizes[0].is_zero else sizes[-1].log10 - sizes[0].log10
    if abs(change) <= math.log10(MUCH):
        return "steady"
    return "vanishing" if change < 0 else "exploding"
