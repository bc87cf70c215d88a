"""The recurrent derivations of the catalogue, and what their times are called."""

from __future__ import annotations

from functools import lru_cache

from once import loaded
from variants import names

from deltarule.expressions.nodes import free_symbols
from deltarule.networks.recurrences import Recurrence, blocks


@lru_cache
def times(name: str) -> tuple[str, ...]:
    """The names of the extents of a derivation's axes of time."""
    network = loaded(name)
    found = {b.extent for b in blocks(network.equations) if isinstance(b, Recurrence)}
    return tuple(sorted(s.name for extent in found for s in free_symbols(extent)))


RECURRENT = [name for name in names() if times(name)]
