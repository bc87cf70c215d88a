"""How many there are, and which, in good grammar: 1 file, 2 entries; a, b and c."""

from __future__ import annotations

from collections.abc import Sequence

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


def joined(texts: Sequence[str]) -> str:
    """`a, b and c`, of one text or more."""
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def in_a_sentence(title: str) -> str:
    """A title behind other words: `a neuron`, but `LSTM` and `L = …` as they are."""
    word, _, behind = title.partition(" ")
    small = word[1:2].islower() or (word == "A" and behind[:1].isalpha())
    return title[:1].lower() + title[1:] if small else title
