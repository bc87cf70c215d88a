"""Numerical checks of derived gradients: each entry measured without the derivation.

Small settings are checked in balls, by dual numbers sent forward: what differs is then proved to
differ. Where a comparison stands on the edge (a tie, a kink) the measure is taken by differences
from both sides, and the derived entry must lie between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from deltarule.arithmetic.base import Undecided
from deltarule.arithmetic.exact import Ball
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.calculus import Derivation, derive
from deltarule.checking.independent import derivative_along, displacement, dual_gradient
from deltarule.notation.files import load
from deltarule.notation.tensors import Tensor

#: Tensors with more entries are checked along random directions, and entry by entry only where
#: that tells of an error.
FEW_ENTRIES, MOST_ENTRIES = 24, 400
BITS = 128


@dataclass(frozen=True)
class GradientCheck:
    """What came out for one gradient: the worst entry, and by how much it is off.

    `error` is relative to the largest entry; `worst` the index of the entry (empty for a
    direction), where the derivation says `derived` and the measurement `measured`.
    """

    tensor: str
    name: str
    method: str
    entries: int
    error: float
    tolerance: float
    worst: tuple[int, ...]
    derived: float
    measured: float
    settings: Mapping[str, int] = field(default_factory=dict)

    @property
    def right(self) -> bool:
        """Whether derived and measured agree; what is no number never does."""
        return bool(self.error <= self.tolerance)


def check_gradients(
    derivation: Derivation,
    rounds: int = 3,
    seed: int = 0,
    sizes: Mapping[str, int] | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[GradientCheck]:
    """Each gradient, at `rounds` settings of sizes, attributes and values drawn from `seed`.

    Settings differ in their sizes, which are small, unequal and never 1 where that can be
    helped; values are generic, upstream gradients too. `sizes` holds some of them.
    Raises DeltaruleError for sizes that do not fit.
    """
    found: list[GradientCheck] = []
    for number in range(seed, seed + rounds):
        for check in _round(derivation, number, dict(sizes or {})):
            found.append(check)
            if progress:
                progress(f"{check.name} at setting {number - seed + 1} of {rounds}")
    return found


def worst_of(checks: list[GradientCheck]) -> list[GradientCheck]:
    """For each gradient the check that came out worst, in the order of the derivation."""
    best: dict[str, GradientCheck] = {}
    for check in checks:
        kept = best.get(check.name)
        if kept is None or _badness(check) > _badness(kept):
            best[check.name] = check
    return list(best.values())


def _badness(check: GradientCheck) -> float:
    return check.error / check.tolerance if check.error == check.error else np.inf


def _round(derivation: Derivation, seed: int, sizes: dict[str, int]) -> Iterator[GradientCheck]:
    try:
        probe = _probe(derivation, Ball(BITS), seed, sizes)
    except Undecided:
        probe = _probe(derivation, Float64(), seed, sizes)
    for gradient in derivation.gradients.values():
        tensor = gradient.tensor
        if tensor.role not in ("input", "parameter") or tensor.whole:
            continue
        if isinstance(probe.arithmetic, Ball):
            try:
                yield _by_dual_numbers(derivation, tensor, probe)
                continue
            except Undecided:
                pass
        yield by_differences(derivation, tensor, _probe(derivation, Float64(), seed, sizes))


def _probe(derivation: Derivation, arithmetic, seed: int, sizes: dict[str, int]) -> Probe:
    """All values and gradients at one setting."""
    probe = Probe(derivation.network, arithmetic, seed, **sizes)
    for name in derivation.upstream:
        tensor = derivation.network.tensors[name]
        probe.values.arrays[f"d{derivation.of}/d{name}"] = probe.noise(tensor.axes)
    run(derivation.equations(), probe.values, arithmetic)
    return probe


def _roots(derivation: Derivation, probe: Probe) -> dict:
    arrays = probe.values.arrays
    if derivation.upstream:
        return {n: arrays[f"d{derivation.of}/d{n}"] for n in derivation.upstream}
    return {derivation.of: None}


def _by_dual_numbers(derivation: Derivation, tensor: Tensor, probe: Probe) -> GradientCheck:
    derived = np.asarray(probe.values.arrays[f"d{derivation.of}/d{tensor.name}"], dtype=object)
    if derived.size > FEW_ENTRIES:
        check = _along_directions(derivation, tensor, probe, derived)
        if check.right or derived.size > MOST_ENTRIES:
            return check
    roots, arithmetic = _roots(derivation, probe), probe.arithmetic
    with arithmetic.context():
        measured = dual_gradient(
            derivation.network, probe.values, arithmetic, tensor.name, roots
        )
    return _in_balls(derivation, tensor, probe, derived, measured)


def _along_directions(derivation, tensor: Tensor, probe: Probe, derived) -> GradientCheck:
    """Three random directions: a wrong entry shows in each."""
    arithmetic, roots = probe.arithmetic, _roots(derivation, probe)
    with arithmetic.context():
        directions = [probe.noise(tensor.axes) for _ in range(3)]
        along = [arithmetic.total(np.ravel(arithmetic.multiply(derived, d)), (0,))
                 for d in directions]
        measured = [
            derivative_along(
                derivation.network, probe.values, arithmetic, tensor.name, d, roots
            )
            for d in directions
        ]
    return _in_balls(
        derivation, tensor, probe, np.array(along, dtype=object),
        np.array(measured, dtype=object), derived.size,
    )


def _in_balls(derivation, tensor, probe, derived, measured, entries=None) -> GradientCheck:
    with probe.arithmetic.context():
        gaps = np.array([float(abs(a - b).abs_upper())
                         for a, b in zip(np.ravel(derived), np.ravel(measured), strict=True)])
    return _made(
        derivation, tensor, f"dual numbers in balls of {BITS} bits", gaps, 1e-25,
        _floats(derived), _floats(measured), probe, entries,
    )


def by_differences(derivation: Derivation, tensor: Tensor, probe: Probe) -> GradientCheck:
    """Differences to both sides in float64; at a kink the derived entry must lie between them.

    The error allowed is the one estimated from steps of two widths.
    """
    name = f"d{derivation.of}/d{tensor.name}"
    derived = np.asarray(probe.values.arrays[name], dtype=float)
    roots = _roots(derivation, probe)
    gaps, measured = np.zeros(derived.size), np.zeros(derived.size)
    allowed = 1e-7
    for k, entry in enumerate(np.ndindex(*derived.shape)):
        low, high, doubt = _one_sided(derivation, probe, tensor.name, entry, roots)
        allowed = max(allowed, doubt)
        inside = min(max(float(derived[entry]), min(low, high)), max(low, high))
        measured[k] = inside if abs(high - low) > 1e-3 else (low + high) / 2
        gaps[k] = abs(derived[entry] - measured[k])
    return _made(
        derivation, tensor, "differences to both sides", gaps, allowed,
        np.ravel(derived), measured, probe,
    )


def _one_sided(derivation, probe, name: str, entry: tuple, roots) -> tuple[float, float, float]:
    """The slopes to the left and to the right of a point, and how much they are in doubt."""
    here = probe.values.arrays[name]
    base = _total(derivation, probe, name, here, roots)
    slopes = {}
    for width in (1e-5, 5e-6):
        for sign in (-1, 1):
            moved = np.array(here, dtype=float)
            moved[entry] += sign * width
            moved_total = _total(derivation, probe, name, moved, roots)
            slopes[sign, width] = sign * (moved_total - base) / width
    left, right = (2 * slopes[s, 5e-6] - slopes[s, 1e-5] for s in (-1, 1))
    doubt = max(abs(slopes[s, 5e-6] - slopes[s, 1e-5]) for s in (-1, 1))
    return left, right, 1e-9 + 1e-3 * doubt + 1e-10 * abs(base) / 1e-6


def _total(derivation: Derivation, probe: Probe, name: str, array, roots) -> float:
    how, _ = displacement(derivation.network, probe.values, probe.arithmetic, name)
    values = how.at(array)
    run(how.equations, values, probe.arithmetic)
    return sum(
        float(np.sum(values.arrays[root] if up is None else up * values.arrays[root]))
        for root, up in roots.items()
    )


def _made(derivation, tensor, method, gaps, tolerance, derived, measured, probe, entries=None):
    """The check from the gap of every entry."""
    derived, measured = np.ravel(derived), np.ravel(measured)
    scale = max(1.0, float(np.max(np.abs(measured), initial=0.0)))
    at = int(np.argmax(np.where(np.isnan(gaps), np.inf, gaps))) if gaps.size else 0
    shape = probe.shape(tensor.axes)
    entrywise = entries is None
    return GradientCheck(
        tensor.name, f"d{derivation.of}/d{tensor.name}", method, entries or int(gaps.size),
        float(gaps[at]) / scale if gaps.size else 0.0, tolerance,
        tuple(int(v) for v in np.unravel_index(at, shape)) if entrywise and gaps.size else (),
        float(derived[at]) if gaps.size else 0.0, float(measured[at]) if gaps.size else 0.0,
        {s.name: int(n) for s, n in probe.sizes.items()},
    )


def _floats(balls) -> np.ndarray:
    return np.array([float(b.mid()) for b in np.ravel(balls)])


def check_named(name: str, rounds: int = 3, seed: int = 0, sizes=None, progress=None, **options):
    """The checks of a derivation by name or path: see `check_gradients`."""
    return check_gradients(derive(load(name, **options)), rounds, seed, sizes, progress)
