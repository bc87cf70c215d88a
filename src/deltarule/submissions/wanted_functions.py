"""Which functions are wanted, by words as pytest's `-k` reads them: `conv and not naive`."""

from __future__ import annotations

import re
from collections.abc import Callable

from deltarule.errors import DeltaruleError

_WORD = re.compile(r"\s*(\(|\)|[^\s()]+)")
#: A person asks for no more, and brackets in brackets are read one in another.
_LONGEST = 1000
Chooses = Callable[[str], bool]


def wanted_functions(words: str) -> Chooses:
    """What tells whether a name is wanted: parts of names, with and, or, not and brackets.

    Raises DeltaruleError for what is no such expression.
    """
    if len(words) > _LONGEST:
        raise DeltaruleError("too many words", "-k", f"write at most {_LONGEST} characters")
    return _Reader(words).read()


class _Reader:
    def __init__(self, words: str):
        self.words, self.waiting = words, _WORD.findall(words)

    def read(self) -> Chooses:
        found = self._or()
        if self.waiting:
            raise self._wrong(f"{self.waiting[0]!r} stands where nothing belongs")
        return found

    def _or(self) -> Chooses:
        found = [self._and()]
        while self._next("or"):
            found.append(self._and())
        return lambda name: any(one(name) for one in found)

    def _and(self) -> Chooses:
        found = [self._not()]
        while self._next("and"):
            found.append(self._not())
        return lambda name: all(one(name) for one in found)

    def _not(self) -> Chooses:
        turns = 0
        while self._next("not"):
            turns += 1
        found = self._one()
        return (lambda name: not found(name)) if turns % 2 else found

    def _one(self) -> Chooses:
        if self._next("("):
            found = self._or()
            if not self._next(")"):
                raise self._wrong("a bracket is not closed")
            return found
        if not self.waiting or self.waiting[0] in (")", "and", "or"):
            raise self._wrong("the name of a function is missing")
        part = self.waiting.pop(0).lower()
        return lambda name: part in name.lower()

    def _next(self, word: str) -> bool:
        if self.waiting and self.waiting[0] == word:
            self.waiting.pop(0)
            return True
        return False

    def _wrong(self, fact: str) -> DeltaruleError:
        return DeltaruleError(
            fact, f"-k {self.words!r}", "write parts of names: -k conv, or -k 'conv and not naive'"
        )
