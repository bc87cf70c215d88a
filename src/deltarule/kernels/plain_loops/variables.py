"""The variables of a function's loops: as few names as there are numbers kept at one time.

What adds up is called total, then total2, …; numbers that start alike are set in one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from deltarule.kernels.plain_loops.loop_tree import Block, Node, Statement, every, renamed

#: What numbers may start from together.
_STARTS = {"0.0", "-np.inf", "1.0"}
#: So many of them stand in a line.
_TOGETHER = 4


@dataclass
class _Life:
    """From which line to which a number is kept."""

    first: int
    last: int

    def meets(self, other: _Life) -> bool:
        """Whether two numbers are kept at one time."""
        return self.first <= other.last and other.first <= self.last


def few_names(
    nodes: Sequence[Node], stems: Mapping[str, str], taken: Iterable[str]
) -> tuple[Node, ...]:
    """The nodes with the variables of `stems` named by them, in the order in which they appear.

    Two are named alike where one is done with before the other is set; no name is one of `taken`.
    """
    others = ({*taken} | {*_all_names(nodes)}) - {*stems}
    given: dict[str, str] = {}
    lives = _lives(nodes, stems)
    for name, life in lives.items():
        number, wanted = 1, stems[name]
        alive = {given[o] for o in given if lives[o].meets(life)}
        while wanted in others | alive:
            number += 1
            wanted = f"{stems[name]}{number}"
        given[name] = wanted
    return renamed(nodes, given)


def _all_names(nodes: Iterable[Node]) -> Iterator[str]:
    for node in every(nodes):
        yield from (a.name for a in node.accesses)
        if isinstance(node, Block) and node.index is not None:
            yield node.index


def _lives(nodes: Sequence[Node], stems: Mapping[str, str]) -> dict[str, _Life]:
    """How long each number is kept; what is set before a loop, until the loop's end."""
    found: dict[str, _Life] = {}

    def walk(inside: Iterable[Node], line: int) -> int:
        for node in inside:
            own = [a.name for a in node.accesses if a.name in stems]
            start, line = line, line + 1
            if isinstance(node, Block):
                line = walk(node.body, line)
            for name in own:
                life = found.setdefault(name, _Life(start, start))
                if isinstance(node, Statement) or life.first < start:
                    life.last = max(life.last, line - 1)
        return line

    walk(nodes, 0)
    return dict(sorted(found.items(), key=lambda item: item[1].first))


def without_primes(
    nodes: Iterable[Node], plain: Callable[[str], bool], around: frozenset[str] = frozenset()
) -> tuple[Node, ...]:
    """The nodes with j for j_ where no loop over j is around: a sum over j′ may well be over j.

    `plain` says which names are those of indices.
    """
    found: list[Node] = []
    for node in nodes:
        index = node.index if isinstance(node, Block) else None
        if isinstance(node, Block) and index is not None:
            bare = index.rstrip("_")
            inside = {*_all_names([node])}
            if bare != index and plain(bare) and bare not in around | inside:
                node = renamed([node], {index: bare})[0]
        if isinstance(node, Block):
            inner = around | {node.index} if node.index else around
            node = replace(node, body=without_primes(node.body, plain, frozenset(inner)))
        found.append(node)
    return tuple(found)


def together(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """The nodes with numbers that start alike set in one line."""
    found: list[Node] = []
    for node in nodes:
        if isinstance(node, Block):
            found.append(replace(node, body=together(node.body)))
            continue
        names, value = _started(node)
        before, same = _started(found[-1]) if found else ([], "")
        if names and value == same and len(before) < _TOGETHER:
            text = " = ".join([*before, *names, value])
            found[-1] = Statement(text, (*found[-1].said, *node.said))
        else:
            found.append(node)
    return tuple(found)


def _started(node: Node) -> tuple[list[str], str]:
    """The numbers that a line starts, and what from."""
    *names, value = node.text.split(" = ") if isinstance(node, Statement) else [""]
    return (names, value) if value in _STARTS and all(map(str.isidentifier, names)) else ([], "")
