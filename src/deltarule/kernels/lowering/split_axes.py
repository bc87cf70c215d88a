"""Channels in groups, with an axis for the groups: what stands at F·g + f stands at [g, f].

An axis of G·F numbers is one of G before one of F. What is read at ⌊p/F⌋ or p mod F is read by an
index over groups, and one within them; nothing moves in memory.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sympy import Basic, Expr

from deltarule.expressions.affine import affine, whole_ratio
from deltarule.expressions.nodes import (
    FloorQuotient,
    Read,
    Remainder,
    free_symbols,
    read,
    tensor_name,
    walk,
)
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation

Ranges = tuple[tuple[Index, Expr], ...]


def digits(ranges: Ranges, parts: Sequence[Basic]) -> tuple[Ranges, dict[Index, tuple]]:
    """The ranges with two indices (g, f) for each p that parts divide by F: p = F·g + f.

    For each such p the two indices and F. What p runs through must be a multiple of F, and no
    other number may divide it.
    """
    found: dict[Index, tuple] = {}
    kept: list[tuple[Index, Expr]] = []
    for index, extent in ranges:
        divisors = {
            node.args[1]
            for part in parts
            for node in walk(part)
            if isinstance(node, (FloorQuotient, Remainder)) and node.args[0] == index
        }
        many = whole_ratio(extent, *divisors) if len(divisors) == 1 else None
        if many is None:
            kept.append((index, extent))
            continue
        outer, inner = Index(f"{index.name}_groups"), Index(f"{index.name}_within")
        [divisor] = divisors
        found[index] = outer, inner, divisor
        kept += [(outer, many), (inner, divisor)]
    return tuple(kept), found


def in_digits(node: Basic, found: Mapping[Index, tuple]) -> Basic:
    """The expression with F·g + f for each p, of which ⌊p/F⌋ is g and p mod F is f."""
    if node in found:
        outer, inner, divisor = found[node]
        return divisor * outer + inner
    if isinstance(node, (FloorQuotient, Remainder)) and node.args[0] in found:
        outer, inner, divisor = found[node.args[0]]
        if node.args[1] == divisor:
            return outer if isinstance(node, FloorQuotient) else inner
    return rebuild(node, lambda part: in_digits(part, found), subscripts=True, conditions=True)


def split(
    access: Read, axes: Sequence[Expr], extents: Mapping[Index, Expr], groups: Collection[Index]
) -> tuple:
    """A tensor's access and axes, where each axis that is read at F·g + f is two.

    Where f has one value alone it is so if g is among `groups`: else i + k may be a window's.
    """
    subscripts: list[Expr] = []
    lengths: list[Expr] = []
    for subscript, length in zip(access.indices, axes, strict=True):
        pair = _digits_of(subscript, length, extents)
        if pair is not None and extents[pair[1]] == 1 and pair[0] not in groups:
            pair = None
        subscripts += [subscript] if pair is None else pair
        lengths += [length] if pair is None else [extents[i] for i in pair]
    return read(tensor_name(access), *subscripts), tuple(lengths)


def joined(equation: Equation, length: Mapping[Expr, Expr]) -> Equation:
    """The equation with p for F·g + f on the left, where it stands for both wherever they stand.

    `length` gives how far each subscript of the left-hand side goes.
    """
    extents = dict(equation.ranges)
    for subscript in equation.subscripts:
        pair = _digits_of(subscript, length[subscript], extents)
        if pair is None:
            continue
        one = Index("_".join(i.name for i in pair))
        rhs = _with(equation.rhs, subscript, one)
        if free_symbols(rhs) & {*pair}:
            continue
        ranges = [(one, length[subscript]) if i == pair[0] else (i, n) for i, n in equation.ranges]
        left = [one if s == subscript else s for s in equation.subscripts]
        kept = tuple(sorted((r for r in ranges if r[0] != pair[1]), key=lambda r: left.index(r[0])))
        equation = replace(equation, subscripts=tuple(left), rhs=rhs, ranges=kept)
    return equation


def _with(node: Basic, old: Expr, new: Expr) -> Basic:
    if node == old:
        return new
    return rebuild(node, lambda part: _with(part, old, new), subscripts=True, conditions=True)


def _digits_of(subscript: Expr, length: Expr, extents: Mapping[Index, Expr]) -> list | None:
    """(g, f) where the subscript is F·g + f and the axis is as long as G times F."""
    present = [i for i in extents if i in subscript.free_symbols]
    parts = affine(subscript, tuple(present)) if len(present) == 2 else None
    if parts is None or parts[1] != 0:
        return None
    for outer, inner in (present, present[::-1]):
        whole = extents[outer] * extents[inner]
        if parts[0][inner] == 1 and parts[0][outer] == extents[inner] and _same(whole, length):
            return [outer, inner]
    return None


def _same(one: Expr, other: Expr) -> bool:
    return (one - other).expand() == 0
