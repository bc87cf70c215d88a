"""Subscripts of times one away, t − 1, and of the last one, T − 1."""

from __future__ import annotations

import re


def shifted(at: str) -> bool:
    """Whether a subscript is t − 1 or t + 1; T − 1 is the last one."""
    return bool(re.fullmatch(r"(?![A-Z]\W)[^\W\d_]\w*[-+][0-9]+", at))


def last_of(at: str) -> str:
    """The index t where a subscript is the last time, T − 1, or one before it."""
    found = re.fullmatch(r"([A-Z])-[0-9]+", at)
    return found[1].lower() if found else ""
