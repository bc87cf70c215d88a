"""Loops that follow each other over the same range become one, wherever that changes no number.

    for n in range(N):                      for n in range(N):
        z[n] = …                                z[n] = …
    total = 0.0                   becomes       …
    for n in range(N):
        total += z[n] …

Two loops are one where what one writes and the other reads or writes is the very entry that both
are at, or another one for certain. A loop moves up to the first that it can join, and with it the
numbers that it starts from. Each equation stays above the lines that compute it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from deltarule.expressions.rewrites import replaced
from deltarule.expressions.symbols import Index
from deltarule.kernels.plain_loops.accesses import Access, apart, conflicts, written
from deltarule.kernels.plain_loops.loop_tree import (
    Block,
    Node,
    Said,
    Statement,
    about,
    every,
    renamed,
)
from deltarule.kernels.plain_loops.nests import lines
from deltarule.kernels.plain_loops.scalars import as_scalars
from deltarule.kernels.python_text.identifiers import LoopSpelling
from deltarule.networks.equations import Equation


@dataclass(frozen=True)
class Group:
    """A node, and the statements just before it that set the numbers which it goes on from.

    `beyond` are the variables of what else its equation computes.
    """

    starts: tuple[Statement, ...]
    node: Node
    beyond: frozenset[str] = frozenset()

    @property
    def nodes(self) -> tuple[Node, ...]:
        return (*self.starts, self.node)


class Fusion:
    """Fuses loops; `spelling` tells the indices of equations by their names.

    It does so too where that makes no line fewer, but numbers of some of the `arrays`.
    """

    def __init__(self, spelling: LoopSpelling, arrays: Collection[str]):
        self._spelling, self._arrays = spelling, arrays
        self._users: Counter[str] = Counter()
        self._known: dict[tuple[Node, ...], tuple[Node, ...]] = {}

    def body(self, nodes: Sequence[Node]) -> tuple[Node, ...]:
        """The body of a function with its loops fused."""
        self._users = self._lines_with(nodes)
        return self.fused(nodes)

    def _lines_with(self, nodes: Sequence[Node]) -> Counter[str]:
        """How many lines use each of the arrays."""
        lines_ = (n for n in every(nodes) if isinstance(n, Statement))
        return Counter(a for n in lines_ for a in {a.name for a in n.accesses} & {*self._arrays})

    def fused(self, nodes: Sequence[Node]) -> tuple[Node, ...]:
        """The nodes with their loops fused, and those inside."""
        nodes = tuple(nodes)
        if nodes not in self._known:
            self._known[nodes] = self._fused(nodes)
        return self._known[nodes]

    def _fused(self, nodes: Sequence[Node]) -> tuple[Node, ...]:
        before: list[Node] = []
        found = [*nodes]
        while found != before:  # what has joined another loop may join one more
            before, found = found, []
            for group in _groups(before):
                self._place(group, found)
        return tuple(
            replace(n, body=self.fused(n.body)) if isinstance(n, Block) else n for n in found
        )

    def _place(self, group: Group, found: list[Node]) -> None:
        """Put a group into a loop that was found before, or behind all."""
        loop, place = group.node, len(found)
        while isinstance(loop, Block) and loop.index is not None and place:
            place -= 1
            other, rest = found[place], found[place:]
            if all(_independent(s, node) for s in group.starts for node in rest):
                named = self._alike(other, group)
                moved = _ahead(found[place + 1 :], other) if group.beyond else []
                if named and moved is not None and self._should_join(other, named.node):
                    joined = (*moved, *named.starts, _joined(other, named.node))
                    found[place:] = [*joined, *found[place + 1 : len(found) - len(moved)]]
                    return
            if not all(_independent(node, other) for node in group.nodes):
                break
        found += group.nodes

    def _should_join(self, first: Node, second: Node) -> bool:
        """Whether two loops over the same range may run as one, and that is shorter or needs fewer
        arrays.
        """
        if not isinstance(first, Block) or not isinstance(second, Block):
            return False
        if not _may_join(first, second):
            return False
        both = (*self.fused([first]), *self.fused([second]))
        one = self.fused([_joined(first, second)])
        if lines(one) != lines(both):
            return lines(one) < lines(both)
        here = self._lines_with(both)
        own = [a for a in here if here[a] == self._users[a]]
        return len(as_scalars(one, own)[1]) > len(as_scalars(both, own)[1])

    def _alike(self, other: Node, group: Group) -> Group | None:
        """The group with the other loop's index, if their ranges are the same."""
        loop = group.node
        if not isinstance(other, Block) or other.index is None or not isinstance(loop, Block):
            return None
        if other.range != loop.range:
            return None
        if other.index == loop.index:
            return group
        return self._with_index(group, loop.index or "", other.index)

    def _with_index(self, group: Group, old: str, new: str) -> Group | None:
        """The group with another index, in its equations too; None where that would mix it up."""
        names = {n for node in every(group.nodes) for n in _names(node)}
        if not any(n.said for n in group.nodes) or {old, new} & group.beyond or new in names:
            return None
        *starts, node = renamed(group.nodes, {old: new})
        found = []
        for one in (*starts, node):
            said = self._said_with(one.said, old, new)
            if said is None:
                return None
            found.append(replace(one, said=said))
        *starts, node = found
        if any(inner.said for inner in every(node.body)):
            return None
        return Group(tuple(starts), node)

    def _said_with(self, said: Iterable[Said], old: str, new: str) -> tuple[Said, ...] | None:
        """Equations with another index; None where they have that one already."""
        found: list[Said] = []
        for one in said:
            if not isinstance(one, Equation):
                return None
            own = one.lhs.atoms(Index) | one.rhs.atoms(Index)
            indices = {self._spelling.symbol(i): i for i in own}
            target = self._spelling.index(new)
            if target is None or new in indices or old not in indices:
                return None
            table = {indices[old]: target}
            subscripts = tuple(replaced(s, table) for s in one.subscripts)
            found.append(replace(one, subscripts=subscripts, rhs=replaced(one.rhs, table)))
        return tuple(found)


