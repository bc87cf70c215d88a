"""The ends of sums in a text: the index of each, from where it runs, and to where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from deltarule.typed.lecture_notation.signs_of_sums import SIGMA

ENDS = re.compile(
    rf"(?P<sign>{SIGMA})\s*"
    r"_\s*(?:\{\s*(?P<index>[a-z])\s*=\s*(?P<low>[^{}^=<>≤≥,]+?)\s*\}|(?P<index1>[a-z])=(?P<low1>\w))"
    r"\s*\^\s*(?:\{\s*(?P<high>[^{}]+?)\s*\}|(?P<high1>\w(?:_\w(?!\w))?))"
    r"|(?P<word>\b(?:Sum|Mean|Prod|Max|Min))\[\s*(?P<index2>[a-z])\s*=\s*(?P<low2>[^\[\],=<>]+?)"
    r"\s*(?:\.\.\.?|…)\s*(?P<high2>[^\[\],=<>]+?)\s*\]"
)
_PARTS = ("index", "low", "high")
_SUM_OF = re.compile(r"(?P<name>[A-Za-z](?:_\w)?)\s*(?:(?P<sign>[-−+])\s*(?P<number>\d+))?")


@dataclass(frozen=True)
class End:
    """One end: a letter and a number, or a number alone."""

    name: str
    number: int

    @staticmethod
    def read(text: str) -> End | None:
        if text.isdigit():
            return End("", int(text))
        found = _SUM_OF.fullmatch(text)
        if found is None:
            return None
        number = int(found["number"] or 0)
        return End(found["name"], number if found["sign"] == "+" else -number)


def ends_of(text: str, numbers: bool = False) -> Iterator[tuple[re.Match[str], str, End, End]]:
    """Each sum that ends at a letter, or at a number, too: its index, and both its ends."""
    for found in ENDS.finditer(text):
        index, low, high = (found[n] or found[f"{n}1"] or found[f"{n}2"] for n in _PARTS)
        ends = End.read(low), End.read(high)
        if ends[0] is not None and ends[1] is not None and (ends[1].name or numbers):
            yield found, index, ends[0], ends[1]
