"""Slips that show when a function or its companion is called otherwise.

An argument flipped, transposed or 1; two arguments exchanged; one that makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from deltarule.errors import DeltaruleError
from deltarule.gradcheck.user_code.black_box import BlackBox
from deltarule.gradcheck.user_code.constants import alternatives
from deltarule.gradcheck.user_code.given_gradients import Fault
from deltarule.gradcheck.user_code.rounds import Round
from deltarule.gradcheck.user_code.slips import Slip, is_near

Arrays = Mapping[str, np.ndarray]


def with_other_arrays(at: Round, name: str) -> Iterator[Slip]:
    """The right gradient where another argument is something else."""
    for other in at.real:
        for words, changed in _changes(other, at.arrays[other]):
            found = _gradient(at, name, {other: changed})
            if found is not None:
                yield words, found


def _changes(name: str, a: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    yield f"{name} is left out, as if it were 1", np.ones(a.shape)
    for count in range(1, min(a.ndim, 3) + 1):
        axes = tuple(range(a.ndim - count, a.ndim))
        yield (
            f"{name} stands in reverse order in it: a kernel that is flipped, or not",
            np.flip(a, axes),
        )
    if a.ndim >= 2 and a.shape[-1] == a.shape[-2]:
        yield f"{name} is transposed in it, or should be", np.swapaxes(a, -1, -2).copy()
    if a.ndim > 2 and a.shape[0] == a.shape[1]:
        yield f"the first two axes of {name} are exchanged in it", np.swapaxes(a, 0, 1).copy()


def _gradient(at: Round, name: str, changed: Arrays) -> np.ndarray | None:
    arrays = {**at.arrays, **changed}
    try:
        box = BlackBox(at.caller.flat, arrays, at.real).like(at.box)
        if box.value.shape != at.upstream.shape or not np.isfinite(box.value).all():
            return None
        found = box.measured(name, np.ndindex(*arrays[name].shape)).slopes @ at.upstream
    except (DeltaruleError, TypeError, ValueError):
        return None
    return found.reshape(arrays[name].shape)


def exchanged(at: Round, name: str, right: np.ndarray) -> Iterator[Slip]:
    """Two arguments of the companion exchanged make it right."""
    for words, more in _exchanges(at):
        found = _given(at, name, more)
        yield words, found is not None and is_near(found, right)


def _exchanges(at: Round) -> Iterator[tuple[str, dict]]:
    taken = _taken(at)
    for one, other in combinations([n for n in at.constants if n in taken], 2):
        a, b = at.constants[one], at.constants[other]
        if type(a) is type(b) and isinstance(a, int | float | tuple):
            yield f"{one} and {other} are exchanged in it", {one: b, other: a}
    for one, other in combinations(at.real, 2):
        a, b = at.arrays[one], at.arrays[other]
        if {one, other} <= taken and a.shape == b.shape:
            yield f"{one} and {other} are exchanged in it", {one: b.copy(), other: a.copy()}


def right_if_exchanged(at: Round) -> str:
    """Of a companion that fails: which two arguments exchanged make it right; empty if none."""
    for words, more in _exchanges(at):
        found = {name: _given(at, name, more) for name in at.real}
        if all(g is not None and is_near(g, _gradient_or_empty(at, n)) for n, g in found.items()):
            return words
    return ""


def _gradient_or_empty(at: Round, name: str) -> np.ndarray:
    found = _gradient(at, name, {})
    return np.zeros(0) if found is None else found


def never_read(at: Round, name: str, given: np.ndarray) -> Iterator[Slip]:
    """Arguments that the companion takes, and that make no difference to it but should."""
    taken = _taken(at)
    if given.shape != at.arrays[name].shape or not given.size or not np.isfinite(given).all():
        return
    for other, value in at.constants.items():
        changes = [*alternatives(other, value), *_far(value)] if other in taken else []
        if (
            changes
            and all(_alike(at, name, {other: changed}) for changed in changes)
            and any(_matters(at, other, changed) for changed in changes)
        ):
            yield f"{other} is never read: it makes no difference to this gradient", True
    for other in at.real:
        moves = [a * at.arrays[other] + b for a, b in _moves(at, other)] if other in taken else []
        if moves and all(_alike(at, name, {other: moved}) for moved in moves):
            found = _gradient(at, name, {other: moves[0]})
            before = _gradient(at, name, {})
            if found is not None and before is not None and not is_near(found, before):
                yield f"{other} is never read: it makes no difference to this gradient", True


def _far(value: object) -> list:
    """Values far from an argument's own: a threshold shows where values lie on both sides."""
    return [value * k for k in (0.01, 0.1, 0.5, 3, 10, 100)] if isinstance(value, float) else []


def _moves(at: Round, name: str) -> list[tuple[float, float]]:
    """Factors and shifts by which an array is moved; beyond 0 where it may be negative."""
    return [(1.25, 0.125), (6, 0), *([(-1, 0), (-5, 0.125)] if name in at.free else [])]


def _alike(at: Round, name: str, more: Mapping[str, object]) -> bool:
    """Whether the companion gives the same with another argument, at values of several sizes."""
    for scale in (1, 0.2, 5):
        arrays = {**at.arrays, **{n: scale * at.arrays[n] for n in at.real}}
        one, two = _given(at, name, {}, arrays), _given(at, name, more, arrays)
        if one is None or two is None or not np.array_equal(one, two):
            return False
    return True


def _matters(at: Round, constant: str, changed: object) -> bool:
    """Whether the function itself depends on an argument."""
    kept = at.caller.constants
    at.caller.constants = {**kept, constant: changed}
    try:
        found = at.caller.flat(at.arrays)
    except DeltaruleError:
        return True
    finally:
        at.caller.constants = kept
    return found.shape != at.box.value.shape or not is_near(found, at.box.value)


def _taken(at: Round) -> set[str]:
    return {str(r.of) for r in at.caller.roles or () if r.kind in ("argument", "leaf")}


def _given(
    at: Round, name: str, more: Mapping[str, object], arrays: Mapping[str, np.ndarray] | None = None
) -> np.ndarray | None:
    """The gradient that the companion gives with other arguments than the function had."""
    try:
        found = at.caller.gradients(dict(arrays or at.arrays), at.upstream, more)[name]
    except (Fault, DeltaruleError):
        return None
    return np.asarray(found, dtype=float)
