"""Given gradients at zeros, ties and extremes: the derivative where there is one.

Where a value has a kink, everything between the slopes of its two sides is right; where kinks
cancel, the function is differentiable and its derivative alone is. Values that bend upwards along
some directions and downwards along others have no such rule, and there a number is enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from deltarule.errors import DeltaruleError
from deltarule.expressions.gradient_names import gradient_name
from deltarule.gradcheck.result import GradientCheck
from deltarule.gradcheck.user_code.bends import BEND, uneven_values
from deltarule.gradcheck.user_code.black_box import BlackBox, Sides
from deltarule.gradcheck.user_code.given_gradients import Fault
from deltarule.gradcheck.user_code.precision import DOUBLE, Precision
from deltarule.gradcheck.user_code.rounds import Round, Tolerance
from deltarule.gradcheck.user_code.special_values import Point, points

#: So many entries are looked at where a kink is met, or the wrong one is searched for.
MOST_ENTRIES = 64
METHOD = "subgradients by differences"
#: What is said to be allowed; how a value is judged stands in AtPoint.
_ALLOWED = 1e-9


@dataclass
class Tried:
    """The points at which gradients were held against measurements, and those left out."""

    points: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def check_points(
    at: Round,
    tolerance: Tolerance,
    coarse: Precision,
    tried: Tried,
    faults: list[str],
    known: set[str],
) -> Iterator[GradientCheck]:
    """What is wrong at special values, and what was met at kinks and ties.

    Gradients `known` to be wrong anyway are left out. `coarse` is the precision of the companion.
    """
    done = set(known)
    for point in points(at.arrays, at.real, at.free, 5):
        precision = max(at.box.precision, coarse, key=lambda p: p.unit)
        if precision is not DOUBLE and point.words.startswith("values of"):
            continue
        one = _at(at, point, tolerance, precision, faults)
        if faults:
            return
        if point.special_kind:
            (tried.left_out if one is None else tried.points).append(point.words)
        if one is None:
            continue
        for name in at.real:
            check = one.checked(name) if name not in done else None
            if check is not None:
                yield check
                done |= {name} if not check.right else set()
        if not done and (check := one.joint()):
            yield check
            done |= set(at.real)


def _at(
    at: Round, point: Point, tolerance: Tolerance, precision: Precision, faults: list[str]
) -> AtPoint | None:
    """The gradients at a point; None where the function's value is NaN, or another shape."""
    try:
        box = BlackBox(at.caller.flat, point.arrays, at.real).like(at.box)
    except (DeltaruleError, ValueError):
        return None
    box.scale = point.scale
    if box.value.shape != at.upstream.shape or not np.isfinite(box.value).all():
        return None
    where = at.caller.where
    at.caller.where = f"{point.words} ({where})"
    try:
        given = at.caller.gradients(point.arrays, at.upstream)
    except Fault as fault:
        faults.append(fault.message)
        return None
    finally:
        at.caller.where = where
    return AtPoint(at, point, box, given, tolerance, precision)


