"""What is said of entries that move: slices, other shapes, other orders, sums over blocks."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Integer

from deltarule.expressions.bounds import Span, tight
from deltarule.expressions.nodes import free_indices
from deltarule.expressions.symbols import Index
from deltarule.matrix_form import tree as ph
from deltarule.matrix_form.axes import Axes
from deltarule.matrix_form.moved_entries import Placed, Weighted
from deltarule.spelling.counted import joined
from deltarule.spelling.text import Writer


def slice_of(p: Placed, extents: Mapping[Index, Expr], writer: Writer) -> str | None:
    """`∂L/∂y[:, A:A + B]` for a part of a tensor; None for what is none."""
    shown = []
    for place, size in zip(p.places, p.shape, strict=True):
        inside = [i for i in free_indices(place) if isinstance(i, Index)]
        if len(inside) != 1 or (start := (place - inside[0]).expand()).has(Index):
            return None
        count = extents[inside[0]]
        end = (start + count).expand()
        first = "" if start == 0 else writer(start)
        last = "" if end == size else writer(end)
        shown.append(f"{first}:{last}")
    while shown and shown[-1] == ":":
        shown.pop()
    return writer.access(writer.name(p.name), shown)


def has_another_shape(p: Placed, extents: Mapping[Index, Expr]) -> bool:
    """Whether it is all of a tensor, row by row, with some axes as one or one as several."""
    order: list[Index] = []
    for place in p.places:
        own = sorted(free_indices(place), key=lambda i: p.labels.index(i))
        rest, step = place.expand(), Integer(1)
        for index in reversed(own):
            rest = (rest - step * index).expand()
            step = step * extents[index]
        if rest != 0:
            return False
        order += own
    return len(order) == len(set(order)) and tuple(order) == p.labels


def block_of(p: ph.SumOver, extents: Mapping[Index, Expr], writer: Writer) -> str | None:
    """`U × U` for places U·p + i with i below U: blocks that lie side by side."""
    if not isinstance(p.of, Placed):
        return None
    found = []
    for place in p.of.places:
        own = [i for i in free_indices(place) if i in p.over]
        others = [i for i in free_indices(place) if i not in p.over]
        if not own:
            continue
        if len(own) != 1 or len(others) != 1:
            return None
        if (place - own[0] - extents[own[0]] * others[0]).expand() != 0:
            return None
        found.append(writer(extents[own[0]]))
    return " × ".join(found) or None


def weighted_text(p: Weighted, signal: str, axes: Axes, writer: Writer) -> str:
    """`every ∂L/∂y shared out with the weights …`, `sum of ∂L/∂y over t from s to T − 1`."""
    spans, rest = tight(p.over, p.conditions)
    beside = tuple(axes.bare(i) for i in _shown(p))  # its primes stand in the formulas, too
    whole = [s.index for s in spans if s.whole]
    over = axes.named(whole, beside) if whole else ""
    parts = [*([over] if over else []), *(_from_to(s, writer) for s in spans if not s.whole)]
    over = joined(parts) if parts else ""
    weights = "" if p.weights == 1 else writer(p.weights)
    where = f", where {joined([writer(c) for c in rest])}" if rest else ""
    if p.spreads and over and weights and not p.conditions:
        return f"every {signal} shared out with the weights {weights}, summed over {over}"
    if not signal:
        return (weights or writer(p.weights)) + where
    if not over:
        return signal + (f" times {weights}" if weights else "") + where
    return (
        f"sum of {signal} over {over}"
        + (f", with the weights {weights}" if weights else "")
        + where
    )


def _shown(p: Weighted) -> set[Index]:
    """The indices that stand in its weights, conditions and places."""
    found = {*free_indices(p.weights)}.union(*(free_indices(c) for c in p.conditions))
    signal = p.signal
    places = (s for s in signal.places if s not in signal.whole) if signal is not None else ()
    return found.union(*(free_indices(place) for place in places))


def _from_to(span: Span, writer: Writer) -> str:
    """`t from s to T − 1`."""
    ends = [
        writer(ends[0]) if len(ends) == 1 else writer.function(name, [writer(e) for e in ends])
        for name, ends in (("max", span.lower), ("min", span.upper))
    ]
    return f"{writer(span.index)} from {ends[0]} to {ends[1]}"
