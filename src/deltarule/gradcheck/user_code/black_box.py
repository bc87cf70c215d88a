"""The Jacobian of a function that is known by its values alone."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from deltarule.gradcheck.difference_steps import COMPLEX_STEP, richardson
from deltarule.gradcheck.user_code.precision import DOUBLE, precision_of

Arrays = dict[str, np.ndarray]
#: How far complex and real steps may differ, relative to the slope.
ALIKE = 1e-6
#: What is allowed, relative to the largest sum of parts, where nothing is subtracted.
COMPLEX = 1e-11
#: Slopes that grow by this as the step is halved belong to no derivative: √x at 0.
_VERTICAL = 1.3
_EPS = float(np.finfo(float).eps)


@dataclass(frozen=True)
class Sides:
    """Slopes along one direction: from both sides, what is between, and where there is none.

    `doubts` says how far `middle` may be off where there is no kink.
    """

    middle: np.ndarray
    doubts: np.ndarray
    kinks: np.ndarray
    right: np.ndarray
    left: np.ndarray
    steep: np.ndarray

    @property
    def low(self) -> np.ndarray:
        """The least slope that is right."""
        return np.where(self.kinks, np.minimum(self.right, self.left), self.middle)

    @property
    def high(self) -> np.ndarray:
        """The largest slope that is right."""
        return np.where(self.kinks, np.maximum(self.right, self.left), self.middle)


@dataclass(frozen=True)
class Measured:
    """∂(all values)/∂(some entries of one argument): a row of values for each of the entries."""

    slopes: np.ndarray
    doubts: np.ndarray


class BlackBox:
    """A function of named arrays, measured by complex steps if it can, else by differences.

    `why` says why complex steps would not do; it is empty where they do. `call` gives all values
    in one row; `scale` is how large the arguments are, where they are small.
    """

    def __init__(self, call: Callable[[Arrays], np.ndarray], arrays: Arrays, real: Iterable[str]):
        self.call, self.arrays, self.real = call, arrays, list(real)
        self.value = np.asarray(call(arrays), dtype=float)
        self.precision, self.why, self.scale = DOUBLE, "", 1.0

    def judge(self) -> None:
        """Find out in which precision it works, and whether complex steps will do."""
        direction, other = self.random_directions(1), self.random_directions(2)
        self.precision = precision_of(
            lambda t: self._moved(direction, t), lambda t: self._moved(other, t)
        )
        if self.precision is not DOUBLE:
            self.why = f"it works in {self.precision.description}"
        else:
            self.why = self._why_not_complex(direction)

    def like(self, other: BlackBox) -> BlackBox:
        """Take over what another found out."""
        self.precision, self.why = other.precision, other.why
        return self

    @property
    def method(self) -> tuple[str, float]:
        """What the method is called, and how far it may be off relative to the largest entry."""
        if not self.why:
            return "complex step", COMPLEX
        name = self.precision.name
        return "central differences" + f", {name}" * bool(name), self.precision.tolerance

    def measured(self, name: str, entries: Iterable[tuple[int, ...]]) -> Measured:
        """All slopes by some entries of one argument."""
        rows = []
        for entry in entries:
            direction = np.zeros(self.arrays[name].shape)
            direction[entry] = 1.0
            rows.append(self.along({name: direction}))
        if not rows:
            return Measured(np.zeros((0, self.value.size)), np.zeros((0, self.value.size)))
        return Measured(np.stack([r[0] for r in rows]), np.stack([r[1] for r in rows]))

    def along(self, directions: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """The slope of every value along a direction, and how far it may be off."""
        if self.why:
            sides = self.both_sides(directions)
            jump = np.where(sides.kinks, np.abs(sides.right - sides.left), 0.0)
            return sides.middle, sides.doubts + jump
        return self.complex(directions), np.zeros(self.value.size)

    def random_directions(self, seed: int, names: Iterable[str] | None = None) -> Arrays:
        """Random directions for some of the arguments, or for all."""
        random = np.random.default_rng(seed)
        return {
            n: random.normal(size=self.arrays[n].shape)
            for n in (self.real if names is None else names)
        }

    def _moved(self, directions: Mapping[str, np.ndarray], step: float) -> np.ndarray:
        moved = {n: self.arrays[n] + step * d for n, d in directions.items()}
        return np.asarray(self.call({**self.arrays, **moved}))

    def both_sides(self, directions: Mapping[str, np.ndarray]) -> Sides:
        """The slope of every value along a direction, from both sides."""
        before, four, width = self.value, [], self.precision.width * self.scale
        with np.errstate(all="ignore"):
            for step in (width, width / 2):
                for sign in (1, -1):
                    after = np.asarray(self._moved(directions, sign * step), dtype=float)
                    change = np.where(after == before, 0.0, after - before)
                    four.append(sign * change / step)
            coarse = self.precision.unit / (8 * _EPS) if self.precision is not DOUBLE else 1.0
            size = np.where(np.isfinite(before), np.abs(before), 0.0) * coarse
            middle, doubts, kinks = richardson(four, width, size)
            right, left = 2 * four[2] - four[0], 2 * four[3] - four[1]
            wide, near = (np.maximum(np.abs(a), np.abs(b)) for a, b in (four[:2], four[2:]))
            steep = kinks & (near > _VERTICAL * wide)
        return Sides(middle, doubts, kinks, right, left, steep)

    def complex(self, directions: Mapping[str, np.ndarray]) -> np.ndarray:
        """The slopes by a step in the imaginary direction. Raises what the function raises."""
        turned = {n: self.arrays[n].astype(complex) for n in self.real}
        for name, direction in directions.items():
            turned[name] = turned[name] + 1j * COMPLEX_STEP * direction
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            value = np.asarray(self.call({**self.arrays, **turned}))
        if value.dtype.kind != "c":
            raise TypeError("it gives real ones back")
        return np.imag(value) / COMPLEX_STEP

    def _why_not_complex(self, direction: Arrays) -> str:
        """Why complex steps will not do: the function fails, or is not analytic. Empty if fine."""
        try:
            slopes = self.complex(direction)
        except Exception as error:
            words = str(error).splitlines()
            return f"complex numbers will not do: {words[0] if words else type(error).__name__}"
        sides = self.both_sides(direction)
        off = np.abs(slopes - sides.middle) > sides.doubts + ALIKE * np.maximum(
            np.max(np.abs(sides.middle), initial=0.0), 1e-300
        )
        if slopes.shape != sides.middle.shape or not np.isfinite(slopes).all() or np.any(off):
            return "it treats complex numbers in another way (abs, conj, real and the like)"
        return ""
