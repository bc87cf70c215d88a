"""Sizes of gradients by the quickest numbers that know them: float64, or balls.

Float64 ends at 1e±308; and where units saturate it knows no digit of their slopes 1 − h².
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import flint
import numpy as np
from sympy import Integer

from deltarule.arithmetic.base import Arithmetic, Undecided
from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.magnitude import Magnitude
from deltarule.arithmetic.wide_floats import WideFloats
from deltarule.counting.counts import multiply_adds
from deltarule.expressions.rewrites import replaced
from deltarule.networks.network import Network

#: Below it some of the numbers that a size is made of are 0 in float64.
LEAST = 1e-290
#: Balls are slow: networks that multiply more often are not run in them.
MOST_WIDE_PRODUCTS = 2_000_000
#: Of a unit that is nearer to ±1 float64 knows fewer than 8 digits of its slope.
NEAR = 1e-8
#: How many bits balls have, and have then.
BITS = (160, 640, 4000)

ENDS = "float64 ends at 1e±308"
LONGER = f"{ENDS}: sizes beyond were computed with exponents of any length"
TOO_SLOW = f"{ENDS}, and numbers with longer exponents are too slow here"
BEYOND_ALL = f"{ENDS}, and what has no number here is beyond longer exponents too"

#: A gradient, the label of its place, and its size there.
Found = tuple[str, str, Magnitude]
#: The sizes of the gradients of all states, by name.
States = Mapping[str, tuple[Magnitude, ...]]
#: Both passes from values that are given, in an arithmetic; the values are filled in.
Passes = Callable[[Values, Arithmetic], tuple[list[Found], States]]


@dataclass(frozen=True)
class KnownSizes:
    """Sizes, those of all states, and what is to be `said` of the numbers, "" for nothing."""

    sizes: list[Found]
    states: States
    said: str = ""


def known_sizes(network: Network, start: Values, passes: Passes) -> KnownSizes:
    """What both passes of a network give from its values at the `start`."""
    values = replace(start, arrays=dict(start.arrays))
    found, states = passes(values, Float64())
    known = all(LEAST < size < math.inf for _, _, size in found)
    if known and not _saturated(network, values):
        return KnownSizes(found, states)
    numbers = {size: Integer(number) for size, number in start.sizes.items()}
    if replaced(multiply_adds(network), numbers) <= MOST_WIDE_PRODUCTS:
        return _in_balls(start, passes) or _in(start, passes, WideFloats())
    sure = [(name, label, _sure(size)) for name, label, size in found]
    return KnownSizes(sure, states, "" if known else TOO_SLOW)


def _saturated(network: Network, values: Values) -> bool:
    """Whether units are so near to ±1 that float64 knows few digits of 1 − h² or h·(1 − h)."""
    for name, tensor in network.tensors.items():
        array = values.arrays.get(name)
        if array is not None and not tensor.given and array.dtype.kind == "f":
            near = np.abs(array)
            if ((near > 1 - NEAR) & (near <= 1)).any():
                return True
    return False


def _in_balls(start: Values, passes: Passes) -> KnownSizes | None:
    """The sizes in balls, of more bits where no digit is known of some.

    None where balls cannot tell which of two numbers is larger.
    """
    found = None
    for bits in BITS:
        try:
            found = _in(start, passes, Ball(bits))
        except Undecided:
            return None
        if all(size.is_finite and not size.bound for _, _, size in found.sizes):
            break
    return found


def _in(start: Values, passes: Passes, arithmetic: Ball) -> KnownSizes:
    """Both passes in balls, from values that are floats.

    Sizes of which nothing is known are ∞ where numbers run away.
    """
    arrays = {
        name: arithmetic.array(array) if array.dtype.kind == "f" else array
        for name, array in start.arrays.items()
    }
    values = replace(start, arrays=arrays)
    with arithmetic.context():
        found, states = passes(values, arithmetic)
    sizes = [size for _, _, size in found]
    if not all(size.is_finite for size in sizes):
        lost = Magnitude(math.inf if _run_away(values) else math.nan)
        found = [(n, l, size if size.is_finite else lost) for n, l, size in found]
        return KnownSizes(found, states, BEYOND_ALL)
    if any(size.bound for size in sizes):
        said = f"of a size with < no digit is known in {arithmetic.bits} bits: it is less than that"
        return KnownSizes(found, states, said)
    beyond = any(size.beyond_floats for size in sizes)
    return KnownSizes(found, states, LONGER if beyond else "")


def _run_away(values: Values) -> bool:
    """Whether some values are beyond all use: above 10^1000."""
    far = flint.arb(10) ** 1000
    return any(
        entry.is_finite() and abs(entry) > far
        for array in values.arrays.values()
        if np.asarray(array).dtype == object
        for entry in np.asarray(array).flat
    )


def _sure(size: Magnitude) -> Magnitude:
    """A size that float64 is sure of; else ∞ for what is beyond it, and NaN for what is below."""
    if LEAST < size < math.inf:
        return size
    return Magnitude(math.nan if size <= LEAST else math.inf)
