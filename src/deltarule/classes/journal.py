"""The journal of a class: every result that there is, in SQLite, so that nothing is marked twice.

A result is kept under the hash of what was handed in and the key of a part of the exam, which has
the hash of that part and deltarule's own. One transaction writes all results of one submission:
whoever ends the program at any moment loses what was not yet written, and nothing else.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deltarule.errors import DeltaruleError

#: In a result, this stands for why there is none, and will be none.
FAILED = "failed"
#: Seconds in which another program may let go of the file.
PATIENCE = 2.0
#: The version of these tables.
_FORM = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS result (
    submission TEXT, part TEXT, marked TEXT NOT NULL, PRIMARY KEY (submission, part)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS student (
    who TEXT PRIMARY KEY, submission TEXT NOT NULL, parts TEXT NOT NULL, notes TEXT NOT NULL,
    failed TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS written (name TEXT PRIMARY KEY) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Entry:
    """A student of the class: the hash of what was handed in, the keys of the exam's parts, what
    is said of how it was handed in, and why it could not be marked, where it could not.
    """

    who: str
    submission: str
    parts: tuple[str, ...]
    notes: tuple[str, ...] = ()
    failed: str = ""


class Journal:
    """The journal in a file, open for one program at a time.

    Raises DeltaruleError where the file is none, where another program has it, and where the disk
    takes nothing.
    """

    def __init__(self, path: Path):
        self.path = path
        try:
            self._base = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
            self._open()
        except sqlite3.Error as error:
            raise _unusable(path, error) from None

    def _open(self) -> None:
        # One connection holds the file until it is closed: no second program marks beside it.
        self._base.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = FULL")
        (form,) = self._base.execute("PRAGMA user_version").fetchone()
        if form not in (0, _FORM):
            self.close()
            raise DeltaruleError(
                f"the journal is of version {form}, and {_FORM} is known",
                str(self.path),
                "use the deltarule that wrote it, or move it away: all is marked again",
            )
        self._base.execute("BEGIN IMMEDIATE")
        for statement in _TABLES.split(";"):
            self._base.execute(statement)
        self._base.execute(f"PRAGMA user_version = {_FORM}")
        self._base.execute("COMMIT")

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def begin(self, entries: Iterable[Entry]) -> None:
        """The students of the class from now on; results are kept, whoever they are of."""
        rows = (
            (e.who, e.submission, json.dumps(e.parts), json.dumps(e.notes), e.failed)
            for e in entries
        )
        with self._transaction():
            self._base.execute("DELETE FROM student")
            self._base.executemany("INSERT INTO student VALUES (?, ?, ?, ?, ?)", rows)

    def missing(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The students with parts that are not marked, in order of their names, and these."""
        for entry in self.students():
            known = self._known(entry.submission)
            left = tuple(part for part in entry.parts if part not in known)
            if left:
                yield entry.who, left

    def keep(self, submission: str, results: Mapping[str, Any]) -> None:
        """The results of one submission, by part, in one transaction."""
        rows = [(submission, part, _text(marked)) for part, marked in results.items()]
        with self._transaction():
            self._base.executemany("INSERT OR IGNORE INTO result VALUES (?, ?, ?)", rows)

    def fail(self, who: str, why: str) -> None:
        """That a submission could not be marked: it is tried again in the next run."""
        with self._transaction():
            self._base.execute("UPDATE student SET failed = ? WHERE who = ?", (why, who))

    def students(self) -> Iterator[Entry]:
        """The students in the order of their names; few are in memory at a time."""
        last = None
        while True:
            rows = self._base.execute(
                "SELECT who, submission, parts, notes, failed FROM student "
                "WHERE ? IS NULL OR who > ? ORDER BY who LIMIT 200",
                (last, last),
            ).fetchall()
            for who, submission, parts, notes, failed in rows:
                yield Entry(who, submission, _texts(parts), _texts(notes), failed)
            if not rows:
                return
            last = rows[-1][0]

    def results(self, submission: str, parts: Sequence[str]) -> list[Any] | None:
        """The results of the parts, in their order; None if one is not there."""
        known = self._known(submission)
        if any(part not in known for part in parts):
            return None
        return [json.loads(known[part]) for part in parts]

    def _known(self, submission: str) -> dict[str, str]:
        rows = self._base.execute(
            "SELECT part, marked FROM result WHERE submission = ?", (submission,)
        )
        return dict(rows.fetchall())

    def count(self) -> int:
        """How many students there are."""
        return self._base.execute("SELECT count(*) FROM student").fetchone()[0]

    def written(self) -> set[str]:
        """The names of the files that were written from it."""
        return {name for (name,) in self._base.execute("SELECT name FROM written")}

    def set_written(self, names: Iterable[str]) -> None:
        """The names of the files that are written from it from now on."""
        with self._transaction():
            self._base.execute("DELETE FROM written")
            self._base.executemany("INSERT INTO written VALUES (?)", ((n,) for n in names))

    def _transaction(self) -> _Transaction:
        return _Transaction(self._base, self.path)


class _Transaction:
    """`with` it, all of what is done is written, or nothing."""

    def __init__(self, base: sqlite3.Connection, path: Path):
        self._base, self._path = base, path

    def __enter__(self) -> None:
        self._base.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind, error, _traceback) -> None:
        if kind is None:
            try:
                self._base.execute("COMMIT")
                return
            except sqlite3.Error as fault:
                error = fault
        if self._base.in_transaction:
            self._base.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error):
            raise _unusable(self._path, error) from None


def _text(marked: Any) -> str:
    return json.dumps(marked, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _texts(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _unusable(path: Path, error: sqlite3.Error) -> DeltaruleError:
    said = str(error)
    if "locked" in said:
        return DeltaruleError(
            "another program is marking this class", str(path), "wait for it, or end it"
        )
    remedy = "make room, or choose another folder with --out"
    if "not a database" in said or "malformed" in said:
        remedy = "move it away: all is marked again, and overrides are in a file of their own"
    return DeltaruleError(f"the journal cannot be used: {said}", str(path), remedy)
