"""Text files of somebody else: read in one piece, and refused where they are no text."""

from __future__ import annotations

import codecs
from importlib.resources.abc import Traversable
from pathlib import Path

from deltarule.errors import DeltaruleError

#: Larger files are not opened. Ten thousand numbers take a fifth of this.
LARGEST = 500_000
#: How files begin that are no plain text, and what they are.
_OTHERS = (
    (b"PK\x03\x04", "a Word document, or another archive"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a document in rich text (RTF)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\xd0\xcf\x11\xe0", "a Word document"),
    (b"\x7fELF", "a program"),
    (b"\x1f\x8b", "a packed file"),
)


def read_text(path: Path | Traversable, name: str) -> str:
    """The text of a file, its lines parted by line feeds; `name` is what errors call it.

    UTF-8, and UTF-16 with its mark in front, as some editors save it.
    """
    if path.is_dir():
        raise DeltaruleError(f"{name} is a folder", remedy="name a .toml file in it")
    if isinstance(path, Path) and path.exists() and not path.is_file():
        raise DeltaruleError(f"{name} is not a regular file", remedy="name a .toml file")
    try:
        if isinstance(path, Path) and path.stat().st_size > LARGEST:
            raise DeltaruleError(f"{name} is larger than 500 kB", remedy="name a .toml file")
        return text_of(path.read_bytes(), name)
    except FileNotFoundError:
        raise DeltaruleError(f"there is no file {name}", remedy="check the path") from None
    except OSError as error:
        raise DeltaruleError(
            f"{name} cannot be read: {error.strerror}", remedy="check the path and its permissions"
        ) from None
    except ValueError:  # a NUL in the path
        raise DeltaruleError(f"{name!r} is no path", remedy="check the path") from None


def text_of(data: bytes, name: str) -> str:
    """The text in the bytes of a file; otherwise as `read_text`."""
    for begin, what in _OTHERS:
        if data.startswith(begin):
            raise DeltaruleError(
                f"{name} is {what}, not plain text", remedy="save it as plain text in UTF-8"
            )
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DeltaruleError(
            f"{name} is not UTF-8 text",
            None if wide else f"line {line}",
            "save it as plain text in UTF-8",
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
