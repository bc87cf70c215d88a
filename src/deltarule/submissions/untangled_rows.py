"""Mistakes of several lines in groups that can be evaluated in one order of lines each.

Where by one mistake a line reads a later one, and by another one this reads the first, no order of
lines is right for both; all of a group are evaluated at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from deltarule.marking.mistakes import Mistake
from deltarule.marking.workings.hypotheses import Evaluator


class _Group:
    """Rows, and which lines each line reads by any of them; sets of lines are bits of numbers."""

    def __init__(self, reads: Sequence[int]):
        self.reads, self.behind = list(reads), [0] * len(reads)
        self.rows: list[int] = []
        for line, bits in enumerate(reads):
            self._read(line, bits)

    def takes(self, added: Mapping[int, int]) -> bool:
        """Whether there is still an order of lines with what is read besides; then it is read."""
        before = self.reads, self.behind
        if all(bits & ~self.reads[line] == 0 for line, bits in added.items()):
            return True
        self.reads, self.behind = self.reads[:], self.behind[:]
        for line, bits in added.items():
            new = bits & ~self.reads[line]
            if new and any(self.behind[n] >> line & 1 for n in _numbers(new)):
                self.reads, self.behind = before
                return False
            self._read(line, new)
        return True

    def _read(self, line: int, bits: int) -> None:
        self.reads[line] |= bits
        reached = bits
        for number in _numbers(bits):
            reached |= self.behind[number]
        for other, behind in enumerate(self.behind):
            if other == line or behind >> line & 1:
                self.behind[other] |= reached


def _numbers(bits: int) -> list[int]:
    return [n for n in range(bits.bit_length()) if bits >> n & 1]


def untangled(evaluator: Evaluator, mistakes: Sequence[Mistake]) -> list[list[int]]:
    """The numbers of mistakes, in as few groups as are found one after the other."""
    groups = evaluator.groups
    numbers: dict[str, int] = {}

    def number(name: str) -> int:
        """Of a line, or of all that are gone through with it in time."""
        return numbers.setdefault(min(groups[name]) if name in groups else name, len(numbers))

    def bits(line: int, names: Iterable[str]) -> int:
        return sum({1 << number(n) for n in names} - {1 << line})

    needs = [(number(line), names) for line, names in evaluator.needs.items()]
    added = [[(number(line), e.read_names()) for line, e in m.equations] for m in mistakes]
    usual = _joined((line, bits(line, names)) for line, names in needs)
    read = [_joined((line, bits(line, names)) for line, names in row) for row in added]
    start = [usual.get(line, 0) for line in range(len(numbers))]
    found: list[_Group] = []
    for row, by_line in enumerate(read):
        own = next((g for g in found if g.takes(by_line)), None)
        if own is None:
            own = _Group(start)
            own.takes(by_line)  # what has no order at all is evaluated by itself
            found.append(own)
        own.rows.append(row)
    return [g.rows for g in found]


def _joined(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for line, bits in pairs:
        found[line] = found.get(line, 0) | bits
    return found
