"""A person's function and its companion, called: values as one row of numbers, gradients by name.

What either prints is no concern here; what it changes in place, fails with or gives that is no
array of numbers becomes a DeltaruleError (of the function) or a Fault (of its companion).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from deltarule.errors import DeltaruleError
from deltarule.gradcheck.user_code.argument_trees import Arrays
from deltarule.gradcheck.user_code.companions import Role, is_slope, roles
from deltarule.gradcheck.user_code.function import OwnFunction
from deltarule.gradcheck.user_code.given_gradients import Fault, by_name
from deltarule.gradcheck.user_code.importing import FAILURES, in_words, line_of


@dataclass
class Value:
    """What a call gave: the values (each an array), and what is kept for the companion.

    `arrays` are those it was called with, which the companion must not change either.
    """

    outputs: list[np.ndarray]
    raw: list
    extra: list
    arrays: Arrays

    @property
    def flat(self) -> np.ndarray:
        """All values in one row."""
        return np.concatenate([np.ravel(o) for o in self.outputs])


class Caller:
    """A function with some values for its other arguments."""

    def __init__(self, function: OwnFunction, constants: Mapping[str, object], where: str = ""):
        self.function, self.constants, self.where = function, dict(constants), where
        #: Whether warnings of the code are let through.
        self.loud = False
        self.roles: list[Role] | None = None
        self.count: int | None = None
        self.left_out: set[str] = set()

    # ---- the function ---------------------------------------------------------------------------

    def run(self, arrays: Arrays) -> Value:
        """Its values. Raises DeltaruleError where it fails (with complex numbers: what it did)."""
        own = _copied(arrays)
        try:
            found = self.function.call(**self._words(own))
        except FAILURES as error:
            if any(a.dtype.kind == "c" for a in arrays.values()):
                raise TypeError(in_words(error)) from None
            raise self.refused(
                in_words(error), _remedy(error), line_of(error, self.function.file)
            ) from None
        if name := changed(arrays, own):
            raise self.refused(f"it changes {name} in place", f"work on {name}.copy()")
        return self._value(found, own)

    def flat(self, arrays: Arrays) -> np.ndarray:
        """All values in one row; small, large and forbidden ones without a word."""
        return self.run_quietly(arrays).flat

    def _words(self, arrays: Arrays) -> dict:
        built = {
            a.name: a.built(arrays) for a in self.function.arguments if a.name not in self.left_out
        }
        return {**built, **self.constants}

    def _value(self, found, own: Arrays) -> Value:
        several = isinstance(found, tuple) or (isinstance(found, list) and _is_ragged(found))
        parts = list(found) if several else [found]
        if self.count is None:
            self.count = self._count(parts) if several else 1
        outputs = []
        for part in parts[: self.count]:
            array = _numbers(part)
            if array is None:
                raise self.refused(
                    f"it gives no array of numbers{_what(part)}", "return one array, or a number"
                )
            outputs.append(array)
        if not outputs:
            raise self.refused(
                "it gives no array of numbers: an empty tuple", "return one array, or a number"
            )
        return Value(outputs, parts[: self.count], parts[self.count :], own)

    def _count(self, parts: list) -> int:
        """How many of several results are values; the others are kept for the companion."""
        real = 0
        while (
            real < len(parts) and (a := _numbers(parts[real])) is not None and a.dtype.kind in "fc"
        ):
            real += 1
        backward = self.function.backward
        if backward is None:
            return max(real, 1)
        upstream = sum(r.kind == "upstream" for r in self._roles(len(parts) - 1))
        return min(max(upstream, 1), len(parts))

    # ---- its companion --------------------------------------------------------------------------

    def _roles(self, extra: int) -> list[Role]:
        backward = self.function.backward
        if self.roles is None and backward is not None:
            named = [a.name for a in self.function.arguments] + list(self.constants)
            self.roles = roles(backward, named, self.function.shapes, extra)
        return self.roles or []

    def takes(self, value: Value) -> set[str]:
        """Which arguments reach the companion; all of them where it gets what was kept."""
        found = self._roles(len(value.raw) + len(value.extra) - 1)
        if any(r.kind in ("cache", "piece") for r in found):
            return set(self.constants)
        return {str(r.of) for r in found if r.kind == "argument"}

    def slope(self, value: Value) -> bool:
        """Whether the companion is a derivative entry by entry, with no upstream gradient."""
        backward = self.function.backward
        return (
            backward is not None
            and is_slope(backward, self.function.name)
            and not any(r.kind == "upstream" for r in self._roles(0))
            and value.outputs[0].ndim > 0
        )

    def outside(self, value: Value) -> bool:
        """Whether there is an upstream gradient. Raises DeltaruleError where one is missing."""
        backward = self.function.backward
        if backward is None or self.slope(value):
            return True
        found = self._roles(len(value.raw) + len(value.extra) - 1)
        if any(r.kind == "upstream" for r in found):
            return True
        if len(value.outputs) > 1 or value.outputs[0].ndim and value.outputs[0].size > 1:
            raise DeltaruleError(
                f"{self.function.gradient} takes no gradient from outside, and "
                f"{self.function.name} gives an array",
                self.function.place,
                "add an argument dy to it",
            )
        return False

    def gradients(self, arrays: Arrays, upstream: np.ndarray, more=None) -> dict[str, np.ndarray]:
        """The gradients that the companion gives, by array. Raises Fault.

        `more` are other values of its arguments than the function had.
        """
        backward = self.function.backward
        if backward is None:
            return {}
        value = self.run_quietly(arrays)
        own = value.arrays
        parts = _like(upstream, value.outputs)
        words = {**self._words(own), **own, **(more or {})}
        kept = value.extra[0] if len(value.extra) == 1 else tuple(value.extra)
        several = [p for p in self._roles(len(value.extra)) if p.kind == "upstream"]
        given: list = [_as_given(p) for p in parts]
        positional, named = [], {}
        for role in self._roles(len(value.extra)):
            got = {
                "upstream": lambda r: given[r.of] if r.of < len(given) else None,
                "value": lambda r: value.raw[min(r.of, len(value.raw) - 1)],
                "cache": lambda r: kept,
                "piece": lambda r: value.extra[r.of],
            }.get(role.kind, lambda r: words.get(r.of))(role)
            if role.positional:
                positional.append(got)
            else:
                named[role.parameter] = got
        try:
            with _quiet(not self.loud):
                found = backward(*positional, **named)
        except FAILURES as error:
            raise Fault(
                f"{self.function.gradient} fails at {self.where or 'its sizes'}: "
                f"{in_words(error)} ({line_of(error, self.function.file)})"
            ) from None
        if self.slope(value):
            found = np.asarray(found) * parts[0]
        self._unchanged(arrays, own, parts, given if several else [])
        left = [a.name for a in self.function.arguments if a.name not in self.left_out]
        return by_name(found, self.function, left, self.left_out)

    def run_quietly(self, arrays: Arrays) -> Value:
        """Its values, without warnings."""
        with _quiet():
            return self.run(arrays)

    def _unchanged(self, arrays: Arrays, own: Arrays, parts, given) -> None:
        name = changed(arrays, own)
        if not name and any(not np.array_equal(p, g, equal_nan=True) for p, g in zip(parts, given)):
            name = "the gradient from outside"
        if name:
            raise Fault(f"{self.function.gradient} changes {name} in place")

    def refused(self, fact: str, remedy: str, place: str | None = None) -> DeltaruleError:
        """An error of the function itself, at these sizes."""
        return DeltaruleError(
            f"{self.function.name} at {self.where or 'its sizes'}: {fact}",
            place or self.function.place,
            remedy,
        )


@contextmanager
def _quiet(quiet: bool = True) -> Iterator[None]:
    """Divisions by zero and overflows pass without a word: extremes are tried on purpose."""
    if not quiet:
        yield
        return
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def _remedy(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return "let it return, or raise an error"
    if isinstance(error, IndexError | TypeError) and "integer" in str(error):
        return "say which array holds whole numbers: t [N below C] are labels from 0 to C − 1"
    return "make smaller arrays" if isinstance(error, MemoryError) else _SIZES


_SIZES = "give sizes that fit: --set N=4"


def _like(flat: np.ndarray, outputs: list[np.ndarray]) -> list[np.ndarray]:
    """A row of numbers as arrays like the values."""
    parts, at = [], 0
    for output in outputs:
        parts.append(np.array(flat[at : at + output.size]).reshape(output.shape))
        at += output.size
    return parts


def _as_given(part: np.ndarray):
    return float(part) if part.ndim == 0 else part.copy()


def _numbers(part) -> np.ndarray | None:
    """An array of numbers; None for anything else."""
    if part is None or isinstance(part, str | dict):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            array = np.asarray(part)
    except (ValueError, TypeError):
        return None
    return array if array.dtype.kind in "fciub" else None


def _is_ragged(found: list) -> bool:
    return _numbers(found) is None and bool(found)


def _what(part) -> str:
    return "" if isinstance(part, str) else f": {type(part).__name__}"


def _copied(arrays: Arrays) -> Arrays:
    return {n: a.copy() for n, a in arrays.items()}


def changed(before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray]) -> str:
    """The first array that is not what it was."""
    return next(
        (
            n
            for n, a in before.items()
            if a.shape != after[n].shape or not np.array_equal(a, after[n], equal_nan=True)
        ),
        "",
    )
