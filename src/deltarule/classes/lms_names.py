"""Whose a file is, from the name that a learning platform gave it in a download.

Canvas       doejane_LATE_1234_56789_mine.toml      (lib/content_zipper.rb of canvas-lms)
Moodle       Jane Doe_123456_assignsubmission_file_/mine.toml, and the same in one name
Blackboard   Sheet 1_jdoe_attempt_2026-11-05-10-11-12_mine.toml
Brightspace  12345-67890 - Jane Doe - Nov 5, 2026 1011 AM/mine.toml
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class NamedFile:
    """`name` is the file's own, empty for a folder of them; `number` the platform's own for `who`,
    `also` what else it calls them.

    Of several with another `attempt` the greatest is the newest; `whole`: an attempt replaces all
    that was handed in before it, else files of the same name alone.
    """

    who: str
    number: str
    name: str
    attempt: str = ""
    late: bool = False
    whole: bool = False
    also: tuple[str, ...] = ()


_CANVAS = re.compile(
    r"(?:(?P<who>[^\W\d]\w*?)_)?(?P<late>LATE_)?(?P<id>[0-9]+|anon_[A-Za-z0-9]+)"
    r"_(?P<attempt>[0-9]+)_(?P<file>.+)"
)
_MOODLE = re.compile(
    r"(?P<who>.+?)_(?P<id>[0-9]+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?"
)
_BLACKBOARD = re.compile(
    r".+?_(?P<who>[^_]+)_attempt_(?P<attempt>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)", re.ASCII
)
_BRIGHTSPACE = re.compile(
    r"[0-9]+-(?P<id>[0-9]+) ?- (?P<who>.+?) ?- (?P<date>[A-Za-z0-9]+ [A-Za-z0-9]+,? \d{4} "
    r"\d{3,4} ?[AP]M)(?: ?- (?P<file>.+))?"
)
_DATES = ("%b %d, %Y %I%M %p", "%B %d, %Y %I%M %p", "%d %B, %Y %I%M %p", "%d %b, %Y %I%M %p")
#: What Canvas and browsers add to the name of a file that is uploaded or saved again.
_COPY = re.compile(r"(?P<stem>.+?)(?:-(?P<canvas>[0-9]{1,3})| ?\((?P<browser>[0-9]{1,3})\))")


def canvas(name: str) -> NamedFile | None:
    """A file in a download of Canvas; its second number counts what is uploaded."""
    found = _CANVAS.fullmatch(name)
    if found is None:
        return None
    own, _ = without_copy_number(found["file"], found["attempt"])
    who = found["who"] or found["id"]
    attempt = found["attempt"].zfill(20)
    return NamedFile(who, found["id"], own, attempt, bool(found["late"]))


def moodle(name: str) -> NamedFile | None:
    """A folder or a file in a download of Moodle."""
    found = _MOODLE.fullmatch(name)
    return found and NamedFile(found["who"], found["id"], found["file"] or "")


def blackboard(name: str) -> NamedFile | None:
    """A file in a download of Blackboard; `.txt` is its own note on an attempt."""
    found = _BLACKBOARD.fullmatch(name)
    return found and NamedFile(
        found["who"], "", found["file"] or "about.txt", found["attempt"], whole=True
    )


def brightspace(name: str) -> NamedFile | None:
    """A folder, or a file, in a download of Brightspace."""
    found = _BRIGHTSPACE.fullmatch(name)
    return found and NamedFile(
        found["who"], found["id"], found["file"] or "", _ordered(found["date"]), whole=True
    )


PLATFORMS = (moodle, blackboard, brightspace, canvas)


def platform_of(names: Iterable[str]):
    """What reads most of some names, if that is at least half of them; else None."""
    known = list(names)
    for reads in PLATFORMS:
        count = sum(reads(name) is not None for name in known)
        if count and 2 * count >= len(known):
            return reads
    return None


def without_copy_number(name: str, attempt: str = "") -> tuple[str, int]:
    """`mine (2).toml` as `mine.toml` and 2; with Canvas's `attempt`, `mine-2.toml` too."""
    stem, dot, suffix = name.rpartition(".")
    stem, suffix = (stem, dot + suffix) if dot else (suffix, "")
    found = _COPY.fullmatch(stem)
    if found is None or (found["canvas"] and not attempt):
        return name, 0
    return found["stem"] + suffix, int(found["canvas"] or found["browser"])


def _ordered(date: str) -> str:
    """A date as text that sorts by time; as it is where it is none of those known."""
    for form in _DATES:
        try:
            return datetime.strptime(date, form).isoformat()
        except ValueError:
            continue
    return date
