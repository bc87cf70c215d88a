"""All derivatives by one tensor at once, along random directions, where too many would be measured.

Moving x along v changes the outputs by J v; the derived gradient g for an upstream y̅ is right only
if g·v = y̅·J v. A wrong entry of g shows along nearly every v.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from deltarule.gradcheck.difference_steps import COMPLEX_STEP, METHODS, Moved

#: How many directions are tried.
DIRECTIONS = 3
#: Sums over all entries round more than an entry does, by so much at the most.
_ROUNDING = 100
#: The ways of measuring that a step along all entries does not lead over a kink.
STRAIGHT = ("affine", "analytic")


def off_along(
    method: str,
    moved: Moved,
    roots: Sequence[str],
    upstream: Mapping[str, np.ndarray],
    derived: np.ndarray,
    random: np.random.Generator,
) -> bool:
    """Whether derived gradients [tried, *shape] differ from the outputs' changes along directions.

    `upstream` has an array [tried, *shape of the output] for each of the `roots`, in the order of
    the outputs of `moved`.
    """
    for _ in range(DIRECTIONS):
        direction = random.normal(size=moved.array.shape)
        changes = _changes(method, moved, direction)
        for tried, gradient in enumerate(derived):
            terms = gradient * direction
            seen = sum(float(np.sum(upstream[r][tried] * c)) for r, c in zip(roots, changes))
            allowed = _ROUNDING * METHODS[method][1] * float(np.sum(np.abs(terms)))
            if not abs(seen - float(np.sum(terms))) <= allowed:
                return True
    return False


def _changes(method: str, moved: Moved, direction: np.ndarray) -> list[np.ndarray]:
    """J v of each output."""
    if method == "analytic":
        return [np.imag(y) / COMPLEX_STEP for y in moved.after((), 1j * COMPLEX_STEP * direction)]
    moved.bound.forward()
    base = [np.array(y) for y in moved.outputs]
    return [y - before for y, before in zip(moved.after((), direction), base)]
