"""Positions that are cut off or folded: x[clip(i + k − 1, 0, N − 1)], r[min(|i − j|, 4)].

The least and the greatest one say whether all of them are inside, and how long an axis is on which
such positions alone stand: r has 5 entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import Add, Expr, Integer

from deltarule.expressions import functions as f
from deltarule.expressions.affine import affine, never_negative
from deltarule.expressions.nodes import walk
from deltarule.expressions.symbols import Index

#: The least and the greatest one.
Ends = tuple[Expr | None, Expr | None]
_PIECEWISE = (f.absolute, f.larger, f.smaller)


def is_cut_off(at: Expr) -> bool:
    """Whether a position is one of several."""
    return at.has(*_PIECEWISE)


def cut_off(at: Expr) -> Iterator[Expr]:
    """What is cut off or folded in a position, and where: i + k − 1, 0 and N − 1."""
    for node in walk(at):
        if isinstance(node, _PIECEWISE):
            yield from (a for a in node.args if isinstance(a, Expr))


def ends(at: Expr, sizes: Mapping[Index, Expr]) -> Ends:
    """The least and the greatest position, each None where it is not known; `sizes` say how far
    the indices run."""
    plain: list[Expr] = []
    found: Ends = (Integer(0), Integer(0))
    for term in Add.make_args(at.expand()):
        factor, chosen = term.as_coeff_Mul()
        if not isinstance(chosen, _PIECEWISE):
            plain.append(term)
            continue
        one, other = (None if e is None else factor * e for e in _of_choice(chosen, sizes))
        found = _sum(found, (one, other) if factor > 0 else (other, one))
    return _sum(found, _of_sum(Add(*plain), sizes))


def _sum(one: Ends, other: Ends) -> Ends:
    low, high = (
        None if a is None or b is None else (a + b).expand()
        for a, b in zip(one, other, strict=True)
    )
    return low, high


def _of_sum(at: Expr, sizes: Mapping[Index, Expr]) -> Ends:
    split = affine(at, tuple(sizes))
    if split is None or split[1].atoms(Index):
        return None, None
    low = high = split[1]
    for index, c in split[0].items():
        far = c * (sizes[index] - 1)
        low, high = (low, high + far) if c.is_positive else (low + far, high)
    return low, high


def _of_choice(node: Expr, sizes: Mapping[Index, Expr]) -> Ends:
    """Of two the least is not above either, and the greatest not below."""
    parts = [ends(a, sizes) for a in node.args if isinstance(a, Expr)]
    lows, highs = ([p[k] for p in parts] for k in (0, 1))
    if isinstance(node, f.absolute):
        low, high = parts[0]
        if low is not None and never_negative(low):
            return low, high
        further = None if low is None or high is None else _greatest([-low, high])
        return Integer(0), further
    if isinstance(node, f.smaller):
        return _least(lows), next(
            (h for h in highs if h is not None and h.is_number), _least(highs)
        )
    return next((e for e in lows if e is not None and e.is_number), _greatest(lows)), _greatest(
        highs
    )


def _greatest(values: list[Expr | None]) -> Expr | None:
    known = [v for v in values if v is not None]
    if len(known) < len(values):
        return None
    return next((v for v in known if all(never_negative((v - o).expand()) for o in known)), None)


def _least(values: list[Expr | None]) -> Expr | None:
    known = [v for v in values if v is not None]
    if len(known) < len(values):
        return None
    return next((v for v in known if all(never_negative((o - v).expand()) for o in known)), None)
