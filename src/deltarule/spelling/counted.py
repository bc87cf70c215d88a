"""How many there are, in good grammar: 1 file, 2 files, 1 entry, 2 entries."""

from __future__ import annotations

_IRREGULAR = {"axis": "axes", "index": "indices"}


def counted(count: int, what: str) -> str:
    """`1 step`, `2 steps`, `0 entries`: the number, and its noun in the singular or plural."""
    return f"{count} {agreeing(count, what)}"


def agreeing(count: int, word: str) -> str:
    """A noun as it stands beside a number: step or steps."""
    if count == 1:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"
