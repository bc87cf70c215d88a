"""What one student handed in: files, the newest of each, and what was not taken of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from deltarule.classes.stored_files import StoredFile, name_text
from deltarule.errors import DeltaruleError, in_one_line
from deltarule.spelling.counted import counted

#: So many lines are said of what was not taken of one student's.
MOST_NOTES = 20
#: Bytes of all files of one student together, and how many files there are.
MOST_TOGETHER, MOST_FILES = 24_000_000, 200


@dataclass(frozen=True)
class HandedFile:
    """A file as the student called it; `row` is a row of a form, as JSON, instead of a file.

    Of several with one name that with the greatest `attempt` is the newest, and where these are
    alike, that with the greatest `order`. `whole`: an attempt replaces all of the attempts before.
    """

    name: str
    where: StoredFile | None = None
    row: bytes = b""
    attempt: str = ""
    order: int = 0
    whole: bool = False

    @property
    def newness(self) -> tuple[str, int]:
        """What is greater for what was handed in later."""
        return self.attempt, self.order

    def read(self) -> bytes:
        """What is in it. Raises DeltaruleError where it cannot be read."""
        return self.row if self.where is None else self.where.read()


@dataclass(frozen=True)
class HandedIn:
    """Everything that one student handed in. `also` are other names for `who`, such as the number
    that a platform gives; `notes` what is to be said of how it was handed in.
    """

    who: str
    files: tuple[HandedFile, ...] = ()
    also: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def with_newest(self) -> HandedIn:
        """The same without what was handed in again later, which the notes say."""
        notes = list(dict.fromkeys(self.notes))
        if more := notes[MOST_NOTES:]:
            notes[MOST_NOTES:] = [f"and {counted(len(more), 'file')} more that are not read"]
        kept = _last_attempt(self.files, notes)
        found: dict[str, HandedFile] = {}
        for file in sorted(kept, key=lambda f: (*f.newness, f.name)):
            if file.name in found:
                notes.append(f"{file.name} was handed in again; the newest counts")
            found[file.name] = file
        files = tuple(found[name] for name in sorted(found))
        return replace(self, files=files, notes=tuple(dict.fromkeys(notes)))

    def read(self) -> ReadFiles:
        """The bytes of its files, and their hash; what cannot be read of them costs itself."""
        found, notes = [], []
        left = MOST_TOGETHER
        if len(self.files) > MOST_FILES:
            many = counted(len(self.files), "file")
            notes.append(f"{many}: the first {MOST_FILES} by name are read")
        for file in self.files[:MOST_FILES]:
            try:
                data = file.read()
            except DeltaruleError as error:
                notes.append(name_text(in_one_line(error)))
                continue
            left -= len(data)
            if left < 0:
                notes.append(f"{file.name} and what follows it: more than 24 MB, not read")
                break
            found.append(FileBytes(file.name, data, file.where is None, file.newness))
        return ReadFiles(tuple(found), tuple(notes))


@dataclass(frozen=True)
class FileBytes:
    """A file's name and what is in it; `form`: a row of a form, as JSON."""

    name: str
    data: bytes
    form: bool = False
    newness: tuple[str, int] = ("", 0)


@dataclass(frozen=True)
class ReadFiles:
    """The files of one student as bytes, in the order of their names."""

    files: tuple[FileBytes, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def digest(self) -> str:
        """A hash of all that a marking can depend on: names, bytes, order, what was not read."""
        found = hashlib.sha256()
        ranks = sorted({f.newness for f in self.files})
        for file in self.files:
            kind = f"{file.form} {ranks.index(file.newness)}"
            for part in (file.name.encode("utf-8", "surrogateescape"), kind.encode(), file.data):
                found.update(len(part).to_bytes(8, "little") + part)
        for note in self.notes:
            found.update(b"note" + note.encode("utf-8", "surrogateescape"))
        return found.hexdigest()


def _last_attempt(files: Iterable[HandedFile], notes: list[str]) -> list[HandedFile]:
    """The files without those of attempts that a later one replaces as a whole."""
    files = list(files)
    last = max((f.attempt for f in files if f.whole), default="")
    kept = [f for f in files if not f.whole or f.attempt == last]
    if len(kept) < len(files):
        notes.append("handed in several times: the newest attempt counts")
    return kept
