"""Where a wrong formula is right: for one example, one time, a stride of 1, a square matrix, for
one-hot targets, positive inputs, a symmetric matrix.

What no cause explains is tried at such sizes and with such data; a formula that is right there
alone forgets what other ones need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, islice

import numpy as np
from sympy import Expr

from deltarule.arithmetic.small_sizes import free_sizes
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import free_symbols, reads, tensor_name
from deltarule.expressions.symbols import Attribute
from deltarule.marking.formula_answers.comparison import Comparison
from deltarule.marking.formula_answers.grounds import data_in_words
from deltarule.marking.sheet_files.sheet_format import PROPERTIES
from deltarule.spelling.counted import joined
from deltarule.spelling.names import pretty

#: So many special sizes are tried, of so many readings.
MOST_TRIED, MOST_READINGS = 40, 2

ONE_HOT, SUMS_TO_ONE, SYMMETRIC, POSITIVE = PROPERTIES

#: A condition in words, and sizes at which it holds.
Special = tuple[str, dict[str, int]]


#: Compares a reading with the right formula at given sizes, with data of given properties.
At = Callable[[Expr, Mapping[str, int], Mapping[str, str]], Comparison]


def where_right(readings: Sequence[Comparison], at: At) -> str:
    """ "right only where N = 1; " of a wrong formula that is, else nothing."""
    for compared in readings[:MOST_READINGS]:
        for words, sizes in islice(_specials(compared), MOST_TRIED):
            if _right_there(compared, at, sizes, {}):
                return f"right only where {words}; "
        for name, what in islice(_of_data(compared), MOST_TRIED):
            if _right_there(compared, at, {}, {name: what}):
                return f"right only where {data_in_words({name: what})}; "
    return ""


def _right_there(
    compared: Comparison, at: At, sizes: Mapping[str, int], properties: Mapping[str, str]
) -> bool:
    try:
        there = at(compared.written, sizes, properties)
        value = np.asarray(there.value(there.full, there.probe), float)
        return not np.allclose(value, 0) and there.right()
    except DeltaruleError:
        return False  # no network has these sizes, or the formula has no value there


def _of_data(compared: Comparison) -> Iterator[tuple[str, str]]:
    """The data that the formulas read, each with a property that it might have."""
    named = {tensor_name(r) for f in (compared.written, compared.full) for r in reads(f)}
    for name, tensor in compared.derivation.network.tensors.items():
        if name not in named or not tensor.given or tensor.integral:
            continue
        axes = tensor.axes
        if tensor.role == "target" and axes and not tensor.one_hot:
            yield from ((name, SUMS_TO_ONE), (name, ONE_HOT))
        if len(axes) > 1 and axes[-1] == axes[-2] and not tensor.symmetric:
            yield name, SYMMETRIC
        if tensor.role in ("input", "parameter") and not tensor.definite:
            yield name, POSITIVE


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
