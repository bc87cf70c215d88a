"""The Jacobian of a function that is known by its values alone."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from deltarule.checking.slopes import COMPLEX_STEP, METHODS, WIDTH, richardson

Arrays = dict[str, np.ndarray]
#: How far complex and real steps may differ, relative to the slope.
ALIKE = 1e-6


@dataclass(frozen=True)
class Measured:
    """∂(all values)/∂(one argument): `slopes` has an axis of values before the argument's axes.

    `doubts` says how far each may be off, `edges` how many of them stand at a kink.
    """

    slopes: np.ndarray
    doubts: np.ndarray
    edges: int = 0


class BlackBox:
    """A function of named arrays, measured by complex steps if it can, else by differences.

    `why` says why complex steps would not do; it is empty where they do.
    """

    def __init__(self, call: Callable[[Arrays], np.ndarray], arrays: Arrays, real: list[str]):
        self.call, self.arrays, self.real = call, arrays, real
        self.value = np.asarray(call(arrays), dtype=float)
        self.why = self._why_not_complex()

    @property
    def method(self) -> tuple[str, float]:
        """What the method is called, and how far it may be off relative to the largest entry."""
        return METHODS["other" if self.why else "analytic"]

    def measured(self, name: str, differences: bool = False) -> Measured:
        """All slopes by one argument; by differences if those are asked for."""
        shape = self.arrays[name].shape
        count = int(self.arrays[name].size)
        slopes, doubts = np.zeros((self.value.size, count)), np.zeros((self.value.size, count))
        edges = 0
        for k, entry in enumerate(np.ndindex(*shape)):
            direction = np.zeros(shape)
            direction[entry] = 1.0
            if self.why or differences:
                slopes[:, k], doubts[:, k], kinks = self.both_sides({name: direction})
                edges += int(kinks.sum())
            else:
                slopes[:, k] = self._complex({name: direction})
        lead = (self.value.size, *shape)
        return Measured(slopes.reshape(lead), doubts.reshape(lead), edges)

    def kinked(self) -> bool:
        """Whether a kink or a tie is met: along a random direction each one shows."""
        return bool(np.any(self.both_sides(self._random_directions())[2]))

    def _random_directions(self) -> Arrays:
        random = np.random.default_rng(1)
        return {n: random.normal(size=self.arrays[n].shape) for n in self.real}

    def both_sides(self, directions: Mapping[str, np.ndarray]):
        """The slope of every value along a direction, its doubt, and whether there is a kink."""
        before, four = self.value.ravel(), []
        for width in (WIDTH, WIDTH / 2):
            for sign in (1, -1):
                moved = {n: self.arrays[n] + sign * width * d for n, d in directions.items()}
                after = np.asarray(self.call({**self.arrays, **moved}), dtype=float).ravel()
                with np.errstate(invalid="ignore"):
                    change = np.where(after == before, 0.0, after - before)
                four.append(sign * change / width)
        size = np.where(np.isfinite(before), np.abs(before), 0.0)
        return richardson(*four, WIDTH, size)

    def _complex(self, directions: Mapping[str, np.ndarray]) -> np.ndarray:
        turned = {n: self.arrays[n].astype(complex) for n in self.real}
        for name, direction in directions.items():
            turned[name] = turned[name] + 1j * COMPLEX_STEP * direction
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            value = np.asarray(self.call({**self.arrays, **turned}))
        if value.dtype.kind != "c":
            raise TypeError("it gives real ones back")
        return value.imag.ravel() / COMPLEX_STEP

    def _why_not_complex(self) -> str:
        """Why complex steps will not do: the function fails, or is not analytic. Empty if fine."""
        direction = self._random_directions()
        try:
            slopes = self._complex(direction)
        except Exception as error:
            words = str(error).splitlines()
            return f"complex numbers will not do: {words[0] if words else type(error).__name__}"
        wanted, doubts, _ = self.both_sides(direction)
        off = np.abs(slopes - wanted) > doubts + ALIKE * np.maximum(1.0, np.abs(wanted))
        if np.any(off) or not np.isfinite(slopes).all():
            return "it treats complex numbers in another way (abs, conj, real and the like)"
        return ""
