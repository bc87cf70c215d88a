"""The body of a function as a tree: loops and tests with what stands in them, and statements.

A node has the equations that it begins, or other words, as its comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from deltarule.kernels.plain_loops.accesses import Access, accesses_in
from deltarule.kernels.python_text.indented import Lines
from deltarule.networks.equations import Equation
from deltarule.spelling.text import text

_LOOP = re.compile(r"for (\w+) in (range\(.*\)):$")
_ABOUT = "#="

Said = Equation | str


@dataclass(frozen=True)
class Statement:
    """One line that computes something."""

    text: str
    said: tuple[Said, ...] = ()

    @cached_property
    def accesses(self) -> frozenset[Access]:
        """What it reads and writes."""
        return accesses_in(self.text)


@dataclass(frozen=True)
class Block:
    """A line that ends in a colon, and what stands under it."""

    head: str
    body: tuple[Node, ...]
    said: tuple[Said, ...] = ()

    @cached_property
    def index(self) -> str | None:
        """The variable of a loop over a range; None for all else."""
        found = _LOOP.match(self.head)
        return found[1] if found else None

    @cached_property
    def range(self) -> str:
        """The range of a loop."""
        found = _LOOP.match(self.head)
        return found[2] if found else ""

    @cached_property
    def accesses(self) -> frozenset[Access]:
        """What is read and written in it, beside its own index."""
        inside = frozenset().union(*(n.accesses for n in self.body))
        if self.index is None:
            return inside | accesses_in(self.head)
        own = {a for a in inside if a.name == self.index}
        return (inside - own) | accesses_in(self.range)


Node = Statement | Block


class BodyLines(Lines):
    """Lines in which equations stand as a whole, wherever their loops will be in the end."""

    def __init__(self):
        super().__init__()
        self.equations: list[Equation] = []

    def about(self, equation: Equation) -> None:
        """The equation that the next lines compute."""
        self.add(f"{_ABOUT}{len(self.equations)}")
        self.equations.append(equation)

    def nodes(self) -> tuple[Node, ...]:
        """The lines as a tree."""
        return tuple(self._nodes(str(self).splitlines()))

    def _nodes(self, lines: Sequence[str]) -> Iterator[Node]:
        said: list[Said] = []
        place = 0
        while place < len(lines):
            line, place = lines[place], place + 1
            if line.startswith(_ABOUT):
                said.append(self.equations[int(line.removeprefix(_ABOUT))])
                continue
            if line.startswith("#"):
                said.append(line.removeprefix("#").strip())
                continue
            start = place
            while place < len(lines) and lines[place].startswith("    "):
                place += 1
            inner = [inside.removeprefix("    ") for inside in lines[start:place]]
            if inner:
                yield Block(line, tuple(self._nodes(inner)), tuple(said))
            else:
                yield Statement(line, tuple(said))
            said = []


def write(nodes: Iterable[Node], lines: Lines) -> None:
    """The nodes as lines, each under what it says."""
    for node in nodes:
        comments: list[str] = []
        for said in node.said:
            if isinstance(said, Equation):
                comments.append(f"{text(said.lhs)} = {text(said.rhs)}")
            else:
                comments[-1:] = [", ".join([*comments[-1:], said])]
        for comment in comments:
            lines.comment(comment)
        if isinstance(node, Statement):
            lines.add(_bare(node.text))
            continue
        with lines.block(node.head):
            write(node.body, lines)


def _bare(text: str) -> str:
    """A statement without brackets around all of what it sets something to."""
    left, sign, right = text.partition("= ")
    if not right.startswith("(") or not right.endswith(")"):
        return text
    depth, ends = 0, []
    for place, letter in enumerate(right):
        depth += (letter == "(") - (letter == ")")
        ends += [place] if depth == 0 else []
    return f"{left}{sign}{right[1:-1]}" if ends[0] == len(right) - 1 else text


def about(said: Sequence[Said], nodes: Sequence[Node]) -> tuple[Node, ...]:
    """The nodes, of which the first says something more."""
    first, *others = nodes
    return (replace(first, said=(*said, *first.said)), *others)


def every(nodes: Iterable[Node]) -> Iterator[Node]:
    """All nodes, each before what stands in it."""
    for node in nodes:
        yield node
        if isinstance(node, Block):
            yield from every(node.body)


def rewritten(nodes: Iterable[Node], change: Callable[[str], str]) -> tuple[Node, ...]:
    """The nodes with every line changed."""
    return tuple(
        replace(n, text=change(n.text))
        if isinstance(n, Statement)
        else replace(n, head=change(n.head), body=rewritten(n.body, change))
        for n in nodes
    )


def renamed(nodes: Iterable[Node], names: dict[str, str]) -> tuple[Node, ...]:
    """The nodes with variables by other names."""
    if not names:
        return tuple(nodes)
    pattern = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, names))})\b")
    return rewritten(nodes, lambda line: pattern.sub(lambda found: names[found[0]], line))
