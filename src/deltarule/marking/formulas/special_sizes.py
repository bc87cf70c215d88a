"""Where a wrong formula is right: for one example, one time, a stride of 1, a square matrix.

What no cause explains is tried at such sizes; a formula that is right there alone forgets what
other sizes need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, islice

import numpy as np
from sympy import Expr

from deltarule.arithmetic.small_sizes import free_sizes
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import free_symbols
from deltarule.expressions.symbols import Attribute
from deltarule.marking.formulas.comparison import Comparison
from deltarule.spelling.counted import joined
from deltarule.spelling.names import pretty

#: So many special sizes are tried, of so many readings.
MOST_TRIED, MOST_READINGS = 40, 2

#: A condition in words, and sizes at which it holds.
Special = tuple[str, dict[str, int]]


def where_right(
    readings: Sequence[Comparison], at: Callable[[Expr, dict[str, int]], Comparison]
) -> str:
    """ "right only where N = 1; " of a wrong formula that is, else nothing.

    `at` compares a reading with the right formula at given sizes.
    """
    for compared in readings[:MOST_READINGS]:
        for words, sizes in islice(_specials(compared), MOST_TRIED):
            try:
                there = at(compared.written, sizes)
                value = np.asarray(there.value(there.full, there.probe), float)
                if not np.allclose(value, 0) and there.right():
                    return f"right only where {words}; "
            except DeltaruleError:
                continue  # no network has these sizes, or the formula has no value there
    return ""


def _specials(compared: Comparison) -> Iterator[Special]:
    """Strides and the like that change nothing, sizes of 1, and sizes that are equal among those
    that the formulas name."""
    free = free_sizes(compared.derivation.network)
    neutral = {s.name: 1 if s.is_positive else 0 for s in free if isinstance(s, Attribute)}
    ones = {s.name: 1 for s in free if s.name not in neutral}
    for name, number in {**neutral, **ones}.items():
        yield f"{pretty(name)} = {number}", {name: number}
    named = free_symbols(compared.written) | free_symbols(compared.full)
    for a, b in combinations([s.name for s in free if s in named], 2):
        yield f"{pretty(a)} = {pretty(b)}", {a: 3, b: 3}
    for count in (2, len(neutral)):
        for chosen in combinations(neutral.items(), count) if count > 1 else ():
            yield joined([f"{pretty(name)} = {number}" for name, number in chosen]), dict(chosen)
