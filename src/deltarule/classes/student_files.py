"""Names of files for students: what a student is called may be anything, a file's name may not."""

from __future__ import annotations

import hashlib
import re

#: What stays as it is; the rest is written as percentages, the percent sign too.
_OTHERS = re.compile(r"[^\w.@+=,-]|^[.\-=+@]|\.$", re.ASCII)
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)
_MOST = 100


class StudentFiles:
    """A name for each student, never the same for two, on systems without capitals either."""

    def __init__(self):
        self._used: set[str] = set()

    def name(self, who: str) -> str:
        """The next student's name without an ending; of two that look alike the second gets a
        number.
        """
        name = file_name(who)
        number = 2
        while name.casefold() in self._used:
            name = f"{file_name(who)}~{number}"
            number += 1
        self._used.add(name.casefold())
        return name


def file_name(who: str) -> str:
    """A student as the name of a file, without an ending."""
    name = _OTHERS.sub(lambda found: _percent(found[0]), who)
    name = _RESERVED.sub(lambda found: f"%{ord(found[0][0]):02X}{found[0][1:]}", name)
    if len(name) > _MOST:
        digest = hashlib.sha256(who.encode("utf-8", "surrogatepass")).hexdigest()
        name = f"{name[: _MOST - 17]}~{digest[:16]}"
    return name or "nobody"


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
