"""Windows along the last axis, taken apart so that inner loops hold nothing but plain numbers.

A reduction's index that stands together with the last index q of what is written, as l does in
x[…, 2·q + l], takes a few values that are known beforehand: its *taps*. Where q is divided by a
stride S, as in the gradient, q = S·m + r is gone through in its S *phases* r at once; then every
quotient and remainder is a plain number, and the taps are m, m − 1 … What is left of the ranges
are guards on m, which hold but for a few m at both ends.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import gcd, lcm

from sympy import Basic, Expr, Integer, expand

from deltarule.expressions import nodes
from deltarule.expressions.affine import affine, line
from deltarule.expressions.nodes import (
    AtLeastZero,
    CeilingQuotient,
    Divides,
    FloorQuotient,
    Reduction,
    Remainder,
    free_indices,
    walk,
)
from deltarule.expressions.rebuild import rebuild, with_part
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index

#: At most so many phases, and so many terms in the inner loop.
PHASES, TERMS = 8, 64


@dataclass(frozen=True)
class Windows:
    """A reduction as seen from the last index `last` of what is written.

    `phases` holds for each phase its taps: the body, and the values of the reduction's indices.
    `lower` and `upper` are the bounds between which all guards on `inner` hold, the upper one
    left out; `rows` are the ranges and conditions that know nothing of the last index.
    """

    last: Index
    extent: Expr
    inner: Index
    phases: tuple[tuple[tuple[Expr, dict], ...], ...]
    lower: tuple[Expr, ...]
    upper: tuple[Expr, ...]
    rows: tuple[tuple, tuple]
    columns: tuple[tuple, tuple]

    @property
    def stride(self) -> int:
        """How many entries are written at once."""
        return len(self.phases)

    @property
    def everywhere(self) -> bool:
        """Whether the guards hold for all entries."""
        return self.stride == 1 and self.lower == (0,) and self.upper == (self.extent,)

    @property
    def plain(self) -> bool:
        """Whether every entry adds up the same terms, without any guard."""
        return self.everywhere and not self.rows[1] and not any(self.columns)


def windows(total: Reduction, last: Index, extent: Expr) -> Windows | None:
    """The windows of a reduction along the index `last`; None where they are not plain enough."""
    together = [_indices(p) for p in (*subscripts(total.body), *total.conditions)]
    columns = [r for r in total.ranges if any({last, r[0]} <= t for t in together)]
    own = {last, *(i for i, _ in columns)}
    rows = tuple(r for r in total.ranges if r not in columns)
    row_tests = tuple(c for c in total.conditions if not _indices(c) & own)
    tests = tuple(c for c in total.conditions if c not in row_tests)
    if any(_indices(c) - own for c in tests):
        return None
    stride = _stride(total, last, columns)
    inner = last if stride == 1 else Index(f"{last.name}_{stride}")
    guards: list[Expr] = []
    phases = []
    for phase in range(stride):
        found = _taps(total.body, columns, tests, {last: stride * inner + phase}, inner, guards)
        if found is None:
            return None
        phases.append(tuple(found))
    if stride > PHASES or sum(map(len, phases)) > TERMS:
        return None
    lower, upper = _interior(guards, inner, FloorQuotient(extent, Integer(stride)))
    return Windows(
        last, extent, inner, tuple(phases), lower, upper, (rows, row_tests), (tuple(columns), tests)
    )


def _indices(node: Basic) -> frozenset:
    return free_indices(node)


def subscripts(body: Expr) -> Iterable[Expr]:
    """The subscripts of all reads of an expression."""
    for node in walk(body):
        if isinstance(node, nodes.Read):
            yield from node.indices


def _stride(total: Reduction, last: Index, columns: list) -> int:
    """The number of phases in which all that the last index is divided by goes out."""
    found = [1]
    for part in (total.body, *total.conditions):
        for node in walk(part):
            if isinstance(node, (FloorQuotient, Remainder)) and last in free_indices(node.args[0]):
                found.append(int(node.args[1]) if node.args[1].is_Integer else PHASES + 1)
    for condition in total.conditions:
        wide = [i for i, n in columns if not n.is_Integer and i in free_indices(condition)]
        plain = isinstance(condition, (AtLeastZero, Divides))
        split = affine(condition.args[-1], (last, *wide)) if plain else None
        if split is None or last not in split[0]:
            continue
        for index in wide:
            a, b = split[0][last], split[0].get(index)
            if b is not None and a.is_Integer and b.is_Integer:
                found.append(abs(int(b)) // gcd(int(a), int(b)))
    return min(lcm(*found), PHASES + 1)


def _taps(body, columns, tests: Sequence, table: dict, inner: Index, guards: list) -> list | None:
    """The values of the columns' indices in one phase; what remains of tests goes to `guards`."""
    tests = [fold(substitute(t, table), inner) for t in tests]
    found: list = []
    values = [v for v in (_values(r, tests, inner) for r in columns) if v is not None]
    if len(values) < len(columns):
        return None
    for chosen in itertools.product(*values):
        at = dict(zip((i for i, _ in columns), chosen, strict=True))
        extents = [AtLeastZero(e) for (i, n) in columns for e in (at[i], n - 1 - at[i])]
        left = [_decided(fold(substitute(t, at), inner), inner) for t in (*tests, *extents)]
        if any(t is None for t in left):
            return None
        if any(t is False for t in left):
            continue
        guards += [t.args[0] for t in left if isinstance(t, AtLeastZero)]
        found.append((fold(substitute(body, {**table, **at}), inner), at))
    return found


