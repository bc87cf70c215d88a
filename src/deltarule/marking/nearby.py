"""Subgradients that follow no usual convention: mixtures of the gradients all around a point."""

from __future__ import annotations

import numpy as np

from deltarule.arithmetic.evaluate import Values
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.run import run
from deltarule.marking.aligned_answers import Written
from deltarule.tracing.computation import Computation

#: How far around a point gradients are looked for, in how many directions, and what is a kink.
STEP, DIRECTIONS, KINK = 1e-7, 96, 1e-4


def is_subgradient(computation: Computation, written: Written, entries: list[tuple]) -> bool:
    """Whether printed entries of a gradient are a mixture of the gradients around the point."""
    wanted = np.array([float(written.numbers[e].value) for e in entries])
    around = np.array(
        [[array[e] for e in entries] for array in _around(computation, written.quantity)]
    )
    if not np.isfinite(around).all() or np.ptp(around, axis=0).max(initial=0.0) < KINK:
        return False
    parts = _mixture(around, wanted)
    gap = np.abs(parts @ around - wanted)
    units = np.array([float(written.numbers[e].unit or 0) for e in entries])
    return bool(np.all(gap <= units / 2 + 10 * STEP * (1 + np.abs(wanted))))


def _around(computation: Computation, quantity: str) -> list[np.ndarray]:
    """The gradient at points close by, one for each direction."""
    moving = [
        t.name
        for t in computation.network.tensors.values()
        if t.role in ("input", "parameter") and not t.integral and t.name in computation.givens
    ]
    random = np.random.default_rng(0)
    equations = [line.equation for line in computation.lines if line.phase != "update"]
    found = []
    start = computation.start(Float64())
    for _ in range(DIRECTIONS):
        moved = {
            n: start.arrays[n] + STEP * random.standard_normal(np.shape(start.arrays[n]))
            for n in moving
        }
        values = Values({**start.arrays, **moved}, start.sizes, start.scalars, start.tensors)
        run(equations, values, Float64())
        found.append(np.asarray(values.arrays[quantity], dtype=float))
    return found


def _mixture(around: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The parts, not negative and 1 together, whose mixture comes closest (Lawson and Hanson's
    algorithm for least squares with parts that are not negative)."""
    weight = 1e3 * max(1.0, float(np.abs(around).max()))
    a = np.vstack([around.T, np.full(len(around), weight)])
    b = np.append(wanted, weight)
    parts, used = np.zeros(len(around)), np.zeros(len(around), dtype=bool)
    for _ in range(3 * len(around)):
        pull = a.T @ (b - a @ parts)
        pull[used] = -np.inf
        if used.all() or pull.max() <= 1e-9 * weight:
            break
        used[int(np.argmax(pull))] = True
        while True:
            best = np.zeros_like(parts)
            best[used] = np.linalg.lstsq(a[:, used], b, rcond=None)[0]
            if best[used].min() > 0:
                parts = best
                break
            low = used & (best <= 0)
            step = np.min(parts[low] / (parts[low] - best[low] + 1e-300))
            parts = parts + step * (best - parts)
            used &= parts > 1e-12
            parts[~used] = 0
            if not used.any():
                break
    return parts
