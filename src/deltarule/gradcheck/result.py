"""What came out when a gradient was measured: the worst entry, both ways, and how it was done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np


@dataclass(frozen=True)
class GradientCheck:
    """What came out for one gradient.

    `error` is the gap at the worst entry, relative to the largest entry (or to 1); `worst` is
    its index, where the derivation says `derived` and the measurement `measured`. `entries` were
    compared, of a Jacobian with `outputs` rows; `edges` counts kinks and ties among the values,
    at which the set of subgradients was taken. `note` says what else there is to say, `form` is the
    first gradient of the same form, if that was derived once for several.
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
    outputs: int = 0
    passes: int = 0
    edges: int = 0
    seconds: float = 0.0
    note: str = ""
    form: str = ""

    @property
    def right(self) -> bool:
        """Whether derived and measured agree; NaN never does."""
        return bool(self.error <= self.tolerance)

    @property
    def badness(self) -> float:
        """How far off it is, in units of what is allowed."""
        return self.error / self.tolerance if self.error == self.error else np.inf


def worst_of(checks: Iterable[GradientCheck]) -> list[GradientCheck]:
    """For each gradient the check that came out worst, in the order of the derivation.

    Of checks that are right, one that names an entry says more than one along a direction.
    """
    worst: dict[str, GradientCheck] = {}
    for check in checks:
        kept = worst.get(check.name)
        if kept is None or _rank(check) > _rank(kept):
            worst[check.name] = check
    return list(worst.values())


def worst_of_each_form(checks: Iterable[GradientCheck]) -> list[GradientCheck]:
    """Of the gradients of one form the one that came out worst, which says how many others there
    are.
    """
    forms: dict[str, list[GradientCheck]] = {}
    for check in checks:
        forms.setdefault(check.form or check.name, []).append(check)
    return [_for_all(alike) for alike in forms.values()]


def _for_all(alike: Sequence[GradientCheck]) -> GradientCheck:
    worst = max(alike, key=_rank)
    if len(alike) == 1:
        return worst
    note = f"and {len(alike) - 1} of the same form"
    return replace(worst, note=f"{worst.note}; {note}" if worst.note else note)


def _rank(check: GradientCheck) -> tuple[bool, bool, float]:
    return not check.right, not check.right or bool(check.worst), check.badness


def compared(
    tensor: str,
    name: str,
    method: str,
    derived: np.ndarray,
    measured: np.ndarray,
    tolerance: float,
    doubt: np.ndarray | float = 0.0,
    **more,
) -> GradientCheck:
    """The check of two float arrays of one shape, entry by entry.

    `tolerance` is relative to the largest entry, `doubt` what the measurement itself may be off
    by; `scale` takes the place of the largest entry. Leading axes of `derived` and `measured`
    (upstream gradients tried) are none of the tensor's: `tensor_axes` says how many are.
    An entry that is NaN is the worst.
    """
    tensor_axes, given_scale = more.pop("tensor_axes", derived.ndim), more.pop("scale", None)
    if not derived.size:
        return GradientCheck(tensor, name, method, 0, 0.0, tolerance, (), 0.0, 0.0, **more)
    with np.errstate(invalid="ignore"):
        gaps = np.abs(derived - measured)
    scale = given_scale or max(1.0, float(np.max(np.abs(measured), initial=0.0)))
    allowed = np.broadcast_to(tolerance * scale + np.asarray(doubt), gaps.shape)
    with np.errstate(over="ignore"):
        badness = np.where(np.isnan(gaps), np.inf, gaps / allowed)
    at = worst_entry(badness, measured)
    lead = gaps.ndim - tensor_axes
    return GradientCheck(
        tensor,
        name,
        method,
        int(np.prod(gaps.shape[lead:], dtype=np.int64)),
        float(gaps[at]) / scale,
        float(allowed[at]) / scale,
        tuple(int(k) for k in at[lead:]),
        float(derived[at]),
        float(measured[at]),
        **more,
    )


def worst_entry(badness: np.ndarray, measured: np.ndarray) -> tuple[int, ...]:
    """Where a gap is largest; of entries that are equally good, where the gradient is."""
    flat = int(np.argmax(badness))
    if badness.flat[flat] == 0:
        flat = int(np.argmax(np.abs(measured)))
    return tuple(int(k) for k in np.unravel_index(flat, badness.shape))
