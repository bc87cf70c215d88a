"""A formula with the ranges of its sums set beside it, where they would crowd it.

∂L/∂x[p] = Σ_o ∂L/∂y[o]·w[(p + P − S·o)/D]
    o from max(0, ⌈(p + D + P − D·K)/S⌉) to min(N − 1, ⌊(p + P)/S⌋)
    only where D | p + P − S·o

A subscript that a long formula repeats gets a letter: w_f[m, n, k, l], with k = p + R − p′ below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container

from sympy import Basic, Expr

from deltarule.expressions.bounds import Span
from deltarule.expressions.nodes import Read, free_symbols, index_names, tensor_name, walk
from deltarule.spelling.alphabet import ATOM
from deltarule.spelling.text import Writer

#: Formulas of so many characters, three lines or so, have letters for subscripts that stand in them
#: so many times.
LONG, TIMES = 180, 3
#: What subscripts are called by, which are mostly places in a window.
_LETTERS = "klqrsuv"


class Noting(Writer):
    """Writes sums over bare indices, and notes the ranges that are not the whole axis.

    An index that has another range elsewhere in the same formula keeps its range in place; those
    of `apart` everywhere, which run over their whole axis in one sum and not in another. With
    another alphabet, `class Mine(Noting, Other)`.
    """

    def __init__(self, apart: Container[str] = ()):
        self.notes: dict[str, tuple[str, str]] = {}
        self.ranges: dict[str, set[tuple[str, str]]] = {}
        self._apart = apart
        self.letters: dict[Expr, str] = {}

    def _read(self, node: Read):
        subscripts = [
            self.name(self.letters[i]) if i in self.letters else self(i) for i in node.indices
        ]
        return self.access(self.tensor(tensor_name(node)), subscripts), ATOM

    _methods = {**Writer._methods, Read: _read}

    def reduction(self, sign: str, spans: list[Span], conditions: list[str], body: str) -> str:
        mine = {str(s.index): ("" if s.whole else self.range_of(s), "") for s in spans}
        if mine and conditions:
            last = str(spans[-1].index)
            only = f"{self.words('only where ')}{self.words(' and ').join(conditions)}"
            mine[last] = mine[last][0], only
        for index, note in mine.items():
            self.ranges.setdefault(index, set()).add(note)
        if not mine or any(
            i in self._apart or self.notes.get(i, note) != note for i, note in mine.items()
        ):
            return super().reduction(sign, spans, conditions, body)
        self.notes.update(mine)
        return self.over(sign, [self(span.index) for span in spans], body)

    def over(self, sign: str, indices: list[str], body: str) -> str:
        """A sum over bare indices: `Σ_{n,i} body`."""
        return f"{self.big(sign, ','.join(indices))} {body}"

    def range_of(self, span: Span) -> str:
        """`o from 0 to min(N − 1, q)`."""
        low, high = self.extreme("max", span.lower), self.extreme("min", span.upper)
        return f"{self(span.index)}{self.words(' from ')}{low}{self.words(' to ')}{high}"


def noted(*expressions: Basic, writer: type[Noting] = Noting) -> tuple[list[str], list[str]]:
    """The texts of some expressions, and the notes on their ranges and subscripts."""
    write = writer()
    texts = [write(e) for e in expressions]
    apart = {i for i, ranges in write.ranges.items() if len(ranges) > 1 and ("", "") in ranges}
    # Whether a formula is long is seen on the screen's alphabet, whatever it is written in.
    length = sum(map(len, texts if writer is Noting else map(Noting(), expressions)))
    letters = _letters(expressions) if length > LONG else {}
    if apart or letters:
        write = writer(apart)
        write.letters = letters
        texts = [write(e) for e in expressions]
    notes = [note for pair in write.notes.values() for note in pair if note]
    write.letters = {}
    below = (write.relation(write.name(letter), "=", write(s)) for s, letter in letters.items())
    return texts, [*notes, *below]


def _letters(expressions: tuple[Basic, ...]) -> dict[Expr, str]:
    """The subscripts that expressions repeat, with letters that stand for nothing else."""
    reads = [n for e in expressions for n in walk(e) if isinstance(n, Read)]
    found = Counter(s for r in reads for s in r.indices if len(free_symbols(s)) > 2)
    names = index_names(*expressions) | {tensor_name(r) for r in reads}
    free = iter(letter for letter in _LETTERS if letter not in names)
    often = (s for s, times in found.items() if times >= TIMES)
    return dict(zip(often, free, strict=False))
