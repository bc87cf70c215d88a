"""Sums that are the same are added up once.

total = total2 = 0.0                        total = 0.0
for k in range(K):                          for k in range(K):
    total += np.exp(z[k])     becomes           total += np.exp(z[k])
    total2 += np.exp(z[k])                  p = 1.0 / total
p = 1.0 / total                             E = np.log(total)
E = np.log(total2)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from deltarule.kernels.plain_loops.loop_tree import Block, Node, Statement, every, renamed

_START = re.compile(r"(\w+) = (0\.0|-np\.inf|1\.0)$")


def without_equal_sums(nodes: Sequence[Node], names: Collection[str]) -> tuple[Node, ...]:
    """The nodes with a variable of `names` left out where it is what another is."""
    found = [
        replace(n, body=without_equal_sums(n.body, names)) if isinstance(n, Block) else n
        for n in nodes
    ]
    starts: dict[str, int] = {}
    place = 0
    while place < len(found):
        name, value = _start(found[place])
        twin = next((o for o, k in starts.items() if _twins(found, k, place)), None)
        if twin is not None and name in names:
            said = (*found[starts[twin]].said, *found[place].said)
            found[starts[twin]] = replace(found[starts[twin]], said=said)
            del found[place]
            found = [*renamed(_without(found, name), {name: twin})]
            continue
        if value:
            starts[name] = place
        place += 1
    return tuple(found)


def _start(node: Node) -> tuple[str, str]:
    """The number that a line sets, and to what; "" for others."""
    match = _START.match(node.text) if isinstance(node, Statement) else None
    return (match[1], match[2]) if match else ("", "")


def _twins(nodes: Sequence[Node], one: int, other: int) -> bool:
    """Whether two numbers that are set are the same wherever they change."""
    (first, start), (second, same) = _start(nodes[one]), _start(nodes[other])
    if not second or start != same or any(isinstance(n, Block) for n in nodes[one:other]):
        return False
    changes = [[n for n in every(nodes) if _changes(n, name)] for name in (first, second)]
    if [len(lines) for lines in changes] != [2, 2]:  # the start, and one line that goes on
        return False
    pair = tuple(lines[1].text for lines in changes if isinstance(lines[1], Statement))
    alike = re.sub(rf"\b{first}\b", second, pair[0]) == pair[1] if len(pair) == 2 else False
    bodies = [nodes, *(n.body for n in every(nodes) if isinstance(n, Block))]
    return alike and any(_adjacent(body, *pair) for body in bodies)


def _changes(node: Node, name: str) -> bool:
    return isinstance(node, Statement) and any(a.name == name and a.writes for a in node.accesses)


def _adjacent(body: Sequence[Node], first: str, second: str) -> bool:
    texts = [n.text if isinstance(n, Statement) else "" for n in body]
    return any(pair == (first, second) for pair in zip(texts, texts[1:], strict=False))


def _without(nodes: Iterable[Node], name: str) -> tuple[Node, ...]:
    """The nodes without the lines that change a number."""
    return tuple(
        replace(n, body=_without(n.body, name)) if isinstance(n, Block) else n
        for n in nodes
        if not _changes(n, name)
    )
