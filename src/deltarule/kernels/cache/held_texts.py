"""The texts of kernels' files that this process works with, should somebody empty the cache.

Functions that are called by name, and passes, are compiled when they are first called, out of
machine code that cannot go on without them: by then the folder may be deleted, or another one.
"""

from __future__ import annotations

import os
from pathlib import Path

_texts: dict[str, bytes] = {}


def hold(path: str | Path, text: bytes) -> None:
    """Keep in memory what a file holds, which never changes: its name tells its text's hash."""
    _texts[os.fspath(path)] = text


def text_of(path: str | Path) -> bytes:
    """What a file holds, or held when this process began to work with it. Raises OSError."""
    held = _texts.get(os.fspath(path))
    return Path(path).read_bytes() if held is None else held
