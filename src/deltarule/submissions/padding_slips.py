"""What comes of it where an image is surrounded by something else, or at one side only.

The derivation is evaluated for the padded image, and without a padding of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from sympy import Symbol

from deltarule.expressions.nodes import free_symbols
from deltarule.marking.workings.no_value import NO_VALUE
from deltarule.networks.tensors import Tensor
from deltarule.submissions.course_conventions import Task, Value
from deltarule.submissions.explanations import Seen
from deltarule.submissions.right_values import RightValues
from deltarule.submissions.slip import Slip

#: How an array is padded, along each axis so far at either side.
_Padded = Callable[[np.ndarray, list[int]], np.ndarray]


def _mode(mode: str) -> _Padded:
    return lambda a, far: np.pad(a, [(n, n) for n in far], mode=mode)  # type: ignore[call-overload]


def _with(number: float) -> _Padded:
    return lambda a, far: np.pad(a, [(n, n) for n in far], constant_values=number)


def _one_sided(before: int, along: tuple[int, ...]) -> _Padded:
    """All before the first entry (2) or behind the last (0), along rows and columns or one."""

    def padded(array: np.ndarray, far: list[int]) -> np.ndarray:
        wide = [k for k, n in enumerate(far) if n]
        turned = {k for place, k in enumerate(wide) if place in along}
        shares = [before if k in turned else 1 for k in range(array.ndim)]
        return np.pad(array, [(b * n, (2 - b) * n) for b, n in zip(shares, far, strict=True)])

    return padded


_MODES: tuple[tuple[str, float, _Padded], ...] = (
    ("by its nearest entry at the edge (mode 'edge')", 4.5, _mode("edge")),
    ("by its mirror image (mode 'symmetric')", 4.6, _mode("symmetric")),
    ("by its mirror image without the edge (mode 'reflect')", 4.6, _mode("reflect")),
    ("by its other end, going round (mode 'wrap')", 4.6, _mode("wrap")),
    ("by ones", 4.6, _with(1.0)),
    ("by zeros", 4.5, _with(0.0)),
    ("before its first entry alone", 4.6, _one_sided(2, (0, 1))),
    ("behind its last entry alone", 4.6, _one_sided(0, (0, 1))),
    ("before its first row alone", 4.7, _one_sided(2, (0,))),
    ("behind its last row alone", 4.7, _one_sided(0, (0,))),
    ("before its first column alone", 4.7, _one_sided(2, (1,))),
    ("behind its last column alone", 4.7, _one_sided(0, (1,))),
)


def padding_slips(task: Task, name: str, first: Seen) -> Iterator[Slip]:
    """The other paddings of an input that may give a value of a task."""
    value, right = task.values[name], first.right
    pads = [n for n, word in first.setting.attributes.items() if word == "pad"]
    for given in task.values.values() if len(pads) == 1 else ():
        tensor = None if given.gradient else right.network.tensor(given.parts[0].tensor)
        if tensor is None or tensor.outside is None or not tensor.given:
            continue
        rightly = "zeros" if tensor.outside == 0 else f"{tensor.outside}"
        for words, cost, padded in _MODES:
            if words.removeprefix("by ") == rightly:
                continue
            said = f"{given.name} is padded {words}, where {rightly} belong around it"
            make = partial(_made, value, tensor, pads[0], padded)
            yield Slip("padded otherwise", cost, said, make, other=said)


def _made(
    value: Value, tensor: Tensor, pad: str, padded: _Padded, right: RightValues
) -> np.ndarray | None:
    computation, far = right.computation, right.setting.sizes[pad]
    wide = _axes_with(right, tensor, pad)
    own = [far if str(a) in wide else 0 for a in tensor.axes]
    try:
        array = padded(np.asarray(computation.givens[tensor.name], dtype=float), own)
    except ValueError:
        return None
    sizes = {s: _size(str(s), n, wide, far, pad) for s, n in computation.sizes.items()}
    other = replace(computation, givens={**computation.givens, tensor.name: array}, sizes=sizes)
    named = {n: _size(n, k, wide, far, pad) for n, k in right.setting.sizes.items()}
    setting = replace(right.setting, sizes=named)
    try:
        return RightValues(right.derivation, setting, other).value(value)
    except NO_VALUE:
        return None


def _axes_with(right: RightValues, tensor: Tensor, pad: str) -> set[str]:
    """The axes of a tensor that a padding makes longer."""
    found: set[Symbol] = set()
    for definition in right.network.definitions.values():
        symbols = free_symbols(definition)
        if any(str(s) == pad for s in symbols):
            found |= symbols
    return {str(a) for a in tensor.axes} & {str(s) for s in found}


def _size(name: str, number: int, wide: set[str], far: int, pad: str) -> int:
    return 0 if name == pad else number + 2 * far if name in wide else number
