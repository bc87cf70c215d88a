"""A slip with a whole array: its words, and the array that it makes at a setting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from deltarule.submissions.agreement import as_numbers
from deltarule.submissions.explanations import Seen
from deltarule.submissions.right_values import RightValues


@dataclass(frozen=True)
class Slip:
    """A slip: its kind, how simple it is, its words, and the array that it makes at a setting.

    `least`: at so many settings, where it is wrong, the array has to be seen.
    """

    kind: str
    cost: float
    words: str
    make: Callable[[RightValues], np.ndarray | None]
    fits: Callable[[Seen], bool] | None = None
    other: str = ""
    least: int = 1


def array_of(seen: Seen) -> np.ndarray | None:
    return None if seen.raw is None else as_numbers(seen.raw)


def nothing(right: RightValues) -> None:
    return None


def squeezed(array: np.ndarray) -> tuple[int, ...]:
    """The lengths of its axes, but for those of one entry."""
    return tuple(n for n in np.shape(array) if n != 1)
