"""Numerical checks of derived gradients: each entry measured without the derivation.

Small settings are checked in balls, by dual numbers sent forward: what differs is then proved to
differ. Where values sit on a kink or a tie, the derived entry must be among the subgradients.
Where balls decide nothing, differences to both sides are taken in float64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

import numpy as np

from deltarule.arithmetic.base import Undecided
from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.settings import setting
from deltarule.calculus import Derivation, derive
from deltarule.gradcheck.at_kinks import at_edges
from deltarule.gradcheck.compared_values import ComparedProbe
from deltarule.gradcheck.difference_steps import WIDTH, richardson
from deltarule.gradcheck.probed import BALLS, BITS, Probed, differentiable, floats_of
from deltarule.gradcheck.result import GradientCheck, compared, worst_of
from deltarule.language.load import load
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import pretty

__all__ = ["GradientCheck", "check_gradients", "check_named", "worst_of"]

#: A tensor with more entries times points of the largest equation is checked along random
#: directions, and at some entries.
MOST_WORK, SOME_ENTRIES, DIRECTIONS = 1_500_000, 32, 3
METHOD = f"dual numbers in balls of {BITS} bits"
#: What is allowed in differences, relative to the largest entry, besides their own doubt.
DIFFERENCES = 1e-7


def check_gradients(
    derivation: Derivation,
    rounds: int = 3,
    seed: int = 0,
    sizes: Mapping[str, int] | None = None,
    progress: Callable[[str], None] | None = None,
    edges: bool = True,
) -> list[GradientCheck]:
    """Each gradient of a `derivation` at `rounds` settings that hide no mistakes, and at kinks and
    ties if any, unless without `edges`: where the value itself jumps, there is no derivative.

    `sizes` holds some sizes and attributes; values are drawn from `seed`, upstream gradients too.
    `progress` is said of each check that is made. Raises DeltaruleError for sizes that do not fit.
    """
    found: list[GradientCheck] = []
    for number in range(rounds):
        named = setting(derivation.network, number, sizes)
        line = f"setting {number + 1} of {rounds}"
        for check in _round(derivation, seed + number, named):
            found.append(check)
            if progress:
                progress(f"{pretty(check.name)} at {line}")
    if not edges:
        return found
    return found + list(at_edges(derivation, seed, setting(derivation.network, 0, sizes)))


def check_named(name: str, rounds: int = 3, seed: int = 0, sizes=None, progress=None, **options):
    """The checks of a derivation by name or path: see `check_gradients`."""
    return check_gradients(derive(load(name, **options)), rounds, seed, sizes, progress)


def _round(derivation: Derivation, seed: int, named: Mapping[str, int]) -> Iterator[GradientCheck]:
    try:
        probed = Probed(derivation, ComparedProbe(derivation.network, Ball(BITS), seed, **named))
    except Undecided:
        probed = None
    for tensor in differentiable(derivation):
        if probed is not None:
            try:
                yield _by_dual_numbers(probed, tensor)
                continue
            except Undecided:
                pass
        floats = Probe(derivation.network, Float64(), seed, **named)
        yield by_differences(Probed(derivation, floats), tensor)


def _by_dual_numbers(probed: Probed, tensor: Tensor) -> GradientCheck:
    """Entry by entry; of a large tensor some entries, and all of them along random directions."""
    with probed.arithmetic.context():
        derived = probed.gradient(tensor)
        entries = list(np.ndindex(*derived.shape))
        several = derived.size > SOME_ENTRIES and derived.size * probed.points > MOST_WORK
        note = _outside_the_domain(probed)
        if several:
            entries = Random(0).sample(entries, SOME_ENTRIES)
            note = (
                f"{SOME_ENTRIES} of {derived.size} entries, and all of them along "
                f"{DIRECTIONS} random directions"
            )
        gaps, measured = np.zeros(derived.shape), floats_of(derived)
        slopes = probed.slopes(tensor, probed.units(tensor, entries))
        for entry, slope in zip(entries, slopes, strict=True):
            gaps[entry], measured[entry] = _gap(derived[entry], slope)
        check = probed.checked(tensor, METHOD, gaps, measured, note=note)
        if several and check.right:
            check = max(
                check,
                *(_along(probed, tensor) for _ in range(DIRECTIONS)),
                key=lambda c: c.badness if not c.right else 0.0,
            )
    return check


def _gap(derived: Any, slope: Any) -> tuple[float, float]:
    """How far two balls are apart, and the slope; what is beyond all floats is the largest one, and
    the gap as much of it as it is of the slope."""
    value = float(slope.mid())
    if np.isfinite(value) or not slope.is_finite():
        return float(abs(derived - slope).abs_upper()), value
    largest = float(np.finfo(float).max)
    share = float((abs(derived - slope) / abs(slope)).abs_upper())
    return min(share, 1.0) * largest, largest if value > 0 else -largest


def _outside_the_domain(probed: Probed) -> str:
    """Why nothing can be measured, where no values were found at which all is defined."""
    undefined = [pretty(name) for name in probed.probe.undefined]
    if not undefined:
        return ""
    return (
        f"no values were found at which {undefined[0]} is a number: say where the entries of "
        "what it is made from lie, within=(a, b)"
    )


def _along(probed: Probed, tensor: Tensor) -> GradientCheck:
    """The gradient along a random direction, in which any wrong entry shows."""
    direction = probed.probe.noise(tensor.axes)
    derived, slope = probed.along(tensor, direction), probed.slopes(tensor, direction[None])[0]
    gap = float(abs(derived - slope).abs_upper()) / max(1.0, abs(float(slope.mid())))
    return GradientCheck(
        tensor.name,
        probed.name_of(tensor.name),
        METHOD,
        int(probed.gradient(tensor).size),
        gap,
        BALLS,
        (),
        float(derived.mid()),
        float(slope.mid()),
        probed.numbers,
        note="along a random direction",
    )


def by_differences(probed: Probed, tensor: Tensor) -> GradientCheck:
    """Differences to both sides in float64, at steps of two widths that estimate their error.

    At a kink any value between the slopes of its sides is right.
    """
    derived, here = probed.gradient(tensor), np.array(probed.arrays[tensor.name], dtype=float)
    base = probed.total(tensor, here)
    measured, doubts, edges = np.zeros(derived.shape), np.zeros(derived.shape), 0
    for entry in np.ndindex(*derived.shape):
        four = []
        for width in (WIDTH, WIDTH / 2):
            for sign in (1, -1):
                moved = here.copy()
                moved[entry] += sign * width
                four.append(np.array(sign * (probed.total(tensor, moved) - base) / width))
        slope, doubt, kink = richardson(four, WIDTH, abs(base))
        measured[entry], doubts[entry] = float(slope), float(doubt)
        edges += int(kink)
    return compared(
        tensor.name,
        probed.name_of(tensor.name),
        "central differences",
        derived,
        measured,
        DIFFERENCES,
        doubts,
        settings=probed.numbers,
        edges=edges,
        note="balls cannot tell on which side of a kink the values lie",
    )
