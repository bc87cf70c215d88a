"""Whose the folders of a Gradescope export are, from the `submission_metadata.yml` beside them.

    submission_66353420:
      :submitters:
      - :name: Jane Doe
        :sid: '12345'
        :email: jane@x.org
      :created_at: 2026-11-05 23:52:35.838474000 Z

Of a group each of its members has handed in. The file is read line by line, and nothing but these
lines of it: it is no more of YAML than that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from deltarule.classes.lms_names import NamedFile

METADATA = "submission_metadata.yml"
_FOLDER = re.compile(r"(submission_\w+):\s*")
_FIELD = re.compile(r" *(- +)?:(name|sid|email): +(.*?)\s*")
_SECTION = re.compile(r" {1,3}:(\w+):.*")


def gradescope(text: str) -> Callable[[str], list[NamedFile]]:
    """What tells whose a folder is, by its name: nobody's where the file has no such folder."""
    known = _submitters(text.splitlines())
    return lambda folder: [_named(of_one) for of_one in known.get(folder, ())]


def _submitters(lines: list[str]) -> dict[str, list[dict[str, str]]]:
    """The submitters of each folder, as their fields."""
    found: dict[str, list[dict[str, str]]] = {}
    here: list[dict[str, str]] | None = None
    inside = False
    for line in lines:
        if folder := _FOLDER.fullmatch(line):
            here, inside = found.setdefault(folder[1], []), False
        elif here is None:
            continue
        elif inside and (field := _FIELD.fullmatch(line)):
            if field[1] or not here:
                here.append({})
            here[-1][field[2]] = _plain(field[3])
        elif section := _SECTION.fullmatch(line):
            inside = section[1] == "submitters"
    return found


def _plain(value: str) -> str:
    """A value without the quotes that YAML may put around it."""
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    if len(value) > 1 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return "" if value in ("~", "null") else value


def _named(of_one: Mapping[str, str]) -> NamedFile:
    names = [of_one[key] for key in ("name", "sid", "email") if of_one.get(key)]
    first, *others = names or ["nobody"]
    return NamedFile(first, others[0] if others else "", "", also=tuple(others[1:]))