class AtPoint:
    """Given gradients at one special point, and measurements there."""

    def __init__(
        self,
        at: Round,
        point: Point,
        box: BlackBox,
        given: Mapping[str, np.ndarray],
        tolerance: Tolerance,
        precision: Precision,
    ):
        self.at, self.point, self.box, self.given = at, point, box, given
        self.up, self.tolerance, self.precision = at.upstream, tolerance, precision
        self.met: list[Sides] = []

    def checked(self, name: str) -> GradientCheck | None:
        """The check of one gradient where it is wrong or a kink is met, else None."""
        try:
            return self._checked(name)
        except (DeltaruleError, ValueError):
            return None  # a step to one side leaves the function's domain

    def _checked(self, name: str) -> GradientCheck | None:
        given = np.asarray(self.given[name], dtype=float)
        if given.shape != self.point.arrays[name].shape or not given.size:
            return None
        direction = self.box.random_directions(11, [name])[name]
        sides = self.box.both_sides({name: direction})
        plain = not sides.kinks.any() and np.isfinite(sides.middle).all()
        if plain and self._fits(float(np.vdot(given, direction)), sides, np.sqrt(given.size)):
            return None
        return self._by_entries(name, given, direction, sides)

    def _by_entries(
        self, name: str, given: np.ndarray, direction: np.ndarray, along: Sides
    ) -> GradientCheck | None:
        """Each entry by itself; then, at a kink, all at once."""
        found = {entry: self._sides(name, entry) for entry in self._entries(name, given)}
        self.met += [along, *found.values()]
        uneven = uneven_values(self.met) | self._bent(direction, along, found)
        edges = int(sum(s.kinks.sum() for s in found.values()))
        for entry, sides in found.items():
            if not self._right(name, entry, float(given[entry]), sides, uneven):
                nearest = self._nearest(float(given[entry]), sides)
                return self._check(
                    name, entry, float(given[entry]), nearest, bool(sides.kinks.any()), edges
                )
        if not edges:
            return None
        if uneven.any():
            entry = next(e for e, s in found.items() if s.kinks.any())
            return self._check(name, entry, float(given[entry]), float(given[entry]), True, edges)
        whole = np.ones(given.shape)
        sides = self._along(name, whole)
        if not self._fits(float(given.sum()), sides, np.sqrt(given.size)):
            nearest = self._nearest(float(given.sum()), sides)
            return self._check(
                name,
                (),
                float(given.sum()),
                nearest,
                True,
                edges,
                "all entries moved at once: a tie passes on more or less than there is",
            )
        entry = next(e for e, s in found.items() if s.kinks.any())
        return self._check(name, entry, float(given[entry]), float(given[entry]), True, edges)

    def _bent(self, direction: np.ndarray, along: Sides, found: Mapping) -> np.ndarray:
        """Values with no kink along any line, that are not linear all the same: the middle of
        three that tie.
        """
        quiet = ~along.kinks & np.isfinite(along.middle)
        if len(found) < direction.size:
            return np.zeros(quiet.shape, dtype=bool)
        for sides in found.values():
            quiet &= ~sides.kinks & np.isfinite(sides.middle)
        with np.errstate(invalid="ignore"):
            parts = [direction[e] * s.middle for e, s in found.items()]
            doubt = along.doubts + sum(abs(direction[e]) * s.doubts for e, s in found.items())
            size = np.abs(np.asarray(parts)).sum(0)
            return quiet & (np.abs(along.middle - sum(parts)) > doubt + BEND * size)

    def joint(self) -> GradientCheck | None:
        """All entries of several arrays moved at once, where they tie with each other."""
        names = self.at.real
        if len(names) < 2 or not any(s.kinks.any() for s in self.met):
            return None
        if self.point.smooth or uneven_values(self.met).any():
            return None
        ones = {n: np.ones(self.point.arrays[n].shape) for n in names}
        sides = self.box.both_sides(ones)
        given = float(sum(np.sum(self.given[n]) for n in names))
        wider = float(np.sqrt(sum(a.size for a in ones.values())))
        if not np.isfinite(sides.middle).all() or self._fits(given, sides, wider):
            return None
        return self._check(
            names[-1],
            (),
            given,
            self._nearest(given, sides),
            True,
            1,
            f"all entries of {', '.join(names)} moved at once: a tie passes on more "
            "or less than there is",
        )

    def _entries(self, name: str, given: np.ndarray) -> list[tuple[int, ...]]:
        """The special entries first, and those that are no number."""
        special = list(self.point.special.get(name, []))
        broken = [tuple(int(k) for k in row) for row in np.argwhere(~np.isfinite(given))[:3]]
        every = list(np.ndindex(*given.shape))
        if len(every) > MOST_ENTRIES:
            chosen = np.random.default_rng(0).choice(len(every), MOST_ENTRIES, False)
            every = [every[k] for k in sorted(chosen)]
        return list(dict.fromkeys([*broken, *special, *every]))[:MOST_ENTRIES]

    def _sides(self, name: str, entry: tuple[int, ...]) -> Sides:
        direction = np.zeros(self.point.arrays[name].shape)
        direction[entry] = 1.0
        return self._along(name, direction)

    def _along(self, name: str, direction: np.ndarray) -> Sides:
        return self.box.both_sides({name: direction})

    def _right(self, name, entry, given: float, sides: Sides, uneven: np.ndarray) -> bool:
        """Whether an entry may be what it is given to be."""
        with np.errstate(all="ignore"):
            middle = bool(np.isfinite(sides.middle).all())
            steep = bool(sides.steep.any())
            if middle and not steep:
                if np.isfinite(given) and uneven.any():
                    return True
                if self._fits(given, sides, 1.0):
                    return True
            trusted = self.point.smooth and not self.box.why
            slope = self._complex(name, entry) if trusted else np.nan
        if np.isfinite(slope):
            # Where a step to either side leaves the domain, or is too wide, this one is not.
            scale = max(abs(slope), self._floor())
            wrong = (
                not np.isfinite(given) or abs(given - slope) > max(1e-6, self._relative()) * scale
            )
            return not wrong or (steep and bool(np.isfinite(given)))
        return not middle or steep

    def _complex(self, name: str, entry: tuple[int, ...]) -> float:
        direction = np.zeros(self.point.arrays[name].shape)
        direction[entry] = 1.0
        try:
            return float(self.box.complex({name: direction}) @ self.up)
        except (TypeError, ValueError, np.exceptions.ComplexWarning):
            return np.nan

    def _fits(self, given: float, sides: Sides, wider: float) -> bool:
        """Whether a slope lies between those of the sides, as far as they are known."""
        low, high, doubt, scale = self._bounds(sides)
        allowed = doubt + wider * self._relative() * scale + self.tolerance.absolute
        return bool(low - allowed <= given <= high + allowed)

    def _bounds(self, sides: Sides) -> tuple[float, float, float, float]:
        up, weight = self.up, np.abs(self.up)
        low = np.where(up > 0, sides.low, sides.high) @ up
        high = np.where(up > 0, sides.high, sides.low) @ up
        doubt = weight @ np.where(sides.kinks, 0.0, sides.doubts)
        steepest = np.maximum(np.abs(sides.right), np.abs(sides.left))
        return float(low), float(high), float(doubt), max(float(weight @ steepest), self._floor())

    def _floor(self) -> float:
        values = float(np.max(np.abs(self.box.value), initial=0.0))
        return max(0.01 * values * float(np.max(np.abs(self.up), initial=0.0)), 1e-6)

    def _relative(self) -> float:
        own = self.tolerance.relative
        return max(self.precision.tolerance, 1e-7) if own is None else own

    def _nearest(self, given: float, sides: Sides) -> float:
        low, high, _, _ = self._bounds(sides)
        return low if not given > low else high

    def _check(
        self, name, entry, given: float, nearest: float, kink: bool, edges: int, note: str = ""
    ) -> GradientCheck:
        right = given == nearest
        where = "" if right else f"at {self.point.words}"
        gap = abs(given - nearest) / max(1.0, abs(nearest)) if np.isfinite(given) else np.inf
        return GradientCheck(
            name,
            gradient_name(self.at.root, name),
            METHOD if kink else "differences to both sides",
            int(self.point.arrays[name].size),
            0.0 if right else max(gap, 2 * _ALLOWED),
            _ALLOWED,
            entry,
            given,
            nearest,
            self.at.settings,
            self.up.size,
            edges=edges if kink else 0,
            note="; ".join(part for part in (note, where) if part),
        )
