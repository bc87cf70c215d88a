"""Two mistakes in one line: those that come near where what each changes is put together.

Most slips change a factor or a term of their own, so that two together change a value by the
product of their changes, or by the sum; and one that turns the result turns whatever it is. These
alone are written out, the second in the formula that the first leaves, and looked at closely.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np

from deltarule.marking.mistakes import Context, Mistake, mistakes_in

#: So many pairs are written out, those that suppose least.
MOST_WRITTEN_OUT = 12

#: Which rows of values come near to what is printed.
Near = Callable[[np.ndarray], np.ndarray]

#: The wrong versions of a line that is wrong already.
Again = Callable[[Mistake], list[Mistake]]


def pairs_in_line(
    mistakes: list[Mistake], values: np.ndarray, right: np.ndarray, near: Near, again: Again
) -> Iterator[tuple[Mistake, Mistake]]:
    """The pairs of mistakes, simplest first, whose changes put together come `near`, each written
    out as it is made on top of the other.

    `values` has a row for each mistake, `right` is the right value.
    """
    found = {
        (min(k, other), max(k, other))
        for k, together in _put_together(values, right)
        for other in np.flatnonzero(near(together)).tolist()
        if other != k
    }
    cost = {pair: mistakes[pair[0]].cost + mistakes[pair[1]].cost for pair in found}
    for k, other in sorted(found, key=lambda pair: (cost[pair], pair))[:MOST_WRITTEN_OUT]:
        for first, second in ((mistakes[k], mistakes[other]), (mistakes[other], mistakes[k])):
            written_out = next((m for m in again(first) if m.words == second.words), None)
            if written_out is not None:
                yield first, written_out
                break


def _put_together(values: np.ndarray, right: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """For each mistake the rows that all others would have on top of it: by what it multiplies,
    by what it adds, and turned where it turns the right value."""
    with np.errstate(all="ignore"):
        for k, row in enumerate(values):
            yield k, np.nan_to_num(values * (row / right))  # 0 where the right value is 0
            yield k, values + (row - right)
    for one, two in combinations(range(right.ndim), 2):
        if right.shape[one] == right.shape[two]:
            turned, all_turned = right.swapaxes(one, two), values.swapaxes(one + 1, two + 1)
            alike = np.isclose(values, turned, rtol=1e-9, atol=0).reshape(len(values), -1)
            yield from ((k, all_turned) for k in np.flatnonzero(alike.all(axis=1)).tolist())


def made_again(contexts: Iterable[Context], mistake: Mistake) -> list[Mistake]:
    """The wrong versions of a line, one of `contexts`, in which a mistake is made already."""
    wrong = mistake.equation
    return [
        m
        for context in contexts
        if context.equation.subscripts == wrong.subscripts
        for m in mistakes_in(context.by(replace(context.equation, rhs=wrong.rhs)))
    ]
