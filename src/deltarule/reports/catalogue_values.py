"""The list of derivations as plain values for JSON."""

from __future__ import annotations

from collections.abc import Sequence


def catalogue_values(entries: Sequence[dict]) -> dict:
    """All derivations: `name`, `title`, `aliases` and `group` of each."""
    return {"derivations": list(entries)}
