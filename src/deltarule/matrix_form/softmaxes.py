"""exp(z) / Σ_k exp(z) as softmax(z), among the factors of a product entry by entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from sympy import Expr

from deltarule.expressions.functions import exp
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.matrix_form import tree as ph
from deltarule.matrix_form.tree import Phrase


@dataclass(frozen=True)
class Softmax(Phrase):
    """The softmax of an array along one of its axes."""

    of: Phrase
    over: Index


def with_softmaxes(
    top: Sequence[Phrase], bottom: Sequence[Phrase]
) -> tuple[Sequence[Phrase], Sequence[Phrase]]:
    """What stands above and below a fraction bar, with each softmax in it as one factor above."""
    for one in top:
        for total in bottom:
            over = _axis(one, total)
            if over is not None and isinstance(one, ph.Apply):
                share = Softmax(one.labels, one.arguments[0], over)
                above = [share if p is one else p for p in top]
                return with_softmaxes(above, [p for p in bottom if p is not total])
    return top, bottom


def _axis(one: Phrase, total: Phrase) -> Index | None:
    """The label of an exponential that a total adds it up over; None for other phrases."""
    if not isinstance(one, ph.Apply) or one.function is not exp:
        return None
    if not isinstance(total, ph.SumOver) or len(total.over) != 1:
        return None
    mine, theirs = one.labels, total.of.labels
    if len(mine) != len(theirs) or total.over[0] not in theirs:
        return None
    label = mine[theirs.index(total.over[0])]
    same = label == total.over[0] or label not in theirs
    return label if same and _relabelled(total.of, {total.over[0]: label}) == one else None


def _relabelled(part: Any, table: Mapping[Index, Index]) -> Any:
    """A phrase with other labels."""
    if isinstance(part, Index):
        return table.get(part, part)
    if isinstance(part, Expr):
        return substitute(part, table)
    if isinstance(part, tuple):
        return tuple(_relabelled(p, table) for p in part)
    if is_dataclass(part) and not isinstance(part, type):
        changed = {f.name: _relabelled(getattr(part, f.name), table) for f in fields(part)}
        return replace(part, **changed)
    return part
