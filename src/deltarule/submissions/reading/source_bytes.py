"""The bytes of a Python file as text, whatever its encoding and its ends of lines."""

from __future__ import annotations

import codecs
import io
import os
import re
import tokenize
from pathlib import Path

from deltarule.errors import DeltaruleError
from deltarule.submissions.reading.remarks import Remark, RemarkKind, remark, shown

#: Bytes of Python text that are parsed here: three times the longest homework files.
MOST_CODE = 250_000
#: Encodings of text, which decode to what an editor shows.
_TEXT = re.compile(
    r"utf-?8(-sig)?|ascii|latin-?1|iso-?8859-?\d+|cp\d+|windows-?\d+|gb(k|2312|18030)|big5"
    r"|euc-?(jp|kr|tw)|shift-?jis|koi8-?[ru]|mac-?roman"
)
_OTHERS = {
    b"PK\x03\x04": "an archive",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\x7fELF": "a program",
    b"\x1f\x8b": "a packed file",
    b"\xd0\xcf\x11\xe0": "a Word document",
}


def file_bytes(path: Path, most: int) -> bytes:
    """What is in a regular file. Raises DeltaruleError where it cannot be read, or is larger."""
    name = shown(path.name)[:80]
    try:
        if path.is_symlink():
            kind = "folder" if path.is_dir() else "file"
            raise DeltaruleError(
                f"{name} is a link to another {kind}", shown(str(path)), f"name that {kind} itself"
            )
        if not path.exists():
            raise DeltaruleError(f"there is no file {name}", shown(str(path)), "check the path")
        if not path.is_file():
            raise DeltaruleError(f"{name} is not a regular file", None, "name a .py or .ipynb file")
        with open(path, "rb", opener=_without_links) as opened:
            data = opened.read(most + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its path is none"
        raise DeltaruleError(
            f"{name} cannot be read: {reason}", None, "check the path and its permissions"
        ) from None
    if len(data) > most:
        raise too_large(name, most)
    return data


def _without_links(path: str, flags: int) -> int:
    """Open what was looked at: no link, nor a pipe, that has come to its place since."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def too_large(name: str, most: int) -> DeltaruleError:
    """What is said of a file above a limit."""
    size = f"{most // 1000} kB" if most < 1_000_000 else f"{most // 1_000_000} MB"
    return DeltaruleError(
        f"{name} is larger than {size}", None, "hand in the file with the functions alone"
    )


def decoded(data: bytes, name: str) -> tuple[str, list[Remark]]:
    """The text, its lines parted by line feeds, and what had to be said of it.

    Raises DeltaruleError where it is no text.
    """
    for begin, what in _OTHERS.items():
        if data.startswith(begin):
            raise DeltaruleError(f"{name} is {what}", None, "hand in a .py or .ipynb file")
    text, encoding = _text(data)
    said = []
    if encoding not in ("utf-8", "utf-8-sig", "ascii"):
        fact = f"its text is not UTF-8, and was read as {encoding}"
        said.append(remark(RemarkKind.READ, fact, remedy="save it as UTF-8"))
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\x1a")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        fact = "NUL bytes were read as blanks"
        said.append(remark(RemarkKind.READ, fact, f"line {line}", "save the file again as text"))
        text = text.replace("\0", " ")
    return text, said


def _text(data: bytes) -> tuple[str, str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace"), "UTF-16"
    for encoding in (_declared(data), "utf-8-sig"):
        try:
            return data.decode(encoding), encoding
        except (UnicodeError, LookupError):
            continue
    return data.decode("latin-1"), "Latin-1"


def _declared(data: bytes) -> str:
    """The encoding that the first two lines declare (PEP 263), where it is one of text."""
    try:
        found, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except (SyntaxError, UnicodeError):
        return "utf-8-sig"
    return found if _TEXT.fullmatch(found.lower().replace("_", "-")) else "utf-8-sig"
