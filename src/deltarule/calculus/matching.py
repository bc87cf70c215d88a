"""Finding the equation that a formula is an instance of, by naming its indices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from sympy import Expr, Mul

from deltarule.expressions.mixed_radix import digits, rejoined, taken_apart
from deltarule.expressions.nodes import Read, Sum, free_symbols, reads, tensor_name
from deltarule.expressions.substitution import plainly_named, substitute
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network


def unified(
    pattern: Iterable[Expr],
    found: Iterable[Expr],
    ranges: Iterable[tuple[Index, Expr]],
    table: Mapping[Index, Expr] | None = None,
) -> dict[Index, Expr] | None:
    """What the pattern's indices must be for its subscripts to be those found; None if never.

    `ranges` holds those indices with their extents.
    """
    table, extents = dict(table or {}), dict(ranges)
    pairs = list(zip(pattern, found, strict=True))
    for wanted, there in pairs:
        if not isinstance(wanted, Index) or wanted not in extents:
            continue
        if table.setdefault(wanted, there) != there:
            return None
    for wanted, there in pairs:
        loose = sorted((extents.keys() & free_symbols(wanted)) - table.keys(), key=str)
        if len(loose) > 1:
            table.update(_together(wanted, there, {i: extents[i] for i in loose}))
        elif loose:
            table[loose[0]] = _solved(wanted, there, loose[0], table)
        if wanted not in table and rejoined(substitute(wanted, table)).expand() != there.expand():
            return None
    return table


def _together(wanted: Expr, there: Expr, extents: dict[Index, Expr]) -> dict[Index, Expr]:
    """The indices of one position: those of a position written alike, or its digits."""
    options = sorted((i for i in free_symbols(there) if isinstance(i, Index)), key=str)
    alike: dict[Index, Expr] = dict(zip(extents, options, strict=False))
    if len(options) == len(extents) and wanted.xreplace(alike) == there:
        return alike
    found = digits(wanted, extents)
    if found is None:
        return _beside(wanted, there, extents)
    return taken_apart((there - found[1]).expand(), found[0])


def _beside(wanted: Expr, there: Expr, extents: dict[Index, Expr]) -> dict[Index, Expr]:
    """The one index of a position beside others that both have: j of j + 2·l is q − 2·m in
    q + 2·l − 2·m."""
    both = {i: i for i in extents if wanted.coeff(i) == there.coeff(i) != 0}
    rest = [i for i in extents if i not in both]
    if len(rest) != 1 or not both or wanted.coeff(rest[0]) not in (1, -1):
        return {}
    value = ((there - wanted) * wanted.coeff(rest[0]) + rest[0]).expand()
    return {} if free_symbols(value) & both.keys() else {**both, rest[0]: value}


def _solved(wanted: Expr, there: Expr, index: Index, table: dict) -> Expr:
    rest = substitute(wanted, table).expand()
    coefficient = rest.coeff(index, 1)
    return ((there - rest.coeff(index, 0)) / coefficient).expand() if coefficient else index


def named(total: Sum, network: Network) -> Expr | None:
    """A sum by the name that an equation gives it: Σ_n x[n, c] = N·μ[c]."""
    there = _factors(total.body)
    if there is None:
        return None
    key = tuple(tensor_name(f) for f in there)
    for equation, pattern, scale in named_sums(network.equations).get(key, ()):
        if len(pattern.ranges) == len(total.ranges):
            table = _instance(pattern, total, equation)
            if table is not None:
                return substitute(equation.lhs / scale, table)
    return None


@lru_cache(maxsize=64)
def named_sums(equations: tuple[Equation, ...]) -> dict[tuple, list]:
    """The equations that give a constant times a sum of products a name, by what they multiply."""
    found: dict[tuple, list] = {}
    for equation in equations:
        sums = [f for f in Mul.make_args(equation.rhs) if isinstance(f, Sum)]
        factors = _factors(sums[0].body) if len(sums) == 1 and not sums[0].conditions else None
        if factors is None:
            continue
        scale = equation.rhs / sums[0]
        if not reads(scale):
            key = tuple(tensor_name(f) for f in factors)
            found.setdefault(key, []).append((equation, sums[0], scale))
    return found


def _instance(pattern: Sum, total: Sum, equation: Equation) -> dict | None:
    """The equation's indices for which the pattern, its sum, is the sum at hand."""
    ranges = (*equation.ranges, *pattern.ranges)
    mine, theirs = _factors(pattern.body), _factors(total.body)
    if mine is None or theirs is None or [f.base for f in mine] != [f.base for f in theirs]:
        return None
    extents = dict(total.ranges)
    for order in _orders(pattern, total):
        table: dict | None = dict(order)
        for one, other in zip(mine, theirs, strict=True):
            table = unified(one.indices, other.indices, ranges, table)
            if table is None:
                break
        if table is not None and all(
            extents.get(table[i]) == substitute(n, table) for i, n in pattern.ranges
        ):
            body = substitute(pattern.body, table)
            if plainly_named(body) == plainly_named(total.body):
                return {i: table[i] for i in equation.indices if i in table}
    return None


def _orders(pattern: Sum, total: Sum):
    yield ()
    if len(pattern.indices) == len(total.indices):
        yield tuple(zip(pattern.indices, total.indices, strict=True))


def _factors(body: Expr) -> list[Read] | None:
    """The reads whose product a body is, sorted by name; None if it is something else."""
    found = []
    for factor in Mul.make_args(body):
        base, exponent = factor.as_base_exp()
        if not isinstance(base, Read) or not exponent.is_Integer or exponent < 1:
            return None
        found += [base] * int(exponent)
    return sorted(found, key=tensor_name)
