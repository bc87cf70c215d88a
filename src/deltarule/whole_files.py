"""Files written as a whole, or not at all: whoever reads beside us, or ends us, sees no half."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from deltarule.errors import DeltaruleError, unwritten


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
    except OSError as error:
        raise unwritten(path, error, "make room, or name another folder") from None
    write_pieces(path, [data])
    return True


def write_pieces(
    path: Path,
    pieces: Iterable[str | bytes],
    runs: bool = False,
    remedy: str = "make room, or name another folder",
) -> None:
    """Write a file piece by piece; with `runs` it may be run as a program.

    Raises DeltaruleError, with the remedy, where it cannot be written.
    """
    beside = path.with_name(f".{path.name[:200]}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with beside.open("wb") as file:
                for piece in pieces:
                    text = isinstance(piece, str)
                    file.write(piece.encode("utf-8", "backslashreplace") if text else piece)
            if runs:
                beside.chmod(beside.stat().st_mode | 0o111)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise unwritten(path, error, remedy) from None
