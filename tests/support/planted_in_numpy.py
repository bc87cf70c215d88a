"""The list of students' mistakes, planted in NumPy in any derivation.

A mistake is one matrix of the chain rule worked out otherwise (`jacobians.py`), or a value changed
as a whole. A row has a function that plants it wherever it applies, the kinds that stand for it,
and the numbers that show it. The numbers of the rows are those of the list. What needs code (41,
42) is planted in functions of one's own, in tests/gradcheck; what is about digits (44) or goes
through a whole working (43), in `test_simulated_class.py` and `test_carried_values.py`.

`python tests/support/planted_survey.py` marks all that is planted, over the whole catalogue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from typing import NamedTuple

import numpy as np
import planted_dense
import planted_in_time
import planted_layers
import planted_statistics
from jacobians import Jacobians
from mistakes_table import TELLING
from once import derived
from planting import SQUARE, TIED, USUAL, Planted, Row

from deltarule.errors import DeltaruleError
from deltarule.expressions.gradient_names import is_gradient
from deltarule.networks.tensors import Tensor
from deltarule.tracing.computation import Computation
from deltarule.tracing.random_givens import drawn
from deltarule.tracing.trace import computation_of

#: How long the axes are where all are alike, and so many values of a row in a line at most.
ALIKE, MOST_IN_LINE = 3, 4

#: Nobody writes down what is so many times as large as what is right.
MOST_TIMES = 1e6

#: Of two entries every statistic makes +1 and −1; of more it shows what is wrong with it.
LONG = {"N": 3, "D": 4}

#: Parameters are halved so often at most, until no share of a softmax is less than this.
MOST_HALVED, LEAST_SHARE = 6, 1e-4

#: Windows that overlap.
WINDOWS = {"K": 3, "L": 3}

ROWS: tuple[Row, ...] = (
    *planted_dense.ROWS,
    *planted_layers.ROWS,
    *planted_statistics.ROWS,
    *planted_in_time.ROWS,
)


def computation(name: str, setting: str = USUAL) -> Computation:
    """A derivation at small numbers: without ties, unless they are asked for."""
    derivation = derived(name)
    known = {s.name: n for s, n in derivation.network.attributes.items()}
    telling = {n: v for n, v in {**TELLING, **WINDOWS}.items() if n in known}
    if {"mu", "v"} <= derivation.network.tensors.keys():
        axes = {str(n) for t in derivation.network.tensors.values() for n in t.axes}
        telling |= {n: length for n, length in LONG.items() if n in axes}
    try:
        givens, sizes = drawn(derivation, 1, telling)
    except DeltaruleError:
        givens, sizes = drawn(derivation, 1)
    if setting == SQUARE:
        alike = {n: ALIKE for n in sizes if n not in known}
        givens, sizes = drawn(derivation, 1, {**alike, **{n: sizes[n] for n in known}})
    random = np.random.default_rng(5)
    for tensor in derivation.network.tensors.values():
        if tensor.role in ("input", "parameter", "target") and not (
            tensor.integral or tensor.within or tensor.definite or tensor.sums_to_one is not None
        ):
            shape = np.shape(givens[tensor.name])
            near = random.integers(1, 400, shape)
            shifted = np.asarray(givens[tensor.name]) + near * Fraction(1, 10000)
            if setting == TIED and tensor.role == "input":
                shifted = np.vectorize(Fraction, otypes=[object])(random.integers(1, 3, shape))
            givens = {**givens, tensor.name: shifted}
    for name in (n for n in givens if is_gradient(n)):  # sums of them have enough digits, too
        near = random.integers(1, 400, np.shape(givens[name]))
        givens = {**givens, name: np.asarray(givens[name]) + near * Fraction(1, 10000)}
    here = computation_of(derivation, givens, sizes=sizes, rate=1)
    for _ in range(MOST_HALVED):
        if not _saturated(here):
            break
        halved = {
            n: np.asarray(g) / 2 if _plain(derivation.network.tensors.get(n)) else g
            for n, g in givens.items()
        }
        givens = halved
        here = computation_of(derivation, givens, sizes=sizes, rate=1)
    return here


def _plain(tensor: Tensor | None) -> bool:
    """Whether a given is a parameter that may have any numbers."""
    return (
        tensor is not None
        and tensor.role == "parameter"
        and not (tensor.integral or tensor.within or tensor.definite)
    )


def _saturated(here: Computation) -> bool:
    """Whether shares that sum to 1 hold one that is next to nothing: its logarithm and what is
    divided by it say nothing of mistakes."""
    for equation in here.network.equations:
        p = np.asarray(here.floats.arrays[equation.name])
        shares = p.dtype.kind == "f" and p.ndim > 0 and p.shape[-1] > 1 and np.all(p >= 0)
        if shares and np.allclose(p.sum(-1), 1) and p.min() < LEAST_SHARE:
            return True
    return False


class Case(NamedTuple):
    """A wrong value of a line, among the numbers of a computation of a derivation."""

    derivation: str
    row: Row
    line: str
    value: np.ndarray
    computation: Computation


def planted(name: str, rows: Sequence[Row], most: int | None = None) -> Iterator[Case]:
    """The mistakes of some rows in a derivation, wherever they change a value: so many at most."""
    for setting in dict.fromkeys(row.setting for row in rows):
        try:
            here = computation(name, setting)
        except DeltaruleError:
            if setting != SQUARE:
                raise
            continue  # not all sizes can be alike
        j, right = Jacobians(here), _right(here)
        if setting != TIED:  # differences say nothing at ties
            for n, g in j.gradients().items():
                if not np.allclose(g, right.get(j.line(n), g), rtol=1e-6, atol=1e-8):
                    del right[j.line(n)]
        for row in (r for r in rows if r.setting == setting):
            cases = (Case(name, row, line, value, here) for line, value in _of_row(j, row, right))
            yield from islice(cases, most)


def _right(here: Computation) -> dict[str, np.ndarray]:
    return {
        line.quantity: np.asarray(here.floats.arrays[line.quantity], float)
        for line in here.lines
        if line.phase != "update"
    }


def _of_row(j: Jacobians, row: Row, right: Mapping[str, np.ndarray]) -> Planted:
    seen: Counter[str] = Counter()
    for line, value in row.plant(j):
        if line not in right or seen[line] >= MOST_IN_LINE or not np.isfinite(value).all():
            continue
        gap, size = np.abs(value - right[line]).max(), np.abs(right[line]).max()
        if np.abs(value).max() > MOST_TIMES * size:
            continue
        if np.abs(value).max() > 1e-9 * size and gap > 1e-4 * size * (0.01 if row.small else 1):
            seen[line] += 1
            yield line, value
