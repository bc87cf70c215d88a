"""What is kept of a server: who typed what and what was said of it, in SQLite.

An attempt is written before it is marked, and its marking before it is shown: whoever ends the
server at any moment loses nothing that was sent.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any

from deltarule.errors import DeltaruleError
from deltarule.exams.exam_marking import ExamMarking

#: The version of these tables.
_FORM = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS attempt (
    id INTEGER PRIMARY KEY AUTOINCREMENT, who TEXT NOT NULL, exam TEXT NOT NULL,
    paper TEXT NOT NULL, at TEXT NOT NULL, typed TEXT NOT NULL, marking TEXT, refused TEXT
);
CREATE INDEX IF NOT EXISTS attempt_of ON attempt (exam, who, id);
CREATE TABLE IF NOT EXISTS help (
    attempt INTEGER NOT NULL, mark INTEGER NOT NULL, rungs TEXT NOT NULL,
    PRIMARY KEY (attempt, mark)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS draft (
    who TEXT NOT NULL, exam TEXT NOT NULL, attempt INTEGER NOT NULL, typed TEXT NOT NULL,
    PRIMARY KEY (who, exam)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_COLUMNS = "id, who, exam, paper, at, typed, marking, refused"


@dataclass(frozen=True)
class Attempt:
    """What somebody sent: `typed` by field, and the marking, or why there is none."""

    id: int
    who: str
    exam: str
    paper: str
    at: str
    typed: dict[str, str]
    marking: ExamMarking | None
    refused: str


class KeptAttempts:
    """The attempts in a file. Raises DeltaruleError where it is none, or cannot be written."""

    def __init__(self, path: Path | str):
        self.path, self._lock = path, RLock()
        try:
            self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._open()
        except sqlite3.Error as error:
            raise DeltaruleError(
                f"attempts cannot be kept there: {error}", str(path), "name another file: --state"
            ) from None

    def _open(self) -> None:
        (form,) = self._base.execute("PRAGMA user_version").fetchone()
        if form not in (0, _FORM):
            raise sqlite3.DatabaseError(f"it is of version {form}, and {_FORM} is known")
        if form == 0 and self._base.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            raise sqlite3.DatabaseError("it has tables of something else")
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = FULL")
        self._base.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version={_FORM}; COMMIT;")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Nobody else reads or writes meanwhile."""
        with self._lock:
            yield

    def secret(self, name: str) -> bytes:
        """A secret of this file, made when it is first asked for."""
        row = (name, secrets.token_hex(32))
        self._write("INSERT OR IGNORE INTO secret VALUES (?, ?)", row)
        ((value,),) = self._read("SELECT value FROM secret WHERE name = ?", (name,))
        return bytes.fromhex(value)

    def begin(self, who: str, exam: str, paper: str, typed: dict[str, str]) -> int:
        """Keep what was typed; the number of the attempt."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        row = (who, exam, paper, now, json.dumps(typed))
        columns = "who, exam, paper, at, typed"
        return self._write(f"INSERT INTO attempt ({columns}) VALUES (?, ?, ?, ?, ?)", row)

    def mark(self, id: int, marking: dict[str, Any] | None, refused: str = "") -> None:
        """Keep the marking of an attempt, or why there is none."""
        kept = None if marking is None else json.dumps(marking)
        self._write("UPDATE attempt SET marking = ?, refused = ? WHERE id = ?", (kept, refused, id))

    def attempt(self, id: int) -> Attempt | None:
        """The attempt with a number; None for none."""
        return next(self._attempts("id = ?", (id,)), None)

    def newest(self, who: str, exam: str, paper: str | None = None) -> Attempt | None:
        """What somebody sent last to an exam, or to one paper of it; None for nothing."""
        where = "exam = ? AND who = ? AND (? IS NULL OR paper = ?) ORDER BY id DESC LIMIT 1"
        return next(self._attempts(where, (exam, who, paper, paper)), None)

    def counts(self, exam: str) -> dict[str, int]:
        """How often each sent something to an exam."""
        query = "SELECT who, COUNT(*) FROM attempt WHERE exam = ? GROUP BY who ORDER BY who"
        return dict(self._read(query, (exam,)))

    def last_of_each(self, exam: str, marked: bool = False) -> Iterator[Attempt]:
        """The newest attempt of each who sent something to an exam, in order of their names; of
        those that are marked, if asked.
        """
        of_these = "AND marking IS NOT NULL " if marked else ""
        newest = f"SELECT MAX(id) FROM attempt WHERE exam = ? {of_these}GROUP BY who"
        return self._attempts(f"id IN ({newest}) ORDER BY who", (exam,))

    def unmarked(self) -> Iterator[Attempt]:
        """Attempts that were sent and not marked any more."""
        return self._attempts("marking IS NULL AND refused IS NULL ORDER BY id", ())

    def give_help(self, attempt: int, mark: int, rungs: list[list[str]]) -> None:
        """Keep what was shown of help with one mark of an attempt."""
        self._write(
            "INSERT OR REPLACE INTO help VALUES (?, ?, ?)", (attempt, mark, json.dumps(rungs))
        )

    def help(self, attempt: int) -> dict[int, list[list[str]]]:
        """What was shown of help with an attempt, by the place of the mark: titles and texts."""
        rows = self._read("SELECT mark, rungs FROM help WHERE attempt = ?", (attempt,))
        return {mark: json.loads(rungs) for mark, rungs in rows}

    def keep_draft(self, attempt: Attempt, typed: dict[str, str]) -> None:
        """Keep what stands in the fields of somebody, typed after an attempt."""
        row = (attempt.who, attempt.exam, attempt.id, json.dumps(typed))
        self._write("INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?)", row)

    def draft(self, attempt: Attempt) -> dict[str, str] | None:
        """What was typed after an attempt and not sent; None for nothing."""
        query = "SELECT typed FROM draft WHERE who = ? AND exam = ? AND attempt = ?"
        rows = self._read(query, (attempt.who, attempt.exam, attempt.id))
        return json.loads(rows[0][0]) if rows else None

    def helped(self, exam: str) -> dict[str, int]:
        """How many rungs of help each was shown in an exam."""
        query = (
            "SELECT who, SUM(json_array_length(rungs)) FROM help JOIN attempt ON id = attempt "
            "WHERE exam = ? GROUP BY who"
        )
        return dict(self._read(query, (exam,)))

    def _attempts(self, where: str, given: tuple) -> Iterator[Attempt]:
        rows = self._read(f"SELECT {_COLUMNS} FROM attempt WHERE {where}", given)
        for id, who, exam, paper, at, typed, marking, refused in rows:
            found = ExamMarking.from_json(json.loads(marking)) if marking else None
            yield Attempt(id, who, exam, paper, at, json.loads(typed), found, refused or "")

    def _read(self, query: str, given: tuple) -> list[tuple]:
        with self._lock:
            return self._base.execute(query, given).fetchall()

    def _write(self, statement: str, given: tuple) -> int:
        with self._lock:
            return self._base.execute(statement, given).lastrowid or 0
