"""Files of students on the disk and in archives, of which nothing is unpacked to the disk.

Links, pipes, encrypted files and names that lead out of a folder are not read; what is not read is
said. Archives in archives are opened to a depth, and nothing is larger in memory than a limit,
however small it was packed.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from deltarule.errors import DeltaruleError
from deltarule.submissions.reading.source_bytes import file_bytes

#: Bytes of a file of a student's, and of an archive in an archive.
MOST_BYTES, MOST_ARCHIVE = 8_000_000, 30_000_000
#: Bytes of an archive's table of contents: of one on the disk, and of one in another.
MOST_CONTENTS, MOST_INNER_CONTENTS = 20_000_000, 2_000_000
#: Files of an archive of a student's, and archives in archives.
MOST_FILES, DEEPEST = 2000, 3
#: The end of an archive, in which it says how large its table of contents is.
_LAST = 70_000
#: What systems and editors leave behind.
_LEFT_BEHIND = {"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini", "node_modules"}


@dataclass(frozen=True)
class StoredFile:
    """Where a file is: a path, then the names in the archive that is there, and in those within."""

    path: Path
    members: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the file, in whatever folder."""
        return PurePosixPath(self.members[-1]).name if self.members else name_text(self.path.name)

    def read(self, most: int = MOST_BYTES) -> bytes:
        """What is in it. Raises DeltaruleError where that cannot be read, or is more."""
        if not self.members:
            return file_bytes(self.path, most)
        *outer, inner = self.members
        return _member(_archive(self.path, tuple(outer)), inner, most)


@dataclass(frozen=True)
class Listed:
    """A file by the folders that it is in, below what was listed."""

    folders: tuple[str, ...]
    name: str
    where: StoredFile


def listed(top: Path, say: Callable[[str], None]) -> Iterator[Listed]:
    """All files below a folder, or in an archive, in order; hidden ones are left out.

    Archives below it are listed as files. What cannot be listed is handed to `say`, a line each.
    """
    if not top.is_dir():
        yield from archived(StoredFile(top), say, trusted=True)
        return
    for place, folders, names in os.walk(top):
        here = Path(place)
        inside = tuple(map(name_text, here.relative_to(top).parts))
        for name in [f for f in folders if (here / f).is_symlink()]:
            say(f"{'/'.join((*inside, name_text(name)))}: a link to another folder, not followed")
        folders[:] = sorted(f for f in folders if not (ignored(f) or (here / f).is_symlink()))
        for name in sorted(names):
            if not ignored(name):
                yield Listed(inside, name_text(name), StoredFile(here / name))


def name_text(name: str) -> str:
    """A name on the disk as text; bytes of it that are no UTF-8 are shown as `\\xff`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def ignored(name: str) -> bool:
    """Whether a name is hidden, or of what systems leave behind."""
    return name.startswith((".", "~$")) or name in _LEFT_BEHIND


def archived(where: StoredFile, say: Callable[[str], None], trusted: bool = False) -> list[Listed]:
    """The files in an archive, in order. `trusted`: a whole class's, of any size.

    What is not read of it is handed to `say`. Raises DeltaruleError for what is no archive.
    """
    opened = _archive(where.path, where.members)
    found: dict[tuple[str, ...], Listed] = {}
    for info in opened.infolist():
        parts = tuple(info.filename.replace("\\", "/").split("/"))
        if info.filename.endswith("/") or (any(map(ignored, parts)) and ".." not in parts):
            continue
        if why := _refused(info, parts):
            say(f"{where.name}: {info.filename[:100]}: {why}, not read")
            continue
        if parts in found:
            say(f"{where.name}: {info.filename[:100]} is in it twice; the last one counts")
        member = StoredFile(where.path, (*where.members, info.filename))
        found[parts] = Listed(parts[:-1], parts[-1], member)
        if len(found) > MOST_FILES and not trusted:
            raise DeltaruleError(
                f"{where.name} has more than {MOST_FILES} files", None, "hand in the answers alone"
            )
    return [found[parts] for parts in sorted(found)]


def _refused(info: zipfile.ZipInfo, parts: tuple[str, ...]) -> str:
    """Why a member is not read; empty for one that is."""
    if ".." in parts or not parts[0] or ":" in parts[0]:
        return "its name leads out of the archive"
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind and kind != stat.S_IFREG:
        return "a link" if kind == stat.S_IFLNK else "no regular file"
    return "encrypted" if info.flag_bits & 1 else ""


def _archive(path: Path, members: tuple[str, ...]) -> zipfile.ZipFile:
    """An archive on the disk, or in others. Raises DeltaruleError for what is none."""
    name = PurePosixPath(members[-1]).name if members else path.name
    if len(members) >= DEEPEST:
        raise DeltaruleError(f"{name} is an archive in archives", None, "pack the files once")
    if not members and (path.is_symlink() or not path.is_file()):
        raise DeltaruleError(
            f"{name} is no regular file", str(path), "name an archive, or a folder"
        )
    state = path.stat()
    return _opened(path, state.st_mtime_ns, state.st_size, members)


@lru_cache(maxsize=2)
def _opened(path: Path, _changed: int, size: int, members: tuple[str, ...]) -> zipfile.ZipFile:
    """The last ones stay open, as long as they are the same."""
    name = PurePosixPath(members[-1]).name if members else path.name
    try:
        if members:
            data = StoredFile(path, members).read(MOST_ARCHIVE)
            _refuse_many(data, name, MOST_INNER_CONTENTS)
            return zipfile.ZipFile(io.BytesIO(data))
        with path.open("rb") as opened:
            opened.seek(max(0, size - _LAST))
            _refuse_many(opened.read(_LAST), name, MOST_CONTENTS)
        return zipfile.ZipFile(path)
    except DeltaruleError:
        raise
    except Exception as error:
        raise _unreadable(name, error) from None


def _refuse_many(data: bytes, name: str, most: int) -> None:
    """Raises DeltaruleError for a table of contents that would fill the memory."""
    end = data.rfind(b"PK\x05\x06")
    size = int.from_bytes(data[end + 12 : end + 16], "little") if end >= 0 else 0
    if size > most:
        raise DeltaruleError(f"{name} holds too many files", None, "hand in the answers alone")


def _member(opened: zipfile.ZipFile, name: str, most: int) -> bytes:
    try:
        info = opened.getinfo(name)
        with opened.open(info) as member:
            data = member.read(most + 1)
    except Exception as error:
        raise _unreadable(name, error) from None
    if len(data) > most:
        raise DeltaruleError(
            f"{PurePosixPath(name).name} is larger than {most // 1_000_000} MB",
            None,
            "hand in the answers alone",
        )
    return data


def _unreadable(name: str, error: Exception) -> DeltaruleError:
    """What is said of whatever reading an archive ends in."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return DeltaruleError(
        f"{PurePosixPath(name).name} cannot be read as an archive: {reason[:200]}",
        None,
        "pack the files again as .zip, without a password",
    )
