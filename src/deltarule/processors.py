"""How many processors this process may use."""

from __future__ import annotations

import os

from deltarule.errors import DeltaruleError

#: More processes for each processor stand in each other's way.
MOST_EACH = 16


def processors() -> int:
    """Those that the system lets it run on, which may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def processes(asked: int | None, place: str) -> int:
    """How many processes work side by side: so many, else one a processor.

    Raises DeltaruleError for more than any work needs.
    """
    there = processors()
    if asked is not None and asked > MOST_EACH * there:
        raise DeltaruleError(
            f"{asked} processes are more than {MOST_EACH} for each processor",
            place,
            f"give at most {MOST_EACH * there}, or leave the number out: one a processor",
        )
    return asked or there
