"""The name that somebody meant: the nearest one by edit distance.

One function for all names that are typed: commands, options, derivations, sheets, tensors, keys.
"""

from __future__ import annotations

from collections.abc import Iterable

#: One edit for so many letters of the longer word is still near.
LETTERS_AN_EDIT = 3
#: The first letters of a name, or a word of it, count as so many edits.
_START, _WORD = 1.25, 1.5


def edit_distance(a: str, b: str) -> int:
    """The least number of letters put in, left out, replaced, or exchanged with their neighbours.

    That is the distance of optimal string alignment: no letter is touched twice.
    """
    before, row = [], list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        earlier, before, row = before, row, [i]
        for j, other in enumerate(b, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The nearest of some names; None when none is near.

    Capitals, blanks, - and _ make no difference. Of names as near as each other it is the one with
    the same letters (tahn is tanh and not tan), then the one with the same first letter, then the
    one whose letters are nearest in the alphabet (2 is nearer to 3 than 1 is), then the first.
    """
    typed = _plain(word)
    ranked = [(_rank(typed, _plain(name)), place, name) for place, name in enumerate(names)]
    near = [(rank, place, name) for rank, place, name in ranked if rank is not None]
    return min(near)[2] if near else None


def _plain(name: str) -> str:
    return "_".join(name.casefold().replace("-", " ").replace("_", " ").split())


def _rank(typed: str, name: str) -> tuple[float, bool, bool, int, int] | None:
    """How far a name is from what was typed; None where it is not near."""
    longer = max(len(typed), len(name))
    near: list[float] = []
    if len(typed) > 2 and name.startswith(typed):
        near.append(_START)
    if len(typed) > 2 and typed in name.split("_"):
        near.append(_WORD)
    if abs(len(typed) - len(name)) <= longer // LETTERS_AN_EDIT:
        distance = edit_distance(typed, name)
        near += [distance] * (distance <= longer // LETTERS_AN_EDIT)
    if not near:
        return None
    exchanged = sorted(typed) == sorted(name)
    return min(near), not exchanged, name[:1] != typed[:1], _apart(typed, name), longer


def _apart(typed: str, name: str) -> int:
    """How far apart in the alphabet the letters are that differ, for words of one length."""
    if len(typed) != len(name):
        return 0
    return sum(abs(ord(a) - ord(b)) for a, b in zip(typed, name))