def _ahead(nodes: Sequence[Node], loop: Node) -> Sequence[Node] | None:
    """Of nodes behind a loop, those of other equations, if they may all stand before it.

    What is left of an equation, when a part of it joins the loop, then follows its own comment.
    """
    first = next((k for k, n in enumerate(nodes) if n.said), len(nodes))
    own, others = nodes[:first], nodes[first:]
    free = all(_independent(n, before) for n in others for before in (loop, *own))
    return others if free else None


def _groups(nodes: Sequence[Node]) -> Iterator[Group]:
    """The nodes in order, loops with the statements that set what they go on from."""
    waiting: list[Statement] = []
    for place, node in enumerate(nodes):
        if isinstance(node, Statement) and node.text.partition(" = ")[0].isidentifier():
            waiting.append(node)
            continue
        used = {a.name for a in node.accesses if a.subscripts == ()}
        starts: list[Statement] = []
        while isinstance(node, Block) and waiting and written(waiting[-1].accesses) <= used:
            starts.insert(0, waiting.pop())
        yield from (Group((), s) for s in waiting)
        waiting = []
        yield Group(tuple(starts), node, frozenset(_names_until_next(nodes[place + 1 :])))
    yield from (Group((), s) for s in waiting)


def _names_until_next(nodes: Sequence[Node]) -> Iterator[str]:
    """The variables of nodes up to one that begins another equation."""
    for node in nodes:
        if node.said:
            return
        for inner in every([node]):
            yield from _names(inner)


def _names(node: Node) -> Iterator[str]:
    """The variables that a line names, its own index among them."""
    if isinstance(node, Block) and node.index is not None:
        yield node.index
    yield from (a.name for a in node.accesses)


def _moving(*nodes: Node) -> frozenset[str]:
    """The variables that change within some nodes."""
    loops = {n.index for n in every(nodes) if isinstance(n, Block) and n.index is not None}
    return frozenset(loops | {a.name for n in nodes for a in n.accesses if a.writes})


def _independent(one: Node, other: Node) -> bool:
    """Whether two nodes may change places."""
    moving = _moving(one, other)
    return all(apart(a, b, moving) for a, b in conflicts(one.accesses, other.accesses))


def _may_join(first: Block, second: Block) -> bool:
    """Whether two loops over the same range may run as one."""
    moving, index = _moving(first, second), first.index

    def same_turn(one: Access, other: Access) -> bool:
        pairs = zip(one.subscripts or (), other.subscripts or (), strict=False)
        return any(a == b == index for a, b in pairs)

    both = conflicts(first.accesses, second.accesses)
    return all(same_turn(a, b) or apart(a, b, moving) for a, b in both)


def _joined(first: Block, second: Block) -> Block:
    """One loop for two, in which each equation stands above its own lines."""
    body = (*about(first.said, first.body), *about(second.said, second.body))
    return Block(first.head, body)
