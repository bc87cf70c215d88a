"""Loops that equations share, where people read them: neighbours are one nest.

    for n in range(N):
        for m in range(M):
            s[n, m] = …
            h[n, m] = np.tanh(s[n, m])

Two equations share their outer loops where what one reads of the other lies at the very entry that
these loops are at, or at another time of a recurrence. Every number is computed as before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sympy import Basic

from deltarule.expressions.nodes import Read, Reduction, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.kernels.python_text.identifiers import Spelling
from deltarule.kernels.python_text.indented import Lines, wrapped
from deltarule.networks.equations import Equation
from deltarule.networks.recurrences import Block, equations_of
from deltarule.spelling.text import text

_HEAD = re.compile(r" *for (\w+) in range\(.*\):$")
_STEP = "    "


@dataclass(frozen=True)
class Nest:
    """The code of some equations from a place on, in which the first loops are shared by all."""

    start: int
    end: int
    depth: int
    code: tuple[str, ...]
    equations: tuple[Equation, ...]

    @property
    def heads(self) -> list[str]:
        """The heads of its loops that hold nothing but the next one."""
        found = []
        for k, line in enumerate(self.code):
            margin = _STEP * (self.depth + k + 1)
            if not _HEAD.match(line) or not all(c.startswith(margin) for c in self.code[k + 1 :]):
                break
            found.append(line)
        return found

    def inside(self, shared: int) -> list[str]:
        """What stands within the first loops, under its equation where that is one."""
        code, margin = [*self.code[shared:]], self.depth + shared
        first, *others = self.equations
        if others:
            return code
        return [_STEP * margin + line for line in comment(first, margin)] + code


def comment(equation: Equation, depth: int) -> list[str]:
    """An equation as a comment at some depth."""
    return wrapped(f"{text(equation.lhs)} = {text(equation.rhs)}", "# ", 96 - 4 * depth)


class FusedLoops:
    """Puts each equation that is written into the loops of those just before it."""

    def __init__(self, lines: Lines, spelling: Spelling):
        self._lines, self._spelling = lines, spelling
        self._last: Nest | None = None

    def written(self, equation: Equation, mark: tuple[int, int]) -> None:
        """An equation stands behind a mark, under its comment."""
        (start, depth), before = mark, self._last
        code = [c for c in self._lines.since(mark) if not c.lstrip().startswith("#")]
        code = _sums_together(code)
        if not equation.subscripts:
            code = _into(self._spelling.tensor(equation.name), code)
        self._lines.replace(mark, [*(_STEP * depth + c for c in comment(equation, depth)), *code])
        nest = Nest(start, self._lines.mark()[0], depth, tuple(code), (equation,))
        if before is not None and (before.end, before.depth) == mark:
            shared = self._shared(before, nest)
            if shared:
                code = [*nest.heads[:shared], *before.inside(shared), *nest.inside(shared)]
                self._lines.replace((before.start, depth), code)
                end = self._lines.mark()[0]
                nest = Nest(before.start, end, depth, tuple(code), (*before.equations, equation))
        self._last = nest

    def _shared(self, before: Nest, nest: Nest) -> int:
        """How many loops two neighbours can share."""
        heads = [a for a, b in zip(before.heads, nest.heads, strict=False) if a == b]
        if heads != nest.heads[: len(heads)]:
            return 0
        names = [m[1] for m in map(_HEAD.match, heads) if m]
        for shared in range(len(names), 0, -1):
            own = names[:shared]
            if all(self._apart(e, nest.equations[0], own) for e in before.equations):
                return shared
        return 0

    def _apart(self, first: Equation, second: Equation, names: list[str]) -> bool:
        """Whether two equations meet at no entry but the one that the loops are at."""
        if first.name == second.name:
            return False
        return self._reads_here(second, first, names) and self._reads_here(first, second, names)

    def _reads_here(self, reader: Equation, writer: Equation, names: list[str]) -> bool:
        if not set(names) <= {self._spelled(s) for s in writer.subscripts}:
            return False
        found = _reads(reader.rhs, writer.name, frozenset())
        return all(self._here(r, bound, writer, names) for r, bound in found)

    def _here(self, read: Read, bound: frozenset, writer: Equation, names: list[str]) -> bool:
        """Whether a read is at the entry that loops write, or at another time."""
        pairs = list(zip(read.indices, writer.subscripts, strict=True))
        if any((a - b).expand().is_nonzero for a, b in pairs):
            return True
        at = [None if s in bound else self._spelled(s) for s in read.indices]
        spelled = map(self._spelled, writer.subscripts)
        return all(a == b for a, b in zip(at, spelled, strict=True) if b in names)

    def _spelled(self, subscript) -> str | None:
        return self._spelling.symbol(subscript) if isinstance(subscript, Index) else None


def _sums_together(code: list[str]) -> list[str]:
    """Lines in which sums that follow each other share their loops, if these are the same."""
    found: list[str] = []
    place = 0
    while place < len(code):
        first = _sum_at(code, place)
        second = _sum_at(code, place + len(first)) if first else []
        names = [lines[0].split()[0] for lines in (first, second) if lines]
        if second and first[1:-1] == second[1:-1] and not _names(names[0], second):
            start = f"{first[0].partition(names[0])[0]}{names[0]} = {second[0].lstrip()}"
            found += [start, *first[1:], second[-1]]
            place += len(first) + len(second)
        else:
            found.append(code[place])
            place += 1
    return found


def _sum_at(code: list[str], place: int) -> list[str]:
    """The lines of a sum in nothing but loops that begins at a place; none where there is no."""
    start = re.match(r"( *)(\w+) = 0\.0$", code[place]) if place < len(code) else None
    if start is None:
        return []
    end = place + 1
    while end < len(code) and _HEAD.match(code[end]):
        end += 1
    margin = start[1] + _STEP * (end - place - 1)
    added = end < len(code) and code[end].startswith(f"{margin}{start[2]} += ")
    after = code[end + 1] if end + 1 < len(code) else ""
    whole = added and end > place + 1 and not after.startswith(margin)
    return code[place : end + 1] if whole else []


def _names(name: str, lines: list[str]) -> bool:
    return any(re.search(rf"\b{name}\b", line) for line in lines)


def _into(target: str, code: list[str]) -> list[str]:
    """Lines that add up a number in a variable of its own, which is not named twice."""
    end = re.match(rf"( *){re.escape(target)} = (\w+)$", code[-1])
    if end is None or code[0] != f"{end[1]}{end[2]} = 0.0" or _names(target, code[:-1]):
        return code
    return [re.sub(rf"\b{end[2]}\b", target, line) for line in code[:-1]]


def _reads(node: Basic, name: str, bound: frozenset[Index]) -> Iterator[tuple[Read, frozenset]]:
    """The reads of a tensor, each with the indices that are summed over around it."""
    if isinstance(node, Read) and tensor_name(node) == name:
        yield node, bound
    if isinstance(node, Reduction):
        bound |= {*node.indices}
    for part in node.args:
        yield from _reads(part, name, bound)


def neighbours(parts: Iterable[Block]) -> list[Block]:
    """The blocks of a pass with those that have the same loops next to each other."""
    waiting, result = list(parts), []
    while waiting:
        ready = [p for k, p in enumerate(waiting) if not any(_waits(p, q) for q in waiting[:k])]
        alike = (p for p in ready if result and _ranges(p) == _ranges(result[-1]) is not None)
        result.append(next(alike, ready[0]))
        waiting = [p for p in waiting if p is not result[-1]]
    return result


def _ranges(part: Block) -> tuple | None:
    return part.ranges if isinstance(part, Equation) else None


def _waits(part: Block, other: Block) -> bool:
    """Whether a block has to stay behind another."""
    one, two = equations_of(part), equations_of(other)
    written, before = ({e.name for e in equations} for equations in (one, two))
    reads_it = any(e.read_names() & before for e in one)
    return bool(written & before) or reads_it or any(e.read_names() & written for e in two)
