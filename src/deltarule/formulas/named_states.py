"""Names that say where in a tensor they are: h_prev, h_{t−1}, dh_next, w_ij, dy.

h_prev, hprev, prev_h    the state at the time before, h[t − 1, …]
h_t, x_nd, s_{t-1}       some subscripts; axes that none is for are read as without brackets
dy, dout                 the gradients ∂L/∂y, and at the output
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sympy import Expr

from deltarule.expressions import nodes
from deltarule.expressions.nodes import Carried
from deltarule.expressions.symbols import Index
from deltarule.formulas.vocabulary import Vocabulary, time_shift

_SHIFTS = {"prev": -1, "previous": -1, "last": -1, "old": -1, "tm1": -1, "next": 1, "tp1": 1}
_BEHIND = re.compile(rf"(?P<name>.+?)_?(?P<word>{'|'.join(_SHIFTS)})")
_BEFORE = re.compile(rf"(?P<word>{'|'.join(_SHIFTS)})_?(?P<name>.+)")
_OF_D = re.compile(r"(?:d|∂|grad_)(?P<name>.+)")
_OVER = re.compile(r"(?P<top>[d∂]\w+\s*/\s*[d∂])(?P<name>.+)")
_LETTERS = re.compile(r"(?P<name>.+?)_(?P<letters>[a-z]+)")


@dataclass(frozen=True)
class Place:
    """A tensor, some of its subscripts, and how many times later or earlier it is read."""

    name: str
    at: tuple[Expr, ...] = ()
    shift: int = 0


def place_of(text: str, vocabulary: Vocabulary, is_index: Callable[[str], bool]) -> Place | None:
    """What a name means that is no tensor as it stands; None where it means nothing."""
    found = vocabulary.tensor(text)
    if found is not None:
        return Place(found)
    if text == "dout" and len(outputs := vocabulary.network.with_role("output")) == 1:
        return place_of(f"d{outputs[0].name}", vocabulary, is_index)
    derivative = _OVER.fullmatch(text)
    if derivative:
        return _gradient(derivative["top"], derivative["name"], vocabulary, is_index)
    for pattern in (_BEHIND, _BEFORE):
        shifted = pattern.fullmatch(text)
        if shifted and vocabulary.rate and _SHIFTS[shifted["word"]] < 0:
            return place_of(shifted["name"], vocabulary, is_index)  # before the update
        if shifted and time_extent(vocabulary) is not None:
            inner = place_of(shifted["name"], vocabulary, is_index)
            if inner is not None and not inner.at and not inner.shift:
                return Place(inner.name, (), _SHIFTS[shifted["word"]])
    differential = _OF_D.fullmatch(text)
    if differential:
        found_place = _gradient("dL/d", differential["name"], vocabulary, is_index)
        if found_place is not None:
            return found_place
    letters = _LETTERS.fullmatch(text)
    if letters and all(map(is_index, letters["letters"])):
        inner = place_of(letters["name"], vocabulary, is_index)
        if inner is not None and not inner.at and not inner.shift:
            return Place(inner.name, tuple(map(Index, letters["letters"])))
    return None


def _gradient(
    top: str, name: str, vocabulary: Vocabulary, is_index: Callable[[str], bool]
) -> Place | None:
    """The gradient at what a name means, h_prev or y_k as well as h."""
    if _OF_D.match(name) and vocabulary.tensor(name) is None:
        return None
    inner = place_of(name, vocabulary, is_index)
    found = None if inner is None else vocabulary.tensor(top + inner.name)
    return None if inner is None or found is None else Place(found, inner.at, inner.shift)


def time_extent(vocabulary: Vocabulary) -> Expr | None:
    """How many times a recurrence has: the extent of the axis along which a state is carried."""
    found = _time(vocabulary)
    return None if found is None else found[1]


def time_index(vocabulary: Vocabulary) -> Index | None:
    """The index of times, such as t."""
    found = _time(vocabulary)
    return None if found is None else found[0]


def _time(vocabulary: Vocabulary) -> tuple[Index, Expr] | None:
    for equation in vocabulary.equations:
        for node in nodes.walk(equation.rhs):
            if isinstance(node, Carried):
                access = node.args[1]
                axes = vocabulary.tensors[nodes.tensor_name(access)].axes
                for at, extent in zip(access.indices, axes, strict=True):
                    shift = time_shift(at)
                    if shift is not None and shift[1] and isinstance(shift[0], Index):
                        return shift[0], extent
    return None
