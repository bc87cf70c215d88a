"""Python's search for garbage, seldom while much is made that stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Old objects are looked through a hundredth as often: a fifth of the time of compiling."""
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(before[0], 2 * before[1], 10 * before[2])
    try:
        yield
    finally:
        gc.set_threshold(*before)
