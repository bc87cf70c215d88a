"""Gradients without the paths through a mean, a variance or a sum that a function takes on the way.

Its arrays are watched while it runs: each reduction is kept, and when it is run again with other
values, some of them are given back as they were. Nothing is known of what the function is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np

from deltarule.errors import DeltaruleError
from deltarule.gradcheck.user_code.black_box import Arrays, BlackBox
from deltarule.gradcheck.user_code.rounds import Round
from deltarule.gradcheck.user_code.slips import Slip
from deltarule.spelling.counted import joined

#: What a reduction is: its name, its line, and where in the line.
_Key = tuple[str, int, int]
#: With more different reductions than this, only one or all of them are left out.
MOST = 5
_ORDER = ("first", "second", "third", "fourth", "fifth")
_NAMES = {"var": "variance", "std": "standard deviation", "prod": "product"}


class _Tape:
    """The reductions of one run: what each was, and which are given back as they were."""

    def __init__(self, file: str):
        self.file = file
        self.kept: list[tuple[_Key, np.ndarray]] = []
        self.frozen: frozenset[_Key] = frozenset()
        self.count, self.recording = 0, True

    def taken(self, kind: str, found: Callable[[], np.ndarray]):
        """A reduction, or what it was in the first run."""
        if self.recording:
            value = found()
            self.kept.append(((kind, *self._place()), np.array(value)))
            return value
        key, before = self.kept[self.count] if self.count < len(self.kept) else (("", 0, 0), None)
        self.count += 1
        return before.view(_Watched) if key in self.frozen and before is not None else found()

    def _place(self) -> tuple[int, int]:
        """The line of the person's file, and where in it."""
        frame = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename != self.file:
            frame = frame.f_back
        return (frame.f_lineno, frame.f_lasti) if frame is not None else (0, 0)


_tapes: list[_Tape] = []


class _Watched(np.ndarray):
    """An array that tells of its reductions."""

    def sum(self, *args, **words):
        """The sum, watched."""
        return _tapes[-1].taken("sum", lambda: np.ndarray.sum(self, *args, **words))

    def mean(self, *args, **words):
        """The mean, watched."""
        return _tapes[-1].taken("mean", lambda: np.ndarray.mean(self, *args, **words))

    def var(self, *args, **words):
        """The variance, watched."""
        return _tapes[-1].taken("var", lambda: np.ndarray.var(self, *args, **words))

    def std(self, *args, **words):
        """The standard deviation, watched."""
        return _tapes[-1].taken("std", lambda: np.ndarray.std(self, *args, **words))

    def prod(self, *args, **words):
        """The product, watched."""
        return _tapes[-1].taken("prod", lambda: np.ndarray.prod(self, *args, **words))

    def __array_function__(self, func, types, args, kwargs):
        found = super().__array_function__
        if func is np.linalg.norm:
            return _tapes[-1].taken("norm", lambda: found(func, types, args, kwargs))
        return found(func, types, args, kwargs)


def frozen(at: Round, name: str) -> Iterator[Slip]:
    """For each reduction, and several, the gradient without the path through it."""
    tape = _Tape(at.function.call.__code__.co_filename)
    _tapes.append(tape)
    try:
        yield from _frozen(at, name, tape)
    except (DeltaruleError, TypeError, ValueError, AttributeError):
        return
    finally:
        _tapes.remove(tape)


def _frozen(at: Round, name: str, tape: _Tape) -> Iterator[Slip]:
    def call(arrays: Arrays) -> np.ndarray:
        tape.count = 0
        return at.caller.flat(
            {n: a.view(_Watched) if a.dtype.kind in "fc" else a for n, a in arrays.items()}
        )

    call(at.arrays)
    tape.recording = False
    groups = list(dict.fromkeys(key for key, _ in tape.kept))
    box = BlackBox(call, at.arrays, at.real).like(at.box)
    several = range(1, len(groups) + 1) if len(groups) <= MOST else (1, len(groups))
    for count in several:
        for chosen in combinations(groups, count):
            tape.frozen = frozenset(chosen)
            found = box.measured(name, np.ndindex(*at.arrays[name].shape)).slopes @ at.upstream
            yield _words(chosen, groups), found.reshape(at.arrays[name].shape)


def _words(chosen: tuple[_Key, ...], groups: list[_Key]) -> str:
    parts = []
    for key in chosen:
        kind, line, _ = key
        same = [k for k in groups if k[:2] == key[:2]]
        which = f"{_ORDER[same.index(key) % len(_ORDER)]} " if len(same) > 1 else ""
        parts.append(f"the {which}{_NAMES.get(kind, kind)} (line {line})")
    if len(parts) == 1:
        return f"the path through {parts[0]} is left out, as if it were constant"
    return f"the paths through {joined(parts)} are left out, as if they were constant"
