"""What is said of a submitted file besides its verdicts: fact, place, remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from deltarule.spelling.visible import visible

_LONGEST = 300


class RemarkKind(Enum):
    """What a remark is about; the value is how it is said."""

    MISSING = "missing"
    LEFT_OUT = "left out"
    TRANSLATED = "translated"
    NOT_LOADED = "could not load"
    READ = "read"


@dataclass(frozen=True)
class Remark:
    """A fact, the place in the file, what to do; `names` are the definitions that it touches."""

    kind: RemarkKind
    fact: str
    place: str = ""
    remedy: str = ""
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        return f"{place}{self.fact}" + (f": {self.remedy}" if self.remedy else "")


def remark(
    kind: RemarkKind, fact: str, place: str = "", remedy: str = "", names: tuple[str, ...] = ()
) -> Remark:
    """A remark whose texts steer no screen, each of one line."""
    return Remark(kind, shown(fact), shown(place), shown(remedy), names)


def shown(text: str) -> str:
    """Text of a file as messages show it: in one line, cut where it is long."""
    text = visible(text).replace("\n", " ").replace("\t", " ")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
