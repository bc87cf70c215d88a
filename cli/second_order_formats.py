"""How second derivatives and tangents are shown: rows of the table in formats.py."""

from __future__ import annotations

#: The things, and what the functions that show them begin with.
_THINGS = {"entries of a derivative": "entries", "tangents": "tangents"}


def second_order(module: str, ending: str) -> dict[str, str]:
    """Their functions in one format, all in one module, such as `entries_latex`."""
    return {thing: f"{module}:{name}_{ending}" for thing, name in _THINGS.items()}
