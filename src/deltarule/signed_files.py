"""Files that deltarule writes where a person says, signed at their end: what is there already is
overwritten only if it was written here and nobody changed it since.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from zlib import crc32

from deltarule.errors import DeltaruleError, unwritten
from deltarule.whole_files import write_pieces

_MARK = "Written by deltarule; unchanged while its text has the fingerprint {}."
#: How a line begins and ends that is no part of a file's contents, by the ending of its name.
_COMMENTS = {
    ".py": ("\n\n# ", ""),
    ".tex": ("% ", ""),
    ".html": ("<!-- ", " -->"),
    ".svg": ("<!-- ", " -->"),
    ".md": ("<!-- ", " -->"),
}
#: The last chunk of a bitmap (PNG, 5.6); ours is a comment before it (PNG, 11.3.3).
_PNG, _LAST = ".png", b"\0\0\0\0IEND\xaeB`\x82"
_COMMENT = b"tEXtComment\0"
_HASHED = re.escape(_MARK).replace(r"\{\}", "([0-9a-f]{20})").encode()
_MARKED = re.compile(rb"(?:\n\n# |% |<!-- )" + _HASHED + rb"(?: -->)?\n\Z")
_MARKED_PNG = re.compile(rb"\0\0\0." + _COMMENT + _HASHED + rb"....\Z", re.DOTALL)


def fingerprint(*parts: str | bytes) -> str:
    """A short hash of some texts."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()[:20]


def signed(text: str, ending: str = ".py") -> str:
    """A text with its fingerprint in a last line; `ending` is that of its file's name."""
    before, behind = _COMMENTS[ending]
    return f"{text}{before}{_MARK.format(fingerprint(text))}{behind}\n"


def signed_bitmap(png: bytes) -> bytes:
    """A bitmap (PNG) with its fingerprint in a last comment."""
    body = png.removesuffix(_LAST)
    chunk = _COMMENT + _MARK.format(fingerprint(body)).encode()
    length, check = len(chunk) - 4, crc32(chunk)
    return b"".join((body, length.to_bytes(4, "big"), chunk, check.to_bytes(4, "big"), _LAST))


def is_ours(content: str | bytes) -> bool:
    """Whether a file's contents were written here, and changed by nobody since."""
    data = content.encode() if isinstance(content, str) else content
    body = data.removesuffix(_LAST)
    marked = _MARKED if body == data else _MARKED_PNG
    found = marked.search(body, max(0, len(body) - 200))
    return found is not None and fingerprint(body[: found.start()]).encode() == found[1]


def refuse_others(paths: Iterable[Path], place: str = "file") -> None:
    """Raises DeltaruleError where something else would be overwritten; its remedy is to name
    another `place`: file, or folder.
    """
    for path in paths:
        try:
            if not path.exists() or (path.is_file() and is_ours(path.read_bytes())):
                continue
        except OSError as error:
            raise unwritten(path, error, f"name another {place}") from None
        raise DeltaruleError(
            f"{path.name} is there already, and is not as deltarule wrote it",
            str(path),
            f"name another {place}, or add --force",
        )


def refuse_unwritable(path: Path, force: bool = False) -> None:
    """Asked before the work whose result goes to a file.

    Raises DeltaruleError where the file has no folder to stand in, and where something else would
    be overwritten, unless by `force`.
    """
    if not path.parent.is_dir():
        raise DeltaruleError(
            f"there is no folder {path.parent}", str(path), "make it, or name another file"
        )
    if not force:
        refuse_others([path])


def write_signed(
    path: Path, content: str | bytes, force: bool = False, place: str = "file"
) -> None:
    """Write a text or a bitmap, signed as its name's ending asks for, or not at all. In a `place`
    that is a folder, folders are made.

    Raises DeltaruleError where something else would be lost, unless by `force`, and where nothing
    can be written.
    """
    if place == "file":
        refuse_unwritable(path, force)
    elif not force:
        refuse_others([path], place)
    ending = path.suffix.lower()
    if isinstance(content, bytes):
        data: str | bytes = signed_bitmap(content) if ending == _PNG else content
    else:
        data = content if is_ours(content) else signed(content, ending)
    # A link is followed: what it leads to is what was looked at.
    write_pieces(Path(os.path.realpath(path)), [data], remedy=f"name another {place}")
