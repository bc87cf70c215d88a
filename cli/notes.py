"""A formula with the ranges of its sums set beside it, where they would crowd it.

∂L/∂x[p] = Σ_o ∂L/∂y[o]·w[(p + P − S·o)/D]
    o from max(0, ⌈(p + D + P − D·K)/S⌉) to min(N − 1, ⌊(p + P)/S⌋)
    only where D | p + P − S·o
"""

from __future__ import annotations

from sympy import Basic

from deltarule.expressions.bounds import Span
from deltarule.spelling.text import Writer


class NotingWriter(Writer):
    """Writes sums over bare indices, and notes the ranges that are not the whole axis.

    An index that has another range elsewhere in the same formula keeps its range in place.
    """

    def __init__(self):
        self.notes: dict[str, tuple[str, str]] = {}

    def reduction(self, sign: str, spans: list[Span], conditions: list[str], body: str) -> str:
        mine = {str(s.index): ("" if s.whole else self.range_of(s), "") for s in spans}
        if mine and conditions:
            last = str(spans[-1].index)
            mine[last] = mine[last][0], f"only where {' and '.join(conditions)}"
        if not mine or any(self.notes.get(i, note) != note for i, note in mine.items()):
            return super().reduction(sign, spans, conditions, body)
        self.notes.update(mine)
        return f"{self.big(sign, ','.join(mine))} {body}"

    def range_of(self, span: Span) -> str:
        """`o from 0 to min(N − 1, q)`."""
        low, high = self.extreme("max", span.lower), self.extreme("min", span.upper)
        return f"{span.index} from {low} to {high}"


def noted(*expressions: Basic) -> tuple[list[str], list[str]]:
    """The texts of some expressions, and the notes on their ranges."""
    writer = NotingWriter()
    texts = [writer(e) for e in expressions]
    return texts, [note for pair in writer.notes.values() for note in pair if note]
