"""Conventions: what a gradient is at a kink or a tie, where the sheet does not say.

Any subgradient counts. The usual ones are lines evaluated otherwise: the last of several largest
passes the gradient or all share it, the slope at a kink is that of the other side or the mean.
Any other one is recognised as a mixture of the gradients nearby.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

import numpy as np
from sympy import Expr, Integer, Rational

from deltarule.expressions.functions import sign
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import Choose, MaxAll, MaxSplit, Positive, Selection, read
from deltarule.marking.mistakes import Mistake
from deltarule.marking.mistakes.positions import sites
from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.no_value import NO_VALUE
from deltarule.networks.equations import Equation
from deltarule.spelling.text import text
from deltarule.tracing.computation import Computation

KIND = "convention"
#: The options by which a sheet fixes what happens at ties and at kinks.
TIES, KINKS = "ties", "at_zero"


def conventions(
    computation: Computation,
    evaluator: Evaluator,
    options: Mapping[str, object],
    extra_values: dict[str, np.ndarray],
) -> list[tuple[Mistake, ...]]:
    """Sets of lines as other conventions have them, each the same at all ties and at all kinks.

    Only lines whose numbers change are kept. `extra_values` takes the values that some lines read.
    """
    ties = [()] if TIES in options else [(), *_of_ties(computation, evaluator, extra_values)]
    kinks = [()] if KINKS in options else [(), *_of_kinks(computation, evaluator)]
    return [(*one, *two) for one, two in product(ties, kinks) if one or two]


def _of_ties(
    computation: Computation, evaluator: Evaluator, extra_values: dict[str, np.ndarray]
) -> Iterator[tuple[Mistake, ...]]:
    """The gradient in equal parts to several largest, and to the last of them."""
    shared, last = [], []
    for line in computation.lines:
        equation, rhs = line.equation, line.equation.rhs
        if not isinstance(rhs, Selection) or rhs.maximum.ties != "first":
            continue
        parts, name = rhs.maximum.args, f"{line.quantity} last"
        split = replace(equation, rhs=Selection(MaxSplit(*parts), rhs.args[1]))
        if not _changes(evaluator, line.quantity, split):
            continue
        every = replace(equation, rhs=Selection(MaxAll(*parts), rhs.args[1]))
        tied = evaluator.value(line.quantity, Hypothesis(variants={line.quantity: every}))
        extra_values[name] = _last_alone(tied, len(rhs.maximum.ranges))
        put = replace(equation, rhs=read(name, *equation.indices))
        words = "several largest share the gradient in equal parts"
        shared.append(Mistake(KIND, 0.6, line.quantity, split, words))
        words = "of several largest, the last passes the gradient"
        last.append(Mistake(KIND, 0.6, line.quantity, put, words))
    yield from (tuple(found) for found in (shared, last) if found)


def _last_alone(tied: np.ndarray, axes: int) -> np.ndarray:
    """Of the ones along the last axes, the last alone."""
    shape = tied.shape
    rows = tied.reshape((*shape[: len(shape) - axes], -1)).copy()
    for row in rows.reshape(-1, rows.shape[-1]):
        ones = [k for k, v in enumerate(row) if v]
        row[ones[:-1]] = 0 * row[ones[:-1]]
    return rows.reshape(shape)


def _of_kinks(computation: Computation, evaluator: Evaluator) -> Iterator[tuple[Mistake, ...]]:
    """At each kink, the slope of the other side, of either side of a sign, or the mean."""
    for share in (Integer(1), Rational(1, 2), Integer(0)):
        found = []
        for line in computation.lines:
            if not is_gradient(line.quantity):
                continue
            for rhs, words in _otherwise(line.equation.rhs, share):
                equation: Equation = replace(line.equation, rhs=rhs)
                if _changes(evaluator, line.quantity, equation):
                    found.append(Mistake(KIND, 0.6, line.quantity, equation, words))
        if found:
            yield tuple(found)


def _otherwise(rhs: Expr, share: Expr) -> Iterator[tuple[Expr, str]]:
    """A formula with another value at its kinks: so much of the one side, the rest of the other."""
    for site in sites(rhs):
        node = site.node
        if isinstance(node, sign):
            inside = node.args[0]
            at_zero = 2 * share - 1
            yield (
                site.replaced(_at_zero(inside, Integer(1), Integer(-1), at_zero)),
                (f"where {text(inside)} is 0, its sign is taken as {text(at_zero)}"),
            )
        elif isinstance(node, Choose) and isinstance(node.args[0], Positive):
            condition, above, below = node.args
            inside = condition.args[0]
            if isinstance(below, Choose) and below.args[0] == Positive(-inside):
                below = below.args[1]
            at_zero = share * above + (1 - share) * below
            yield (
                site.replaced(_at_zero(inside, above, below, at_zero)),
                (f"where {text(inside)} is 0, the slope is taken as {text(at_zero)}"),
            )


def _at_zero(inside: Expr, above: Expr, below: Expr, at_zero: Expr) -> Expr:
    return Choose(Positive(inside), above, Choose(Positive(-inside), below, at_zero))


def _changes(evaluator: Evaluator, line: str, equation: Equation) -> bool:
    """Whether a line has other numbers with another equation."""
    try:
        value = evaluator.value(line, Hypothesis(variants={line: equation}))
    except NO_VALUE:
        return False
    return bool(np.any(value != evaluator.right(line)))
