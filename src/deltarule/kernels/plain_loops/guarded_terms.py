"""What a test guards is written where it is asked for, and not added to a 0.

    total = 0.0                            if p < H:
    if p < H:                 becomes          dx[n, p] = dy[n, p]
        total += dy[n, p]
    dx[n, p] = total

where dx begins as zeros; where more is added to it, `total = dy[n, p] if p < H else 0.0`.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from dataclasses import replace

from deltarule.kernels.plain_loops.accesses import written
from deltarule.kernels.plain_loops.loop_tree import Block, Node, Statement

#: A line is at most so long without its indentation.
_WIDTH = 72


class GuardedTerms:
    """Rewrites guarded sums of one term; `zeros` are the arrays that then begin as zeros.

    Those may be of `arrays`, each of whose entries is written once.
    """

    def __init__(self, nodes: Sequence[Node], arrays: Collection[str]):
        self.zeros: set[str] = set()
        self._arrays = arrays
        self.nodes = self._rewritten(nodes)

    def _rewritten(self, nodes: Sequence[Node]) -> tuple[Node, ...]:
        found: list[Node] = []
        rest = list(nodes)
        while rest:
            taken, made = self._guarded(rest)
            if made is None:
                node = rest[0]
                own = isinstance(node, Block)
                made = replace(node, body=self._rewritten(node.body)) if own else node
            found.append(made)
            del rest[:taken]
        return tuple(found)

    def _guarded(self, nodes: Sequence[Node]) -> tuple[int, Node | None]:
        """How many nodes are one guarded term, and what it is written as; None for others."""
        first = nodes[0]
        if len(nodes) < 2 or not isinstance(first, Statement):
            return 1, None
        name, _, start = first.text.partition(" = ")
        test = nodes[1]
        if start != "0.0" or not isinstance(test, Block) or not test.head.startswith("if "):
            return 1, None
        added = test.body[0]
        if len(test.body) != 1 or not isinstance(added, Statement):
            return 1, None
        if not added.text.startswith(f"{name} += ") or _is_else(nodes[2:3]):
            return 1, None
        guard, value = test.head[3:-1], added.text.partition(" += ")[2]
        last = nodes[2] if len(nodes) > 2 else None
        if isinstance(last, Statement) and last.text.endswith(f"] = {name}"):
            target = last.text.removesuffix(f" = {name}")
            if written(last.accesses) <= {*self._arrays}:
                self.zeros |= written(last.accesses)
                tests, value = _with_own_test(guard, value)
                return 3, Block(f"if {tests}:", (Statement(f"{target} = {value}"),), first.said)
        line = f"{name} = {value} if {guard} else 0.0"
        return (2, Statement(line, first.said)) if len(line) <= _WIDTH else (1, None)


def _is_else(nodes: Sequence[Node]) -> bool:
    return any(isinstance(n, Block) and n.head == "else:" for n in nodes)


def _with_own_test(guard: str, value: str) -> tuple[str, str]:
    """The guard together with the test of `value if test else 0.0`, and what is left of that."""
    tree = ast.parse(value, mode="eval").body
    otherwise = tree.orelse if isinstance(tree, ast.IfExp) else None
    if not isinstance(tree, ast.IfExp) or not isinstance(otherwise, ast.Constant):
        return guard, value
    if otherwise.value != 0:
        return guard, value
    return f"{guard} and {ast.unparse(tree.test)}", ast.unparse(tree.body)
