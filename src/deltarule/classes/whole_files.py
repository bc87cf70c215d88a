"""Files written as a whole, or not at all: whoever reads beside us, or ends us, sees no half."""

from __future__ import annotations

import os
from pathlib import Path

from deltarule.errors import DeltaruleError


def made_folder(path: Path) -> Path:
    """A folder, made where it is not there. Raises DeltaruleError where it cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DeltaruleError(
            f"the folder cannot be made: {error.strerror or error}",
            str(path),
            "choose another with --out",
        ) from None
    return path


def write_whole(path: Path, text: str | bytes) -> bool:
    """Write a file, unless it holds the same; whether it was written.

    Raises DeltaruleError where it cannot be.
    """
    data = text.encode("utf-8", "backslashreplace") if isinstance(text, str) else text
    try:
        if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name[:200]}.part")
        try:
            beside.write_bytes(data)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise DeltaruleError(
            f"the file cannot be written: {error.strerror or error}",
            str(path),
            "make room, or choose another folder with --out",
        ) from None
    return True
