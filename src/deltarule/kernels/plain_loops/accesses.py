"""What a line of Python reads and writes, and when two such accesses are of different entries."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

#: Functions that change nothing of what they are given; others may.
_HARMLESS = {"min", "max", "abs", "int", "float", "range"}


@dataclass(frozen=True)
class Access:
    """A variable that is read or written: an array at some subscripts, or a number.

    An array that is taken as a whole has None for subscripts.
    """

    name: str
    subscripts: tuple[str, ...] | None
    writes: bool


@lru_cache(maxsize=4096)
def accesses_in(line: str) -> frozenset[Access]:
    """The accesses of a statement, of the test of a block, or of the range of a loop."""
    head, _, test = line.rstrip(":").partition(" ")
    source = test if head in ("if", "while") else "" if line == "else:" else line
    tree = ast.parse(source)
    changed = {node.target for node in ast.walk(tree) if isinstance(node, ast.AugAssign)}
    found = set(_accesses(tree))
    found |= {Access(a.name, a.subscripts, False) for node in changed for a in _accesses(node)}
    return frozenset(found)


@lru_cache(maxsize=4096)
def names_in(expression: str) -> frozenset[str]:
    """The variables of an expression."""
    return frozenset(a.name for a in accesses_in(expression))


def _accesses(node: ast.AST) -> Iterator[Access]:
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        subscripts = tuple(map(ast.unparse, inside))
        yield Access(node.value.id, subscripts, isinstance(node.ctx, ast.Store))
        yield from _accesses(node.slice)
        return
    if isinstance(node, ast.Name):
        yield Access(node.id, (), isinstance(node.ctx, ast.Store))
        return
    if isinstance(node, ast.Call) and not _harmless(node.func):
        names = [a.id for a in node.args if isinstance(a, ast.Name)]
        yield from (Access(name, None, True) for name in names)
    for part in ast.iter_child_nodes(node):
        yield from _accesses(part)


def _harmless(function: ast.expr) -> bool:
    """Whether a function leaves what it is given as it is: one of NumPy, of Python, or of ours."""
    name = function.id if isinstance(function, ast.Name) else "np"
    return name in _HARMLESS or name == "np" or name.endswith("_of")


@lru_cache(maxsize=4096)
def arguments(call: str) -> tuple[str, ...]:
    """What a function is given, as in range(1, N)."""
    tree = ast.parse(call, mode="eval").body
    return tuple(map(ast.unparse, tree.args)) if isinstance(tree, ast.Call) else ()


def apart(one: Access, other: Access, moving: frozenset[str]) -> bool:
    """Whether two accesses of an array are of different entries, however variables are `moving`."""
    if not one.subscripts or not other.subscripts:
        return False
    return any(_differ(a, b, moving) for a, b in zip(one.subscripts, other.subscripts, strict=True))


@lru_cache(maxsize=4096)
def _differ(first: str, second: str, moving: frozenset[str]) -> bool:
    """Whether two subscripts differ by a number that is not 0: t and t − 1."""
    one, two = _terms(ast.parse(first).body[0].value), _terms(ast.parse(second).body[0].value)
    if one is None or two is None:
        return False
    one.subtract(two)
    rest = {name for name, count in one.items() if count and name}
    return not rest and one[""] != 0 and not moving & {*one, *two}


def _terms(node: ast.expr, sign: int = 1) -> Counter[str] | None:
    """A sum of names and numbers as how often each name is in it, numbers being under ""."""
    if isinstance(node, ast.Name):
        return Counter({node.id: sign})
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return Counter({"": sign * node.value})
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        left = _terms(node.left, sign)
        right = _terms(node.right, sign if isinstance(node.op, ast.Add) else -sign)
        if left is not None and right is not None:
            left.update(right)
            return left
    return None


def conflicts(first: Iterable[Access], second: Iterable[Access]) -> Iterator[tuple[Access, Access]]:
    """The accesses of one variable by two parts of a program, of which at least one writes."""
    by_name: dict[str, list[Access]] = {}
    for access in second:
        by_name.setdefault(access.name, []).append(access)
    for one in first:
        for other in by_name.get(one.name, ()):
            if one.writes or other.writes:
                yield one, other


def written(accesses: Iterable[Access]) -> set[str]:
    """The variables that are written."""
    return {a.name for a in accesses if a.writes}
