"""Equations: `lhs[indices] = expression`, with the place where they were written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache

from sympy import Add, Expr, Mul, Pow

from deltarule.errors import DeltaruleError
from deltarule.expressions.affine import affine, never_negative, whole_ratio
from deltarule.expressions.nodes import (
    Read,
    Reduction,
    free_indices,
    free_symbols,
    read,
    reads,
    tensor_name,
    walk,
)
from deltarule.expressions.substitution import plainly_named, substitute
from deltarule.expressions.symbols import Index
from deltarule.networks.index_extents import extents
from deltarule.networks.tensors import Tensor
from deltarule.spelling.text import text


@dataclass(frozen=True)
class Equation:
    """One line of a network: the tensor `name` at `subscripts` is `rhs`.

    `ranges` gives, for each free index, its extent; every index starts at 0. `layer` names the
    layer that it belongs to, such as "conv2d 1", where it came with one.
    """

    name: str
    subscripts: tuple[Expr, ...]
    rhs: Expr
    ranges: tuple[tuple[Index, Expr], ...]
    place: str = ""
    layer: str = ""

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # Caches look equations up by the thousand: the formula is gone through once.
        return hash((self.name, self.subscripts, self.rhs, self.ranges))

    def __getstate__(self) -> dict:
        # Hashes differ from process to process: what is kept of them stays behind.
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @cached_property
    def indices(self) -> tuple[Index, ...]:
        """The free indices."""
        return tuple(i for i, _ in self.ranges)

    @property
    def lhs(self) -> Read:
        """The left-hand side as an expression."""
        return read(self.name, *self.subscripts)

    def at(self, indices: tuple[Expr, ...]) -> Expr:
        """The right-hand side at other subscripts; all of its own are indices."""
        return substitute(self.rhs, dict(zip(self.subscripts, indices, strict=True)))

    @property
    def axis_indices(self) -> tuple[Index, ...]:
        """An index for each axis of the tensor: its own where these are all its subscripts."""
        own = self.indices
        letters = "ijklmnpq"[: len(self.subscripts)]
        return own if self.subscripts == own else tuple(map(Index, letters))

    @property
    def inner_ranges(self) -> tuple[tuple[Index, Expr], ...]:
        """What `ranges` says of free indices, of those that its reductions bind."""
        nodes = (node for node in walk(self.rhs) if isinstance(node, Reduction))
        return tuple(r for node in nodes for r in node.ranges)

    def rhs_at(self, access: Read) -> Expr:
        """What it puts at a place that is read: its right side with subscripts for its indices."""
        return substitute(self.rhs, dict(zip(self.indices, access.indices, strict=True)))

    @cached_property
    def accesses(self) -> tuple[Read, ...]:
        """All that it reads, each once."""
        return tuple(reads(self.rhs))

    def read_names(self) -> frozenset[str]:
        """The names of the tensors that it reads."""
        return self._read_names

    @cached_property
    def _read_names(self) -> frozenset[str]:
        return names_read(self.rhs)


@lru_cache(maxsize=1 << 14)
def names_read(expression: Expr) -> frozenset[str]:
    """The names of the tensors that a formula reads."""
    return frozenset(tensor_name(r) for r in reads(expression))


def bind(
    subscripts: tuple[Expr, ...],
    rhs: Expr,
    tensor: Tensor,
    tensors: dict[str, Tensor],
    place: str,
    declared: Mapping[Index, Expr] | None = None,
) -> Equation:
    """The equation tensor[subscripts] = rhs, with the range of each index found.

    An index runs as far as it was `declared` to, or as the tensors on the right go that it reads
    alone, but not beyond the axis that it writes. Raises DeltaruleError for an index without a
    range and for a left-hand index used twice.
    """
    declared = declared or {}
    ranges: dict[Index, Expr] = {}
    _refuse_curved(rhs, place)
    # Σ_n on the right is about an n of its own, which gets another name than the one on the left.
    rhs = plainly_named(rhs, frozenset(i.name for s in subscripts for i in free_indices(s)))
    for subscript, extent in zip(subscripts, tensor.axes, strict=True):
        if isinstance(subscript, Index):
            if subscript in ranges:
                raise DeltaruleError(
                    f"index {subscript} stands twice on the left of {tensor.name}",
                    place,
                    "give each axis of the left-hand side an index of its own",
                )
            ranges[subscript] = extent
    on_the_left = frozenset().union(*(free_indices(s) for s in subscripts)) - set(ranges)
    inferred = {**extents(rhs, tensors, place, known=declared), **declared}
    sure = {**extents(rhs, tensors, place, padded=False, known=declared), **declared}
    ranges = {
        index: extent if _longer(sure.get(index), extent) else sure.get(index, extent)
        for index, extent in ranges.items()
    }
    strided = _strided(subscripts, tensor)
    for index in sorted(on_the_left, key=str):
        if index not in inferred and index not in strided:
            raise DeltaruleError(
                f"index {index} on the left of {tensor.name} has no range",
                place,
                f'give it one, index("{index}", N), or read a tensor on the right at it alone',
            )
        ranges[index] = inferred[index] if index in inferred else strided[index]
    stray = sorted((free_indices(rhs) - set(ranges)), key=str)
    if stray:
        raise DeltaruleError(
            f"index {stray[0]} comes out of nowhere in the equation of {tensor.name}",
            place,
            f"sum over it, Sum[{stray[0]}](…), or put it on the left",
        )
    return Equation(tensor.name, subscripts, rhs, tuple(ranges.items()), place)


def _longer(extent: Expr | None, axis: Expr) -> bool:
    """Whether an index would certainly run beyond the axis that it writes: x is longer than y."""
    return extent is not None and never_negative(extent - axis - 1)


def _strided(subscripts: tuple[Expr, ...], tensor: Tensor) -> dict[Index, Expr]:
    """The ranges of indices that write every c-th place of an axis: in y[2·r + 1] of 2·R places,
    r runs to R."""
    found: dict[Index, Expr] = {}
    for subscript, extent in zip(subscripts, tensor.axes, strict=True):
        indices = sorted(free_indices(subscript), key=str)
        split = affine(subscript, tuple(indices)) if len(indices) == 1 else None
        if split is None or not split[0]:
            continue
        stride, first = split[0][indices[0]], split[1]
        steps = whole_ratio(extent, stride)
        inside = never_negative(first) and never_negative(stride - 1 - first)
        if stride != 1 and inside and steps is not None:
            found[indices[0]] = steps
    return found


def _refuse_curved(rhs: Expr, place: str) -> None:
    """Raises DeltaruleError for a read such as x[n·n], whose places lie on no straight line."""
    for access in reads(rhs):
        for subscript in access.indices:
            for term in Add.make_args(subscript.expand()):
                count = sum(
                    int(factor.exp) if isinstance(factor, Pow) and factor.exp.is_Integer else 1
                    for factor in Mul.make_args(term)
                    if any(isinstance(s, Index) for s in free_symbols(factor))
                )
                if count > 1:
                    raise DeltaruleError(
                        f"{text(access)} is read at {text(subscript)}, which multiplies indices",
                        place,
                        "read at sums of indices times sizes or numbers, such as x[S*i + k]; for "
                        "other places read them from data, input(…, below=N)",
                    )
