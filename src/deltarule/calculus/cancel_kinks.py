"""Kinks that cancel, taken out of a gradient step by step; rules/removable_kinks.py finds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import Expr

from deltarule.calculus.kinks import Surfaces, kinked
from deltarule.calculus.record import Record
from deltarule.calculus.rules.removable_kinks import without_a_kink
from deltarule.calculus.rules.write_upstream import written_out
from deltarule.calculus.steps import Gradient
from deltarule.expressions.nodes import size_of

#: Upstream gradients are written out up to formulas of so many nodes.
_LONG = 160


def remove_kinks(record: Record, gradients: Mapping[str, Gradient]) -> tuple[str, ...]:
    """Take out of the record's formula the kinks that cancel, each as a step.

    Gives notes on those of which it could not be decided, or which cancel at some values alone.
    """
    notes: dict[str, None] = {}
    if not any(map(kinked, (record.now, *(g.expr for g in gradients.values())))):
        return ()
    surfaces = Surfaces(record.network)
    for _ in range(8):
        change = None
        for formula in _written(record.now, gradients):
            change = without_a_kink(formula, surfaces, notes)
            if change is not None:
                break
        if change is None:
            break
        found, after = change
        record.move_beside_kinks(found.rule, after, found.detail)
        record.simplify()
    return tuple(notes)


def _written(formula: Expr, gradients: Mapping[str, Gradient]) -> Iterator[Expr]:
    """The formula as it is, and with the upstream gradients that it reads written out."""
    yield formula
    known = {name: g.equation() for name, g in gradients.items()}
    for _ in range(6):
        after = written_out(formula, known)[0]
        if after == formula or size_of(after) > _LONG:
            return
        formula = after
        yield formula
