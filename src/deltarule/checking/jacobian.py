"""Full Jacobians measured with compiled kernels, and derived gradients held against them.

Where an output is affine in a tensor, the difference of two values at a step of 1 is exact up to
rounding; where it is analytic, the complex step is; else differences to both sides are taken, at
steps of two widths. The derived gradient for an upstream y̅ must be Jᵀy̅: that is compared for
several random y̅, entry by entry, so that any wrong entry of the Jacobian shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from deltarule.kernels.api import Bound, Kernel, kernel
from deltarule.notation.errors import DeltaruleError

#: How many upstream gradients are tried.
TRIED = 3


@dataclass(frozen=True)
class JacobianCheck:
    """∂(all outputs)/∂(one tensor) against the derived gradient.

    `shape` is that of the Jacobian (outputs × entries), `error` the largest gap relative to the
    largest entry, at the tensor's entry `worst`.
    """

    tensor: str
    method: str
    shape: tuple[int, int]
    error: float
    tolerance: float
    worst: tuple[int, ...]
    derived: float
    measured: float

    @property
    def right(self) -> bool:
        """Whether derived and measured agree."""
        return bool(self.error <= self.tolerance)


def check_jacobians(
    name: str,
    arrays: Mapping[str, np.ndarray],
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
    **settings,
) -> list[JacobianCheck]:
    """The Jacobian of a derivation's output with respect to each of its real inputs.

    `arrays` are its inputs in float64, of any size. Raises DeltaruleError for arrays that do not
    fit, and for a derivation with several outputs.
    """
    made = kernel(name, progress=progress, **settings)
    if len(made.outputs) != 1:
        raise DeltaruleError(
            f"{name} has the outputs {', '.join(made.outputs)}", name,
            "check a derivation with one output",
        )
    found = []
    for tensor, method in made.module.STEPS.items():
        if progress:
            progress(f"measuring the Jacobian of {tensor}")
        found.append(_check(made, tensor, method, arrays, seed, settings))
    return found


def _check(made: Kernel, tensor: str, method: str, arrays, seed: int, settings) -> JacobianCheck:
    random = np.random.default_rng(seed)
    output = made.outputs[0]
    values = made.values(**{n: arrays[n] for n in made.inputs})
    shape = np.shape(values[output])
    upstream = random.normal(size=(TRIED, *shape)) if made.upstream else np.ones((1, *shape))
    columns = _COLUMNS[method](made, tensor, dict(arrays), settings)
    rows = upstream.reshape(len(upstream), -1)
    measured = np.array([rows @ column for column in columns]).T
    kept = {n: values[n] for n in made.kept}
    derived = np.array([
        made.backward(**arrays, **kept, **_upstream(made, dy))[tensor].ravel() for dy in upstream
    ])
    return _judged(tensor, method, np.size(values[output]), arrays[tensor], derived, measured)


def _upstream(made: Kernel, dy: np.ndarray) -> dict[str, np.ndarray]:
    return {made.upstream[0]: dy} if made.upstream else {}


def _judged(tensor: str, method: str, outputs: int, array, derived, measured) -> JacobianCheck:
    gaps = np.abs(derived - measured)
    scale = max(1.0, float(np.max(np.abs(measured), initial=0.0)))
    if not gaps.size:
        return JacobianCheck(tensor, method, (outputs, 0), 0.0, 1.0, (), 0.0, 0.0)
    at = int(np.argmax(np.where(np.isnan(gaps), np.inf, gaps)))
    row, entry = np.unravel_index(at, gaps.shape)
    worst = tuple(int(v) for v in np.unravel_index(entry, np.shape(array)))
    return JacobianCheck(
        tensor, _NAMES[method], (outputs, int(np.size(array))), float(gaps[row, entry]) / scale,
        _TOLERANCES[method], worst, float(derived[row, entry]), float(measured[row, entry]),
    )


# ---- columns: how the output changes with each entry -------------------------------------------


def _exact_steps(made: Kernel, tensor: str, arrays: dict, settings) -> Iterator[np.ndarray]:
    """y(x + e) − y(x), where y is affine in x."""
    bound, moving = _bound(made, tensor, arrays)
    output = made.outputs[0]
    base = bound.forward()[output].copy().ravel()
    now = bound.values[output].reshape(base.shape)
    for k in range(moving.size):
        kept = moving[k]
        moving[k] = kept + 1.0
        bound.forward()
        moving[k] = kept
        yield now - base


def _complex_steps(made: Kernel, tensor: str, arrays: dict, settings) -> Iterator[np.ndarray]:
    """Im y(x + i·h·e)/h with a step of 10⁻²⁰⁰: nothing is subtracted, so nothing is lost."""
    width = 1e-200
    twin = kernel(made.name, dtype="complex128", **settings)
    turned = {n: a if np.asarray(a).dtype.kind in "iu" else np.asarray(a, dtype=complex)
              for n, a in arrays.items()}
    bound, moving = _bound(twin, tensor, turned)
    now = bound.values[made.outputs[0]].reshape(-1)
    for k in range(moving.size):
        kept = moving[k]
        moving[k] = kept + 1j * width
        bound.forward()
        moving[k] = kept
        yield now.imag / width


def _both_sides(made: Kernel, tensor: str, arrays: dict, settings) -> Iterator[np.ndarray]:
    """(y(x + h) − y(x − h))/2h at two widths, put together so that h² cancels."""
    bound, moving = _bound(made, tensor, arrays)
    now = bound.values[made.outputs[0]].reshape(-1)
    for k in range(moving.size):
        kept = moving[k]
        slopes = []
        for width in (1e-4, 5e-5):
            width *= max(1.0, abs(kept))
            moving[k] = kept + width
            bound.forward()
            up = now.copy()
            moving[k] = kept - width
            bound.forward()
            slopes.append((up - now) / (2 * width))
        moving[k] = kept
        yield (4 * slopes[1] - slopes[0]) / 3


def _bound(made: Kernel, tensor: str, arrays: dict) -> tuple[Bound, np.ndarray]:
    """A kernel bound to copies of the arrays, and the one that is moved, flat."""
    own = {n: np.array(arrays[n], order="C") for n in made.inputs}
    return made.bind(**own), own[tensor].reshape(-1)


_COLUMNS = {"affine": _exact_steps, "analytic": _complex_steps, "other": _both_sides}
_NAMES = {"affine": "exact steps", "analytic": "complex step", "other": "central differences"}
_TOLERANCES = {"affine": 1e-12, "analytic": 1e-12, "other": 1e-6}