def _values(pair: tuple, tests: Sequence, inner: Index) -> list[Expr] | None:
    """What a column's index can be: plain numbers, or a multiple of `inner` and a number."""
    index, extent = pair
    if extent.is_Integer:
        return [Integer(v) for v in range(int(extent))] if extent <= TERMS else None
    lines = []
    for test in tests:
        split = affine(test.args[0], (inner, index)) if isinstance(test, AtLeastZero) else None
        if split is not None and {inner, index} <= split[0].keys() and split[1].is_Integer:
            lines.append((split[0][inner], split[0][index], int(split[1])))
    for slope in dict.fromkeys(-a / b for a, b, _ in lines):
        mine = [(int(b), c) for a, b, c in lines if -a / b == slope]
        least = [-(c // b) for b, c in mine if b > 0]
        most = [c // -b for b, c in mine if b < 0]
        if slope.is_Integer and least and most and min(most) - max(least) < TERMS:
            return [slope * inner + v for v in range(max(least), min(most) + 1)]
    return None


def _decided(test, inner: Index):
    """True, False, a guard that is linear in `inner`, or None where it is none of these."""
    if isinstance(test, Divides):
        split = affine(test.args[1], (inner,))
        divisor = test.args[0]
        if split is None or not (divisor.is_Integer and split[1].is_Integer):
            return None
        if split[0].get(inner, Integer(0)) % divisor != 0:
            return None
        return bool(split[1] % divisor == 0)
    if not isinstance(test, AtLeastZero):
        return None
    split = affine(test.args[0], (inner,))
    if split is None or free_indices(test) - {inner}:
        return None
    if not split[0] and split[1].is_Integer:
        return bool(split[1] >= 0)
    return test if split[0] and split[0][inner].is_Integer else None


def _interior(guards: list[Expr], inner: Index, whole: Expr) -> tuple[tuple, tuple]:
    """From where to where all guards hold."""
    lower, upper = {Integer(0): None}, {whole: None}
    weakest: dict[tuple, Expr] = {}
    for guard in guards:
        slope, rest = line(guard, inner)
        key = (slope, rest - rest.as_coeff_Add()[0])
        if key not in weakest or rest.as_coeff_Add()[0] < weakest[key].as_coeff_Add()[0]:
            weakest[key] = rest
    for (slope, _), rest in weakest.items():
        if slope > 0:
            lower[CeilingQuotient(-rest, slope)] = None
        else:
            upper[FloorQuotient(rest - slope, -slope)] = None
    plain = [e for e in lower if e.is_Integer]
    least = [max(plain), *(e for e in lower if not e.is_Integer)]
    return tuple(least), tuple(upper)


def fold(node: Basic, inner: Index) -> Basic:
    """The expression with quotients and remainders evaluated along an index: (2·m + 1) mod 2."""
    if not node.args or inner not in free_indices(node):
        return node
    node = rebuild(node, lambda part: fold(part, inner), subscripts=True, conditions=True)
    if isinstance(node, (FloorQuotient, Remainder)):
        value, divisor = node.args
        split = affine(value, (inner,))
        if split is not None and divisor.is_Integer and inner in split[0]:
            slope, rest = split[0][inner], split[1]
            if slope.is_Integer and slope % divisor == 0:
                part = with_part(node, 0, rest)
                return part if isinstance(node, Remainder) else slope / divisor * inner + part
    return rebuild(node, expand) if isinstance(node, AtLeastZero) else node
