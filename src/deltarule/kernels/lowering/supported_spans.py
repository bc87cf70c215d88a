"""Loops that run no further than where their body differs from 0, if real numbers tell that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sympy import Expr

from deltarule.expressions.bounds import Span
from deltarule.expressions.support import FirstFrom, Interval, LastTo, Rounded, support
from deltarule.expressions.symbols import Index

Ranges = Iterable[tuple[Index, Expr]]
Supports = Mapping[Index, Interval]


def supports(body: Expr, ranges: Ranges) -> dict[Index, Interval]:
    """Of the indices along which a body vanishes, where it does not."""
    found = {i: support(body, i) for i, _ in ranges}
    return {i: interval for i, interval in found.items() if interval}


def ordered(ranges: Ranges, found: Supports) -> list[tuple[Index, Expr]]:
    """The ranges, each behind those that its ends depend on, else as they are."""
    waiting, result = list(ranges), []
    while waiting:
        late = {i for i, _ in waiting}
        free = (r for r in waiting if r[0] not in found or not found[r[0]].indices & late)
        result.append(next(free, waiting[0]))
        waiting.remove(result[-1])
    return result


def narrowed(spans: Iterable[Span], found: Supports, known: Iterable[Index]) -> list[Span]:
    """The spans, which are run one inside the other, with the ends that are known by then."""
    known, result = set(known), []
    for span in spans:
        own = found.get(span.index, Interval()).within(known)
        lower, upper = (*span.lower, *own.lower), (*span.upper, *own.upper)
        result.append(replace(span, lower=lower, upper=upper))
        known.add(span.index)
    return result


def real_ends(span: Span) -> set[str]:
    """The parts of the prelude that ends need which real numbers set; none where none does."""
    kinds = {type(e) for e in (*span.lower, *span.upper) if isinstance(e, Rounded)}
    return {"closed_ends" if k in (FirstFrom, LastTo) else "open_ends" for k in kinds}
