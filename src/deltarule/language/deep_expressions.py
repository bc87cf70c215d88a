"""Expressions that nest very deeply, in lines of their own: tanh(tanh(…)) two hundred times over.

A derivative holds what every function inside it is of, and its normal form multiplies nested sums
out: both grow with a power of the depth. Parts of a few functions each are layers as any others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sympy import Add, Expr, Mul, Pow

from deltarule.expressions.functions import Elementwise
from deltarule.expressions.nodes import Read, Reduction, free_indices, read, reads
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.symbols import Index
from deltarule.networks.tensors import Tensor

#: An expression with more functions, powers and products of sums inside each other is divided.
DEEPEST = 8
#: So many of them are in one line.
_IN_A_LINE = 2

#: Writes a line: the tensor, its subscripts, and what it is.
Write = Callable[[Tensor, tuple[Index, ...], Expr], None]


def in_lines(
    tensor: Tensor, rhs: Expr, extents: Mapping[Index, Expr], taken: Mapping, write: Write
) -> Expr:
    """The right side of a tensor's equation, its inner parts read from lines that are written.

    `extents` are those of the equation's indices: what runs over others stays as it is.
    """
    known: dict[Expr, int] = {}
    if _depth(rhs, known) <= DEEPEST:
        return rhs
    return _Division(tensor.name, extents, taken, write).divided(rhs)[0]


def _depth(node: Expr, known: dict[Expr, int]) -> int:
    """How many functions, powers and products of sums stand inside each other."""
    if node not in known:
        parts = _parts(node)
        known[node] = max((_depth(p, known) for p in parts), default=0) + _own(node, parts)
    return known[node]


def _parts(node: Expr) -> tuple[Expr, ...]:
    plain = isinstance(node, (Elementwise, Pow, Mul, Add))
    return tuple(a for a in node.args if isinstance(a, Expr)) if plain else ()


def _own(node: Expr, parts: tuple[Expr, ...]) -> int:
    if isinstance(node, Mul):
        return int(any(isinstance(p, Add) for p in parts))
    return int(isinstance(node, (Elementwise, Pow)) and bool(reads(node)))


class _Division:
    """The division of one expression."""

    def __init__(self, name: str, extents: Mapping[Index, Expr], taken: Mapping, write: Write):
        self._name, self._extents, self._taken, self._write = name, extents, taken, write
        self._known: dict[Expr, tuple[Expr, int]] = {}
        self._count = 0

    def divided(self, node: Expr) -> tuple[Expr, int]:
        """What is left of a part, and how deep that is; inner parts are divided first."""
        waiting = [node]
        for part in waiting:
            waiting += (p for p in _parts(part) if p not in self._known)
        for part in reversed(waiting):
            if part not in self._known:
                self._known[part] = self._made(part)
        return self._known[node]

    def _made(self, node: Expr) -> tuple[Expr, int]:
        parts = _parts(node)
        if not parts:
            return node, 0
        left = rebuild(node, lambda part: self._known[part][0] if part in self._known else part)
        depth = max(self._known[p][1] for p in parts) + _own(node, parts)
        if depth < _IN_A_LINE or isinstance(node, Add):
            return left, depth
        indices = tuple(i for i in self._extents if i in free_indices(left))
        if not free_indices(left) <= set(indices) or left.has(Reduction):
            return left, depth
        return self._line(left, indices), 0

    def _line(self, left: Expr, indices: tuple[Index, ...]) -> Read:
        self._count += 1
        while f"{self._name}_part{self._count}" in self._taken:
            self._count += 1
        axes = tuple(self._extents[i] for i in indices)
        part = Tensor(f"{self._name}_part{self._count}", axes, "intermediate")
        self._write(part, indices, left)
        return read(part.name, *indices)
