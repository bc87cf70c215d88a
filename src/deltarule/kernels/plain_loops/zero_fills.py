"""Loops that set all of a new array to 0 are left out: it can be made of zeros."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from deltarule.kernels.plain_loops.loop_tree import Block, Node, Said, Statement, about

_ZERO = re.compile(r"(\w+)\[([\w, ]+)\] = 0\.0$")


def without_zero_fills(
    nodes: Sequence[Node], axes: Mapping[str, Sequence[str]]
) -> tuple[tuple[Node, ...], set[str]]:
    """The nodes without such loops, and the arrays to be made of zeros; `axes` are their ranges."""
    found: list[Node] = []
    zeros: set[str] = set()
    used: set[str] = set()
    said: tuple[Said, ...] = ()
    for place, node in enumerate(nodes):
        array = _filled(node, axes)
        if array is not None and array not in used and place + 1 < len(nodes):
            zeros.add(array)
            said += node.said
            continue
        found += about(said, [node])
        said = ()
        used |= {a.name for a in node.accesses}
    return tuple(found), zeros


def _filled(node: Node, axes: Mapping[str, Sequence[str]]) -> str | None:
    """The array all of which a nest of loops sets to 0."""
    ranges: dict[str, str] = {}
    while isinstance(node, Block) and node.index is not None and len(node.body) == 1:
        ranges[node.index] = node.range.removeprefix("range(").removesuffix(")")
        node = node.body[0]
    match = _ZERO.match(node.text) if isinstance(node, Statement) else None
    if match is None or match[1] not in axes:
        return None
    lengths = [ranges.get(i) for i in match[2].split(", ")]
    return match[1] if lengths == [*axes[match[1]]] and len(ranges) == len(lengths) else None
