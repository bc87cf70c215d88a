"""Who may do what: a token for the teacher and one for each student, made from one secret.

A token is 130 bits of HMAC-SHA-256 (RFC 2104) over whose it is; the same list of students has the
same tokens as long as the file of attempts is kept.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from deltarule.classes.roster import Roster, Student

#: Letters of a token, five bits each.
LENGTH = 26


@dataclass(frozen=True)
class Person:
    """Whoever has a token: `id` is what attempts are kept under, `names` all they are called."""

    id: str
    name: str
    teacher: bool = False
    names: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells it from all others, whatever students are called."""
        return f"{'teacher' if self.teacher else 'student'}:{self.id}"


#: The teacher of a class; without a class whoever started the server, who learns there, too.
TEACHER = Person("teacher", "Teacher", True, ("teacher",))
ALONE = Person("me", "", True, ("me",))


class ClassTokens:
    """The tokens of a teacher and of the students of a list; without one, of a single person."""

    def __init__(self, secret: bytes, students: Roster):
        self._secret = secret
        people = [TEACHER, *map(_person, students)] if len(students) else [ALONE]
        self.people = tuple(people)
        self._by_digest = {_digest(self.token(p)): p for p in people}

    @property
    def alone(self) -> bool:
        """Whether there is no class."""
        return self.people == (ALONE,)

    def token(self, person: Person) -> str:
        """The token of somebody."""
        return self._made("token", person.key)

    def person(self, token: str) -> Person | None:
        """Whose token it is; None for nobody's. Digests are compared."""
        return self._by_digest.get(_digest(token.strip().upper()))

    def form_token(self, token: str) -> str:
        """What a form has to bring that a page of this server gave to the bearer of a token."""
        return self._made("form", token)

    def is_form_token(self, given: str, token: str) -> bool:
        """Whether a form came from such a page."""
        return hmac.compare_digest(given.encode(), self.form_token(token).encode())

    def students(self) -> Iterable[Person]:
        """The students."""
        return (p for p in self.people if not p.teacher)

    def _made(self, what: str, whose: str) -> str:
        made = hmac.new(self._secret, f"{what}\0{whose}".encode(), sha256).digest()
        return b32encode(made).decode()[:LENGTH]


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "replace")).digest()


def _person(student: Student) -> Person:
    return Person(student.id, student.full_name, False, (student.id,))
