"""Which axis of each tensor is time, where equations read each other at earlier or later times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sympy import Basic, Expr, oo

from deltarule.expressions.index_facts import IndexFacts
from deltarule.expressions.nodes import (
    AtLeastZero,
    Choose,
    Read,
    Reduction,
    free_indices,
    reads,
    tensor_name,
    walk,
)
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation


@dataclass(frozen=True)
class Link:
    """The equation number `reader` reads what equation number `writer` writes."""

    reader: int
    writer: int
    access: Read


def links_of(equations: Sequence[Equation]) -> list[Link]:
    writers: dict[str, list[int]] = {}
    for k, equation in enumerate(equations):
        writers.setdefault(equation.name, []).append(k)
    return [
        Link(k, writer, access)
        for k, equation in enumerate(equations)
        for access in equation.accesses
        for writer in writers.get(tensor_name(access), ())
    ]


def shift_of(equations: Sequence[Equation], link: Link, axes: dict[str, int]) -> Expr:
    """How far ahead in time a read reads: −1 for h[t−1], −∞ for h[parent[t]], some earlier one."""
    reader = equations[link.reader]
    here, there = axes[reader.name], axes[tensor_name(link.access)]
    found = _difference(link.access.indices[there], reader.subscripts[here])
    if found.is_Integer:
        return found
    return next((s for a, b, s in pairs(reader, link.access) if (a, b) == (here, there)), found)


def time_of(equation: Equation, axis: int) -> tuple[Index | None, Expr]:
    """The index of time of an equation, and the position that it writes where that is 0."""
    written = equation.subscripts[axis]
    found = [i for i in equation.indices if i in written.free_symbols]
    return (found[0], written.subs(found[0], 0)) if found else (None, written)


def time_axes(equations: Sequence[Equation], links: list[Link]) -> Iterator[dict[str, int]]:
    """Ways to say, for each tensor of a group, which of its axes is time; each way once."""
    known: list[dict[str, int]] = []
    for seed in links:
        reader = equations[seed.reader]
        for here, there, shift in pairs(reader, seed.access):
            name = tensor_name(seed.access)
            if shift == 0 or (name == reader.name and here != there):
                continue
            axes = _spread({reader.name: here, name: there}, equations, links)
            if axes is not None and axes not in known:
                known.append(axes)
                yield axes


def _spread(axes: dict[str, int], equations, links: Iterable[Link]) -> dict[str, int] | None:
    """The axes of time of a whole group from those of some of its tensors."""
    changed = True
    while changed:
        changed = False
        for link in links:
            reader, name = equations[link.reader], tensor_name(link.access)
            if (reader.name in axes) == (name in axes):
                continue
            for here, there, _ in pairs(reader, link.access):
                if axes.get(reader.name, here) == here and axes.get(name, there) == there:
                    axes[reader.name], axes[name] = here, there
                    changed = True
                    break
    names = {equations[a.reader].name for a in links}
    return axes if names <= axes.keys() else None


def pairs(reader: Equation, access: Read) -> tuple[tuple[int, int, Expr], ...]:
    """Axes of what an equation writes and reads whose subscripts differ by an integer.

    Then those of which conditions say that the one is less: by −∞ or ∞, which stand for any number.
    """
    return _apart(reader.subscripts, access.indices) + _somewhere(reader, access)


@lru_cache(maxsize=1 << 12)
def _somewhere(reader: Equation, access: Read) -> tuple[tuple[int, int, Expr], ...]:
    """Axes on which an equation certainly reads an earlier, or a later, place than it writes."""
    said = [_places(node) for node in walk(reader.rhs) if isinstance(node, AtLeastZero)]
    asked = [
        (here, there, ahead)
        for here, one in enumerate(reader.subscripts)
        for there, other in enumerate(access.indices)
        if _compared(one, other, said) and not (ahead := _difference(other, one)).is_Integer
    ]
    around = list(_facts_around(reader, access)) if asked else []
    found = []
    if around:
        for here, there, ahead in asked:
            for sign in (-1, 1):
                beyond = AtLeastZero((sign * ahead - 1).expand())
                if all(facts.holds(beyond) is True for facts in around):
                    found.append((here, there, sign * oo))
    return tuple(found)


def _places(expression: Basic) -> set[Basic]:
    """The indices and the data that an expression depends on."""
    return {*free_indices(expression), *reads(expression)}


def _compared(one: Expr, other: Expr, said: Iterable[set[Basic]]) -> bool:
    """Whether a statement is about both places: no other could tell which is the earlier."""
    sides = [side for side in map(_places, (one, other)) if side]
    return any(all(side & places for side in sides) for places in said)


def _facts_around(equation: Equation, access: Read) -> Iterator[IndexFacts]:
    """What is known of indices wherever an equation reads something."""
    start = IndexFacts.of_ranges(equation.ranges)
    stack: list[tuple[Basic, IndexFacts]] = [(equation.rhs, start)]
    while stack:
        node, facts = stack.pop()
        if node == access:
            yield facts
        elif isinstance(node, Reduction):
            inside = facts.within(node.ranges)
            for condition in node.conditions:
                inside = inside.under(condition)
            stack.append((node.body, inside))
        elif isinstance(node, Choose):
            condition, then, otherwise = node.args
            stack += [(then, facts.under(condition)), (otherwise, facts.under(condition, False))]
            stack.append((condition, facts))
        else:
            stack += [(part, facts) for part in node.args]


@lru_cache(maxsize=1 << 12)
def _apart(written: tuple[Expr, ...], read: tuple[Expr, ...]) -> tuple[tuple[int, int, Expr], ...]:
    return tuple(
        (here, there, shift)
        for here, one in enumerate(written)
        for there, other in enumerate(read)
        if (shift := _difference(other, one)).is_Integer
    )


@lru_cache(maxsize=1 << 12)
def _difference(one: Expr, other: Expr) -> Expr:
    return (one - other).expand()
