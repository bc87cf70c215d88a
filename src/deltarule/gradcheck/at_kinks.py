"""Derived gradients at kinks and ties: each must be the derivative where there is one, and else
among the subgradients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from random import Random

import numpy as np

from deltarule.arithmetic.base import Undecided
from deltarule.arithmetic.near_zero import NearZero
from deltarule.calculus import Derivation
from deltarule.gradcheck.kink_points import on_kinks
from deltarule.gradcheck.probed import BALLS, BITS, Probed, differentiable, floats_of
from deltarule.gradcheck.result import GradientCheck, worst_of
from deltarule.gradcheck.sides import allowed, outputs_of
from deltarule.gradcheck.subgradients import EdgyProbe
from deltarule.networks.nonsmooth import everyone, kinked
from deltarule.networks.tensors import Tensor

#: So often other values are drawn to meet an edge; so many entries are looked at.
ATTEMPTS, MOST_ENTRIES = 8, 32
METHOD = f"subgradients in balls of {BITS} bits"


def at_edges(
    derivation: Derivation, seed: int, named: Mapping[str, int]
) -> Iterator[GradientCheck]:
    """A check of every gradient that meets a kink or a tie, at values drawn to meet some.

    Where every one of several largest entries is declared to get the whole gradient, which no
    subgradient gives, there is nothing to check.
    """
    network = derivation.network
    if everyone(network) or not kinked(network):
        return
    lenient = any(g.lenient for g in derivation.gradients.values())
    single = _on_single_kinks(derivation, seed, named, lenient)

    @lru_cache(maxsize=ATTEMPTS)
    def edgy(seed: int) -> Probed:
        return Probed(derivation, EdgyProbe(network, NearZero(BITS), seed, **named))

    for tensor in differentiable(derivation):
        if tensor.name in single and not single[tensor.name].right:
            yield single[tensor.name]
            continue
        for attempt in range(ATTEMPTS):
            try:
                check = _at_edges(edgy(seed + attempt), tensor, lenient)
            except Undecided:
                continue
            if check is not None:
                yield check
                break
        else:
            if tensor.name in single:
                yield single[tensor.name]


def _on_single_kinks(
    derivation: Derivation, seed: int, named: Mapping[str, int], lenient: bool
) -> dict[str, GradientCheck]:
    """For some tensors the worst check at values that lie on one kink each."""
    found: list[GradientCheck] = []
    for probe, moved in on_kinks(derivation.network, BITS, seed, named):
        probed = Probed(derivation, probe)
        tensors = list(differentiable(derivation))
        others = [t for t in tensors if t.name != moved]
        chosen = [t for t in tensors if t.name == moved]
        chosen += probe.random.sample(others, min(1, len(others)))
        for tensor in chosen:
            try:
                check = _at_edges(probed, tensor, lenient)
            except Undecided:
                continue
            found += [] if check is None else [check]
    return {c.tensor: c for c in worst_of(found)}


def _at_edges(probed: Probed, tensor: Tensor, lenient: bool = False) -> GradientCheck | None:
    """The check at these values; None where no edge is met, or something is NaN."""
    with probed.arithmetic.context():
        derived = probed.gradient(tensor)
        everywhere = np.full(derived.shape, probed.arithmetic.number(Fraction(1)), dtype=object)
        outputs = outputs_of(probed, tensor)
        total = allowed(probed, tensor, everywhere[None], outputs, lenient)[0]
        if not outputs.edges or not total.is_finite():
            return None
        entries = list(np.ndindex(*derived.shape))
        entries = Random(0).sample(entries, min(MOST_ENTRIES, len(entries)))
        gaps, measured = np.zeros(derived.shape), floats_of(derived)
        slopes = allowed(probed, tensor, probed.units(tensor, entries), outputs, lenient)
        for entry, lying in zip(entries, slopes, strict=True):
            gaps[entry], measured[entry] = _beside(derived[entry], lying)
        check = probed.checked(tensor, METHOD, gaps, measured, edges=outputs.edges)
        return check if not check.right else _together(probed, tensor, total, check)


def _together(probed: Probed, tensor: Tensor, slopes, check: GradientCheck) -> GradientCheck:
    """All entries moved at once: a tie may pass on no more than there is."""
    one = probed.arithmetic.number(Fraction(1))
    derived = probed.along(tensor, np.full(np.shape(probed.gradient(tensor)), one, dtype=object))
    gap, nearest = _beside(derived, slopes)
    if gap <= BALLS * max(1.0, abs(nearest)):
        return check
    return GradientCheck(
        check.tensor,
        check.name,
        METHOD,
        check.entries,
        gap / max(1.0, abs(nearest)),
        BALLS,
        (),
        float(derived.mid()),
        nearest,
        check.settings,
        edges=check.edges,
        note="all entries moved at once: a tie passes on more or less than there is",
    )


def _beside(derived, slopes) -> tuple[float, float]:
    """How far a derived value lies outside of a set of slopes, and the nearest of them."""
    if slopes.overlaps(derived):
        return 0.0, float(derived.mid())
    low, high = float(slopes.lower()), float(slopes.upper())
    value = float(derived.mid())
    return float(abs(derived - slopes).abs_lower()), low if value < low else high
