"""The heads of a form's columns: which one names the student, and which ones are answers.

Titles may stand above the heads. A head may be merged over the columns of its entries, and the
entries may have heads of their own in the row below.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

#: So many rows are looked at for the heads.
LOOKED_AT = 10

#: Heads that name a student; what stands first is what the student is called in the marks.
_WHO = (
    ("who", "student", "username", "user name", "login", "login id", "sis login id", "kennung"),
    ("student id", "studentid", "id number", "matriculation number", "matrikelnummer",
     "sis user id", "orgdefinedid", "student number", "id"),
    ("email", "e mail", "email address", "e mail address", "mail"),
    ("name", "full name", "student name", "your name", "display name"),
    ("last name", "surname", "family name", "nachname"),
    ("first name", "given name", "vorname"),
)  # fmt: skip
#: Words of longer heads, `Ihre E-Mail-Adresse`, `What is your student ID?`, by the same ranks; all
#: words of a set have to be there, in a head of at most so many words.
_WORDS = (
    (8, "username", "user name", "login", "benutzername", "nutzername", "anmeldename", "kennung",
     "kürzel", "identifiant", "usuario"),
    (8, "student id", "student number", "id number", "matrikelnummer", "matrikelnr", "matrikel",
     "matr", "id nummer", "matriculation", "matricola", "matricule", "matrícula"),
    (8, "email", "mail", "courriel", "correo"),
    (4, "name", "names", "nachname", "vorname", "nom", "nombre", "nome", "naam"),
)  # fmt: skip
_PARTS = (*_WHO[4], *_WHO[5])
_WHEN = (
    "timestamp", "submitted", "submitted at", "completion time", "completed", "zeitstempel",
    "fertigstellungszeit", "abgegeben am", "horodateur",
)  # fmt: skip
_NUMBER = re.compile(r"[-+−–~≈]?\s*\d[\d.,/eE+−-]*")


@dataclass(frozen=True)
class Heads:
    """The heads of a form, `rows` of it with what is above them.

    `naming` are the columns that name the student, the best first; `answers` those of each answer,
    several for one with entries; `when` says when a row was handed in; `aside` names nothing.
    """

    texts: Sequence[str]
    rows: int
    naming: Sequence[int]
    answers: Sequence[Sequence[int]]
    when: int | None
    aside: Sequence[int]

    @property
    def names_in_parts(self) -> bool:
        """Whether last and first name stand in two columns, and there is nothing better."""
        return len(self.naming) == 2 and all(plain(self.texts[k]) in _PARTS for k in self.naming)


def heads_of(rows: Sequence[Sequence[str]], knows: Callable[[str], bool]) -> Heads:
    """The heads among the first rows of a table: those of the first row that names a student and
    has an answer, else those of the first one.

    `knows` says whether a head names a quantity or a question.
    """
    width = max(map(len, rows))
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    found = [_heads(row, number, knows) for number, row in enumerate(rows[:LOOKED_AT], start=1)]
    best = next((h for h in found if h.naming and h.answers), found[0])
    below = rows[best.rows] if best.rows < len(rows) else []
    if best.naming and _are_entries(below, best, knows):
        merged = [own.strip() or text for text, own in zip(best.texts, below, strict=True)]
        best = _heads(merged, best.rows + 1, knows)
    filled = rows[best.rows :]
    answers = [list(_columns(answer[0], best.texts, filled)) for answer in best.answers]
    return replace(best, answers=answers)


def _are_entries(row: Sequence[str], above: Heads, knows: Callable[[str], bool]) -> bool:
    """Whether a row has heads of entries, below those of arrays."""
    named = {k: cell.strip() for k, cell in enumerate(row) if cell.strip()}
    return bool(named) and not named.keys() & set(above.naming) and all(map(knows, named.values()))


def _heads(row: Sequence[str], number: int, knows: Callable[[str], bool]) -> Heads:
    texts = [cell.strip() for cell in row]
    known = [k for k, text in enumerate(texts) if text and not _of_another(text, texts)]
    known = [k for k in known if plain(texts[k]) not in _exact() and knows(texts[k])]
    naming = _naming(texts, known)
    known = [k for k in known if k not in naming]
    when = next((k for k, text in enumerate(texts) if plain(text) in _WHEN), None)
    aside = [
        k
        for k, text in enumerate(texts)
        if text and k not in (*known, *naming, when) and not _of_another(text, texts)
    ]
    return Heads(texts, number, naming, [[k] for k in known], when, aside)


def _columns(first: int, texts: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[int]:
    """The columns below a head: its own, and those of numbers behind it that have none."""
    yield first
    for k in range(first + 1, len(texts)):
        cells = [row[k].strip() for row in rows if row[k].strip()]
        if texts[k] or not cells or not all(map(_NUMBER.fullmatch, cells)):
            return
        yield k


def _of_another(text: str, texts: Sequence[str]) -> bool:
    """Whether it is `Points - …` or `Feedback - …` of another column, as quizzes export them."""
    return text.partition(" - ")[2] in texts and " - " in text


def _exact() -> set[str]:
    return {name for names in _WHO for name in names}


def _naming(texts: Sequence[str], known: Sequence[int]) -> list[int]:
    """The columns that name the student, in the order of how well they do."""
    ranks = {k: _rank(text) for k, text in enumerate(texts) if text}
    if all(rank is None for rank in ranks.values()):
        ranks = {k: _rank_by_words(text) for k, text in enumerate(texts) if k not in known}
    return [k for _, k in sorted((rank, k) for k, rank in ranks.items() if rank is not None)]


def _rank(text: str) -> int | None:
    called = plain(text)
    return next((rank for rank, names in enumerate(_WHO) if called in names), None)


def _rank_by_words(text: str) -> int | None:
    words = plain(text).split()
    for rank, (most, *sets) in enumerate(_WORDS):
        if len(words) <= most and any(set(each.split()) <= set(words) for each in sets):
            return rank
    return None


def plain(text: str) -> str:
    """A head in small letters, its words parted by single spaces."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))
