"""Loops in which nothing stands but the next one, in one line.

for n in range(N):
    for m in range(M):        becomes        for n, m in np.ndindex(N, M):
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from deltarule.kernels.plain_loops.accesses import arguments, conflicts, names_in
from deltarule.kernels.plain_loops.loop_tree import Block, Node

#: A line of loops is at most so long.
_WIDTH = 72


def nested(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """The nodes with such loops in one line."""
    return tuple(_nested(n) if isinstance(n, Block) else n for n in nodes)


def lines(nodes: Iterable[Node]) -> int:
    """How many lines the nodes will be, without their comments."""
    return sum(1 + lines(_innermost(n)) if isinstance(n, Block) else 1 for n in nodes)


def _nested(block: Block) -> Block:
    run = _run(block)
    body = nested(run[-1].body)
    if len(run) == 1:
        return replace(block, body=body)
    return replace(block, head=_head(run), body=body)


def _innermost(block: Block) -> tuple[Node, ...]:
    return _run(block)[-1].body


def _run(block: Block) -> list[Block]:
    """The loops that can be in the line of a block, with itself."""
    run = [block]
    while _length(run[-1]) is not None and len(run[-1].body) == 1 and not _in_turn(run[-1]):
        inner = run[-1].body[0]
        length = _length(inner)
        if length is None or inner.said or len(_head([*run, inner])) > _WIDTH:
            break
        if names_in(length) & {b.index for b in run}:
            break
        run.append(inner)
    return run


def _in_turn(block: Block) -> bool:
    """Whether a turn of a loop reads what another has written, as the times of a recurrence do."""
    return any(
        a != b and block.index in names_in(a) & names_in(b)
        for one, other in conflicts(block.accesses, block.accesses)
        for a, b in zip(one.subscripts or (), other.subscripts or (), strict=False)
    )


def _length(node: Node) -> str | None:
    """How often a loop from 0 runs; None for any other node."""
    if not isinstance(node, Block) or node.index is None:
        return None
    bounds = arguments(node.range)
    return bounds[0] if len(bounds) == 1 else None


def _head(run: list[Block]) -> str:
    indices = ", ".join(b.index or "" for b in run)
    lengths = ", ".join(_length(b) or "" for b in run)
    return f"for {indices} in np.ndindex({lengths}):"
