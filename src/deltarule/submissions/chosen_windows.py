"""Pooling gone back through with another window: its largest entry is looked for there, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from deltarule.expressions.nodes import Max, Selection
from deltarule.marking.mistakes import Context, Mistake, contexts
from deltarule.marking.mistakes.changed import Change, consumers, through
from deltarule.marking.mistakes.windows import ROWS
from deltarule.networks.equations import Equation
from deltarule.submissions.uneven_windows import UNEVEN_ROWS
from deltarule.tracing.computation import Computation


def chosen_windows(computation: Computation) -> Iterator[Mistake]:
    """The wrong windows of each maximum: which entry they choose, and where its gradient goes."""
    for context in contexts(computation):
        used = consumers(context)
        for position, equation in enumerate(used):
            for change, chosen in _changes(context, equation):
                other = replace(equation, rhs=change.rhs)
                formula = through(context, [*used[:position], other, *used[position + 1 :]])
                if formula is not None:
                    line = replace(context.equation, rhs=formula)
                    yield Mistake(
                        *(change.kind, change.cost, context.line.quantity, line, change.words),
                        also=((chosen.name, chosen),),
                    )


def _changes(context: Context, equation: Equation) -> Iterator[tuple[Change, Equation]]:
    """Other windows of a maximum, each with the equation of what it chooses."""
    selected = next(
        (
            e
            for e in context.network.equations
            if isinstance(e.rhs, Selection) and e.rhs.args[1] == equation.lhs
        ),
        None,
    )
    if selected is None or not isinstance(equation.rhs, Max):
        return
    forward = next(l for l in context.lines.values() if l.quantity == equation.name)
    by_line = replace(context, line=forward)
    for row in (*ROWS, *UNEVEN_ROWS):
        for wrong in row(by_line):
            if isinstance(wrong.formula, Max):
                ranges = (*equation.ranges, *wrong.formula.ranges)
                rhs = Selection(wrong.formula, equation.lhs)
                chosen = replace(selected, rhs=rhs, ranges=ranges)
                yield Change(wrong.kind, wrong.cost, wrong.formula, wrong.words), chosen
