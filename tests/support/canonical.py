"""What a closed form must not hold, wherever it comes from: each a kind of print that misleads."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Basic, Mul

from deltarule.calculus import Derivation
from deltarule.expressions.functions import sign
from deltarule.expressions.nodes import (
    Condition,
    FloorQuotient,
    Reduction,
    Remainder,
    Selection,
    Sum,
    free_symbols,
    index_names,
    reads,
    tensor_name,
    walk,
)
from deltarule.spelling.text import equation_text


def misleading(derivation: Derivation) -> list[str]:
    """The lines that are not in canonical form, with what is wrong in each."""
    lines = [(e.lhs, e.rhs) for e in derivation.network.equations]
    forward = len(lines)
    lines += [line for g in derivation.gradients.values() for line in g.lines]
    found = []
    for number, (left, right) in enumerate(lines):
        faults = [*_names(left, right), *_bound(right, free_symbols_of(left))]
        if number >= forward:
            faults += [f for node in walk(right) for f in _unfinished(node)]
        found += [f"{equation_text(left, right)}: {fault}" for fault in faults]
    return found


def free_symbols_of(left: Basic) -> frozenset[str]:
    """The names of the indices on the left."""
    return frozenset(index_names(left))


def _names(left: Basic, right: Basic) -> Iterator[str]:
    """Indices called like a tensor in sight."""
    tensors = {tensor_name(r) for side in (left, right) for r in reads(side)}
    yield from (f"{name} is a tensor and an index" for name in tensors & index_names(left, right))


def _bound(node: Basic, around: frozenset[str]) -> Iterator[str]:
    """Indices that are summed over where there is one of that name already."""
    if isinstance(node, Selection):
        return  # its maximum's indices are those of its own line
    if isinstance(node, Reduction):
        names = {i.name for i in node.indices}
        yield from (f"{name} is bound twice" for name in names & around)
        around |= names
        yield from _bound(node.body, around)
        return
    for part in node.args:
        yield from _bound(part, around)


def _unfinished(node: Basic) -> Iterator[str]:
    """What has a shorter form that means the same."""
    if isinstance(node, Sum):
        mentioned = free_symbols(node.body).union(*map(free_symbols, node.conditions))
        idle = [i for i in node.indices if i not in mentioned]
        yield from (f"the sum over {i} is a count" for i in idle)
    if isinstance(node, FloorQuotient | Remainder):
        deeper = any(isinstance(n, FloorQuotient | Remainder) for a in node.args for n in walk(a))
        if deeper:
            yield "a quotient of a quotient"
    if isinstance(node, Mul):
        signs = [f.args[0] for f in node.args if isinstance(f, sign)]
        yield from ("u·sign(u)" for inner in signs if inner in node.args)
    if isinstance(node, Condition) and not free_symbols(node) and not reads(node):
        yield "a condition that is decided"
