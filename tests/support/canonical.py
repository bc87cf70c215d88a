"""What a closed form must not hold, wherever it comes from: each a kind of print that misleads."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from math import gcd

from sympy import Add, Basic, Mul

from deltarule.calculus import Derivation
from deltarule.expressions.functions import absolute, exp, log, sign
from deltarule.expressions.nodes import (
    Condition,
    FloorQuotient,
    LogSumExp,
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
from deltarule.spelling.ordering import over_under, with_numbers_in_front
from deltarule.spelling.text import equation_text, text


def misleading(derivation: Derivation) -> list[str]:
    """The lines that are not in canonical form, with what is wrong in each."""
    lines = [(e.lhs, e.rhs) for e in derivation.network.equations]
    forward = len(lines)
    lines += [line for g in derivation.gradients.values() for line in g.lines]
    ranges = {g.lhs: dict(zip(g.indices, g.tensor.axes)) for g in derivation.gradients.values()}
    found = []
    for number, (left, right) in enumerate(lines):
        faults = [*_names(left, right), *_bound(right, free_symbols_of(left))]
        if number >= forward:
            faults += [f for node in walk(right) for f in (*_unfinished(node), *_unreduced(node))]
            faults += _misprinted(text(right), ranges.get(left, {}))
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


def _is_digit_of_data(node: FloorQuotient | Remainder) -> bool:
    """⌊at[n]/W⌋ mod H: no index stands for a digit of what data say."""
    inner = node.args[0]
    return (
        isinstance(node, Remainder)
        and isinstance(inner, FloorQuotient)
        and bool(reads(inner))
        and not any(isinstance(n, FloorQuotient | Remainder) for a in inner.args for n in walk(a))
    )


def _unfinished(node: Basic) -> Iterator[str]:
    """What has a shorter form that means the same."""
    if isinstance(node, Sum):
        mentioned = free_symbols(node.body).union(*map(free_symbols, node.conditions))
        idle = [i for i in node.indices if i not in mentioned]
        yield from (f"the sum over {i} is a count" for i in idle)
    if isinstance(node, FloorQuotient | Remainder):
        deeper = any(isinstance(n, FloorQuotient | Remainder) for a in node.args for n in walk(a))
        if deeper and not _is_digit_of_data(node):
            yield "a quotient of a quotient"
    if isinstance(node, Mul):
        signs = [f.args[0] for f in node.args if isinstance(f, sign)]
        beside = {f for a in node.args for f in (a, 1 / a)}
        yield from ("u·sign(u)" for u in signs if beside & {u, absolute(u)})
    if isinstance(node, Condition) and not free_symbols(node) and not reads(node):
        yield "a condition that is decided"


def _unreduced(node: Basic) -> Iterator[str]:
    """Numbers, powers and exponentials that cancel, or stand where they need not."""
    summed = isinstance(node, Sum) and node.ranges and reads(node.body)
    if summed and any(_number(f) != 1 for f in Mul.make_args(node.body)):
        yield "a number in each term of a sum"
    if isinstance(node, Mul):
        top, bottom = over_under(with_numbers_in_front(node))
        above, below = (math.prod(map(_number, side)) for side in (top, bottom))
        if gcd(int(above), int(below)) != 1:
            yield f"{above} over {below}"
        bases = [f.as_base_exp()[0] for f in node.args if not f.is_number]
        if any(b in bases[k:] or -b in bases for k, b in enumerate(bases, 1)):
            yield "two powers of one base"
        if any(exp(t) in top for f in bottom for t in _exponents(f) if len(f.args) == 2):
            yield "a sigmoid as a fraction"
    powers = Add.make_args(node.args[0]) if isinstance(node, exp) else ()
    if any(isinstance(-t, log | LogSumExp) for t in powers):
        yield "the exponential of a logarithm"


def _number(factor: Basic) -> int:
    """The whole number in a factor: 6 in 6, 2 in 2·a − 2·b."""
    number = factor.primitive()[0] if factor.is_Add else factor
    return abs(int(number)) if number.is_Integer else 1


def _exponents(total: Basic) -> list[Basic]:
    """The u of exp(u) + 1."""
    number, rest = total.as_coeff_Add()
    return [rest.args[0]] if number == 1 and isinstance(rest, exp) else []


def _misprinted(line: str, ranges: dict) -> Iterator[str]:
    """What a print shows that a tree does not."""
    if "pi" in re.findall(r"[a-z]+", line) or re.search(r"√[0-9π]+·√[0-9π]|√\d+·.*/√π", line):
        yield "roots of numbers side by side"
    for size, index in re.findall(r"min\((\w+) − 1, (\w′*)\)", line):
        if any(i.name == index and str(n) == size for i, n in ranges.items()):
            yield f"{index} is below {size} anyway"
    for index, size in re.findall(r"(\w′*)=0…(\w+) − 1[,}]", line):
        if re.search(rf"(\[|, ){index}[,\]]", line):
            yield f"{index} runs along an axis, to {size} − 1"
