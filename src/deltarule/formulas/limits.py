"""How large a formula that somebody types may be, so that none takes long to read or to evaluate.

A formula is refused before anything of it is evaluated: by its length, by how deep its brackets
stand in one another, and by how large its powers would become.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from sympy import Add, Basic, Expr, Integer, Mul, Pow, nan

from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.formulas.tokens import CLOSING, OPENING, Token

MOST_CHARACTERS, MOST_TOKENS, MOST_DEPTH = 4000, 600, 24
#: Numbers of so many digits, and powers of quantities so high, are not evaluated.
MOST_DIGITS, HIGHEST_POWER = 300, 60
#: Nodes of an expression when it is written out.
MOST_NODES = 4000
#: Integers among indices, and the points that sums inside one another may have.
LARGEST_INDEX, MOST_POINTS = 100_000, 300_000
#: A symbolic size counts as this many points: formulas are tried at small sizes.
_SMALL = 4
_OPENING, _CLOSING = (*OPENING, "⌊", "⌈"), (*CLOSING, "⌋", "⌉")
_OF_INDICES = (nodes.Condition, nodes.FloorQuotient, nodes.Remainder)
_EXAMPLE = "write a formula such as (ŷ − y)·ŷ·(1 − ŷ)"


def check_length(formula: str, place: str) -> None:
    """Raises DeltaruleError for a text that is no formula by its length alone."""
    if len(formula) > MOST_CHARACTERS:
        raise DeltaruleError(
            f"a formula of {len(formula)} characters",
            place,
            f"at most {MOST_CHARACTERS} are read; {_EXAMPLE}",
        )


def check_nesting(found: Iterable[Token], place: str) -> None:
    """Raises DeltaruleError for too many pieces, or brackets too deep in one another."""
    depth = roots = bars = 0
    for count, token in enumerate(found, 1):
        bars += token.text in ("|", "‖")
        roots = roots + 1 if token.kind in ("root", "reduction") else roots
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        where = f"{place}, character {token.start + 1}"
        if max(depth, roots) > MOST_DEPTH:
            what = "brackets" if depth > MOST_DEPTH else "sums and roots"
            raise DeltaruleError(
                f"{what} more than {MOST_DEPTH} deep", where, f"write it in parts; {_EXAMPLE}"
            )
        if bars > 2 * MOST_DEPTH:
            raise DeltaruleError(f"more than {2 * MOST_DEPTH} bars |", where, _EXAMPLE)
        if count > MOST_TOKENS:
            raise DeltaruleError(
                f"a formula of more than {MOST_TOKENS} names, numbers and signs", where, _EXAMPLE
            )


@contextmanager
def not_too_deep(place: str) -> Iterator[None]:
    """Raises DeltaruleError for a formula whose parts stand too deep in one another."""
    try:
        yield
    except RecursionError:
        raise DeltaruleError(
            "a formula that is nested too deeply", place, f"write it in parts; {_EXAMPLE}"
        ) from None


def too_large(base: Expr, exponent: Expr) -> str:
    """Why a power is not evaluated; empty where it may be."""
    if exponent.is_Rational:
        digits = len(str(abs(exponent.p))) + len(str(exponent.q))
        if digits > 12 or size_of(base) * abs(exponent.p) > MOST_DIGITS * exponent.q:
            return f"a power with the exponent {_short(exponent)} is too large"
        if power_of(base) * abs(exponent.p) > HIGHEST_POWER * exponent.q:
            return f"powers above {HIGHEST_POWER} are too high"
        if exponent.q > HIGHEST_POWER:
            return f"a root of degree {_short(exponent.q)} is too high"
    return ""


def too_long(value: Expr) -> str:
    """Why a product is not gone on with; empty where it may be."""
    if value is nan:
        return "∞ − ∞, or what is like it, which has no value"
    if written_out(value) > MOST_NODES:
        return "a formula that becomes too long when its slopes are written out"
    if power_of(value) > HIGHEST_POWER:
        return f"powers above {HIGHEST_POWER} are too high"
    return f"numbers of more than {MOST_DIGITS} digits" if size_of(value) > MOST_DIGITS else ""


@lru_cache(maxsize=1 << 12)
def written_out(value: Basic) -> int:
    """How many nodes an expression has, written out: σ′(s) holds s twice."""
    return 1 + sum(written_out(a) for a in value.args)


def check_whole(value: Basic, place: str) -> None:
    """Raises DeltaruleError for indices and sums beyond what can be evaluated."""
    for node in nodes.walk(value):
        whole = (
            node.indices
            if isinstance(node, nodes.Read)
            else (
                node.args[1:]
                if isinstance(node, nodes.Reduction)
                else (node,)
                if isinstance(node, _OF_INDICES)
                else ()
            )
        )
        if any(abs(n) > LARGEST_INDEX for part in whole for n in part.atoms(Integer)):
            raise DeltaruleError(
                f"an index above {LARGEST_INDEX}", place, "indices count the entries of an axis"
            )
    if points_of(value) > MOST_POINTS:
        raise DeltaruleError(
            f"sums over more than {MOST_POINTS} points",
            place,
            "sum over the axes of tensors, and give these fewer entries",
        )


@lru_cache(maxsize=1 << 12)
def points_of(value: Basic) -> int:
    """Over how many points the sums inside one another go."""
    inner = max((points_of(a) for a in value.args), default=1)
    if isinstance(value, nodes.Reduction):
        for _, extent in value.ranges:
            inner *= int(extent) if extent.is_Integer else _SMALL
    return inner


@lru_cache(maxsize=1 << 12)
def size_of(value: Expr) -> float:
    """About how many digits the largest number in an expression has, its factors together."""
    if getattr(value, "is_Rational", False):
        return (
            0.302 * max(abs(value.p).bit_length(), value.q.bit_length())
            if (value not in (0, 1, -1))
            else 0.0
        )
    if isinstance(value, Mul):
        return sum(size_of(a) for a in value.args)
    if isinstance(value, Pow):
        exponent = value.exp
        return size_of(value.base) * (abs(float(exponent)) if exponent.is_Rational else 1.0)
    return max((size_of(a) for a in getattr(value, "args", ())), default=0.0)


@lru_cache(maxsize=1 << 12)
def power_of(value: Expr) -> float:
    """The highest power to which a quantity stands in an expression."""
    if getattr(value, "is_Rational", False):
        return 0.0
    if isinstance(value, Pow):
        exponent = value.exp
        return power_of(value.base) * (abs(float(exponent)) if exponent.is_Rational else 1.0)
    if isinstance(value, (Mul, Add)):
        return max(power_of(a) for a in value.args)
    return 1.0


def _short(number: object) -> str:
    text = str(number)
    return text if len(text) < 20 else text[:17] + "…"
