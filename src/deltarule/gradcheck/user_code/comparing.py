"""Given gradients held against measured ones, at generic values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from deltarule.expressions.gradient_names import gradient_name
from deltarule.gradcheck.result import GradientCheck, compared
from deltarule.gradcheck.user_code.given_gradients import Fault
from deltarule.gradcheck.user_code.precision import DOUBLE, HALF, SINGLE, Precision, precision_of
from deltarule.gradcheck.user_code.rounds import Round, Tolerance

#: Of an array with more entries, some are measured, and all of them along random directions.
FULL, SOME, DIRECTIONS = 128, 24, 2
#: In later rounds.
FULL_LATER = 32


class Comparison:
    """The gradients given in a round, and those measured."""

    def __init__(self, at: Round, tolerance: Tolerance, later: bool = False):
        self.at, self.tolerance = at, tolerance
        self.most = FULL_LATER if later else FULL
        self.slopes: dict[str, np.ndarray] = {}
        self.coarse = DOUBLE
        self.given: dict[str, np.ndarray] | None = None
        if at.function.backward is not None:
            at.caller.loud = True
            self.given = at.caller.gradients(at.arrays, at.upstream)
            at.caller.loud = False

    def check(self, name: str) -> GradientCheck:
        """The check of one gradient; where there is none given, the measured one."""
        array = None if self.given is None else self.given[name]
        shape = self.at.arrays[name].shape
        if array is not None and array.shape != shape:
            return self._misshapen(name, array)
        full = self.at.arrays[name].size <= self.most
        check = self._entries(name, array, full)
        if not full and check.right and array is not None:
            check = self._along(name, array, check)
        if not check.right and array is not None and check.error < 3e-4:
            coarse = self.companion_precision()
            if coarse is not DOUBLE:
                self.coarse = coarse
                check = self._coarser(check, coarse)
        return check

    def jacobian(self, name: str) -> np.ndarray:
        """All slopes by one argument, values first."""
        if name not in self.slopes:
            entries = np.ndindex(*self.at.arrays[name].shape)
            found = self.at.box.measured(name, entries).slopes.T
            self.slopes[name] = found.reshape(-1, *self.at.arrays[name].shape)
        return self.slopes[name]

    def right(self, name: str) -> np.ndarray:
        """The measured gradient."""
        return np.tensordot(self.at.upstream, self.jacobian(name), 1)

    def scale(self, parts: np.ndarray) -> float:
        """What gaps are relative to: the largest sum of parts, or a hundredth of the values."""
        values = float(np.max(np.abs(self.at.box.value), initial=0.0))
        outside = float(np.max(np.abs(self.at.upstream), initial=0.0))
        return max(float(np.max(parts, initial=0.0)), 0.01 * values * outside, 1e-300)

    def _entries(self, name: str, array: np.ndarray | None, full: bool) -> GradientCheck:
        shape = self.at.arrays[name].shape
        entries = list(np.ndindex(*shape))
        if not full:
            chosen = np.random.default_rng(0).choice(len(entries), min(SOME, len(entries)), False)
            entries = [entries[k] for k in sorted(chosen)]
        found, up = self.at.box.measured(name, entries), self.at.upstream
        right, parts = found.slopes @ up, np.abs(found.slopes) @ np.abs(up)
        doubt = found.doubts @ np.abs(up)
        if full:
            right, doubt = right.reshape(shape), doubt.reshape(shape)
            self.slopes[name] = found.slopes.T.reshape(-1, *shape)
            given = right if array is None else np.asarray(array, dtype=float)
            return self._compared(name, given, right, doubt, self.scale(parts))
        rows = tuple(np.array(axis) for axis in zip(*entries))
        given = right if array is None else np.asarray(array, dtype=float)[rows]
        check = self._compared(name, given, right, doubt, self.scale(parts))
        note = (
            ""
            if array is None
            else (
                f"{len(entries)} of {self.at.arrays[name].size} entries, and all of them along "
                f"{DIRECTIONS} random directions"
            )
        )
        return replace(
            check, worst=entries[check.worst[0]], note=note, entries=int(self.at.arrays[name].size)
        )

    def _along(self, name: str, array: np.ndarray, check: GradientCheck) -> GradientCheck:
        """All entries along random directions, in which any wrong one shows."""
        for seed in range(DIRECTIONS):
            direction = self.at.box.random_directions(seed + 7, [name])
            slopes, doubts = self.at.box.along(direction)
            up, size = self.at.upstream, np.sqrt(array.size)
            right, parts = slopes @ up, np.abs(slopes) @ np.abs(up)
            given = np.vdot(np.asarray(array, dtype=float), direction[name])
            one = self._compared(
                name,
                np.array(given),
                np.array(right),
                np.array(doubts @ np.abs(up)),
                self.scale(parts) * size,
            )
            if not one.right:
                return self._found(name, array, one)
        return check

    def _found(self, name: str, array: np.ndarray, along: GradientCheck) -> GradientCheck:
        """The wrong entry, where one is small enough a search away."""
        if array.size > 4 * FULL:
            return replace(along, note="along a random direction", entries=int(array.size))
        check = self._entries(name, array, True)
        return check if not check.right else replace(along, note="along a random direction")

    def _compared(self, name: str, given, right, doubt, scale: float) -> GradientCheck:
        method, relative = self.at.box.method
        if self.tolerance.relative is not None:
            relative = self.tolerance.relative
        return compared(
            name,
            gradient_name(self.at.root, name),
            method,
            given,
            right,
            relative,
            doubt + self.tolerance.absolute,
            scale=scale,
            settings=self.at.settings,
            outputs=self.at.upstream.size,
        )

    def _misshapen(self, name: str, array: np.ndarray) -> GradientCheck:
        shape = self.at.arrays[name].shape
        method, relative = self.at.box.method
        note = f"its shape is {list(array.shape)} where {name} has {list(shape)}"
        return GradientCheck(
            name,
            gradient_name(self.at.root, name),
            method,
            int(np.prod(shape, dtype=np.int64)),
            np.inf,
            relative,
            (),
            np.nan,
            np.nan,
            self.at.settings,
            self.at.upstream.size,
            note=note,
        )

    def companion_precision(self) -> Precision:
        """In which precision the companion works, said from its gradients alone."""
        given = self.given or {}
        types = {a.dtype for a in given.values()}
        if np.dtype(np.float16) in types:
            return HALF
        if np.dtype(np.float32) in types:
            return SINGLE
        direction = self.at.box.random_directions(3)
        up = np.random.default_rng(4).normal(size=self.at.upstream.shape)

        def along(t: float) -> np.ndarray:
            moved = {n: self.at.arrays[n] + t * d for n, d in direction.items()}
            found = self.at.caller.gradients({**self.at.arrays, **moved}, self.at.upstream + t * up)
            return np.concatenate([np.ravel(np.asarray(a, dtype=float)) for a in found.values()])

        try:
            return precision_of(along)
        except Fault:
            return DOUBLE

    def _coarser(self, check: GradientCheck, precision: Precision) -> GradientCheck:
        if self.tolerance.relative is not None:
            return check
        allowed = max(check.tolerance, precision.tolerance)
        return replace(check, tolerance=allowed, note=f"given in {precision.name}")
