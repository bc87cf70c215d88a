"""Formulas and sentences folded to the width of a screen; nothing is ever cut off.

A formula breaks where a person would break it: before = + −, before ·Σ, then at any product, and
outside of brackets before inside.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_OPENING, _CLOSING = "([{⌊⌈", ")]}⌋⌉"
_BREAKS = (
    (re.compile(r" = "), 0),
    (re.compile(r" [+−] "), 1),
    (re.compile(r"·(?=[ΣΠ]|max_)"), 2),
    (re.compile(r" (?=if |else |[≥>|] )"), 3),
    (re.compile(r"·|(?<=} )"), 4),
    (_LISTS := re.compile(r"(?<=, )|(?<=…)"), 5),
    (re.compile(r"(?<=[^ ]) (?=[^ ])"), 6),
)


def cells(text: str) -> int:
    """The width of a text on the screen; accents that combine take no room."""
    return len(text) if text.isascii() else sum(map(_width, text))


@cache
def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def folded(formula: str, width: int, hang: int | None = None) -> list[str]:
    """The formula in lines of at most `width` cells; all but the first hang under the `=`."""
    width = max(width, 12)
    if cells(formula) <= width:
        return [formula]
    if hang is None:
        hang = _under_the_equals(formula, width)
    lines, rest, room = [], formula, width
    while cells(rest) > room:
        cut = _cut(rest, room)
        lines.append(rest[:cut].rstrip())
        rest, room = rest[cut:].lstrip(), width - hang
    lines.append(rest)
    return [lines[0], *(" " * hang + line for line in lines[1:])]


def filled(sentence: str, width: int) -> list[str]:
    """A sentence in lines of at most `width` cells, broken between words; long words are folded."""
    width = max(width, 12)
    lines = [""]
    for word in sentence.split():
        if lines[-1] and cells(lines[-1]) + 1 + cells(word) <= width:
            lines[-1] += f" {word}"
            continue
        pieces = folded(word, width, hang=0)
        lines[-1:] = [*([lines[-1]] if lines[-1] else []), *pieces]
    return lines


def _under_the_equals(formula: str, width: int) -> int:
    place = formula.find(" = ")
    return place + 3 if 0 <= place <= width // 4 else min(4, width // 8)


def _cut(text: str, room: int) -> int:
    """Where to break a text so that its first part fits: late, and at a good place."""
    limit = _prefix(text, room)
    places = _places(text, limit)
    if not places:
        return limit
    late = [p for p in places if p[0] >= limit * 2 // 5] or places
    best = min((depth, kind) for _, depth, kind in late)
    return max(place for place, depth, kind in late if (depth, kind) == best)


def _prefix(text: str, room: int) -> int:
    """How many characters fit into `room` cells; at least one."""
    total = 0
    for place, character in enumerate(text):
        total += cells(character)
        if total > room:
            return max(place, 1)
    return len(text)


def _places(text: str, limit: int) -> list[tuple[int, int, int]]:
    """The places up to `limit` at which to break, with their depth in brackets and kind."""
    depths = _depths(text)
    found: dict[int, tuple[int, int]] = {}
    for pattern, kind in _BREAKS:
        for match in pattern.finditer(text):
            place = match.start()
            if 0 < place <= min(limit, len(text) - 1):
                deep = depths[place]
                rank = 0 if deep and pattern is _LISTS else kind
                found.setdefault(place, (deep, rank))
    return [(place, *rank) for place, rank in found.items()]


def _depths(text: str) -> list[int]:
    """How deep in brackets each character stands; the text may begin inside some."""
    depths, depth = [], 0
    for character in text:
        depth -= character in _CLOSING
        depths.append(depth)
        depth += character in _OPENING
    outermost = min(depths, default=0)
    return [d - outermost for d in depths]
