"""Arrays of which a loop needs one entry at a time are numbers.

for m in range(M):                          for m in range(M):
    s[n, m] = …                becomes          s = …
    h[n, m] = np.tanh(s[n, m])                  h[n, m] = np.tanh(s)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from deltarule.kernels.plain_loops.accesses import Access, names_in
from deltarule.kernels.plain_loops.loop_tree import (
    Block,
    Node,
    Statement,
    every,
    renamed,
    rewritten,
)


def as_scalars(nodes: Sequence[Node], arrays: Iterable[str]) -> tuple[tuple[Node, ...], set[str]]:
    """The nodes with some of the arrays as numbers, and which these are."""
    found: set[str] = set()
    for array in arrays:
        entry = _only_entry(nodes, array)
        if entry is None:
            continue
        changed = rewritten(nodes, lambda line, e=entry, a=array: line.replace(e, a))
        if not any(a.name == array and a.subscripts != () for a in _accesses(changed)):
            nodes = changed
            found.add(array)
    return tuple(nodes), found


def _accesses(nodes: Iterable[Node]) -> Iterable[Access]:
    return (a for n in nodes for a in n.accesses)


def _only_entry(nodes: Sequence[Node], array: str) -> str | None:
    """The one entry of an array that is used from where it is written until it is done with."""
    entries = {a.subscripts for a in _accesses(nodes) if a.name == array}
    if len(entries) != 1 or not (subscripts := entries.pop()):
        return None
    users = _users(nodes, array)
    entry = f"{array}[{', '.join(subscripts)}]"
    first = users[0]
    if not isinstance(first, Statement) or not first.text.startswith(f"{entry} = "):
        return None
    reads_itself = any(a.name == array and not a.writes for a in first.accesses)
    moving = {n.index for n in every(users) if isinstance(n, Block)}
    moving |= {a.name for a in _accesses(users) if a.writes and a.subscripts == ()}
    used = frozenset().union(*map(names_in, subscripts))
    return None if reads_itself or moving & used else entry


def _users(nodes: Sequence[Node], array: str) -> list[Node]:
    """The nodes that use an array, within the innermost block that holds all of them."""
    users = [n for n in nodes if any(a.name == array for a in n.accesses)]
    inner = len(users) == 1 and isinstance(users[0], Block)
    return _users(users[0].body, array) if inner else users


def in_place(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Numbers that are added up in a variable of their own, which is not named twice."""
    found = list(nodes)
    for place in range(len(found) - 1, -1, -1):
        node = found[place]
        if isinstance(node, Block):
            found[place] = replace(node, body=in_place(node.body))
            continue
        target, _, value = node.text.partition(" = ")
        if node.said or not target.isidentifier() or not value.isidentifier():
            continue
        start = _start(found[:place], value)
        between = found[start:place] if start is not None else []
        named = any(a.name == target for a in _accesses(between))
        later = any(a.name == value for a in _accesses(found[place + 1 :]))
        if start is not None and not named and not later:
            found[start : place + 1] = renamed(between, {value: target})
    return tuple(found)


def _start(nodes: Sequence[Node], name: str) -> int | None:
    """Where a number is set first, if that is among these nodes."""
    for place, node in enumerate(nodes):
        if isinstance(node, Statement) and node.text.startswith(f"{name} = "):
            return place
        if any(a.name == name for a in node.accesses):
            return None
    return None
