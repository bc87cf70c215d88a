"""A person's own gradients held against measurements of their own function.

Sizes are small and unequal, the batch is larger than 1, upstream gradients are generic; one round
has values that tie and vanish. A companion that changes its arguments is told as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from deltarule.checking.black_box import Arrays, BlackBox
from deltarule.checking.constants import numbers_in, varied
from deltarule.checking.gradient_check import GradientCheck, compared
from deltarule.checking.hints import common, hints
from deltarule.checking.own_function import OwnFunction, line_of, roles, told
from deltarule.checking.shapes import chosen_sizes, drawn
from deltarule.notation.errors import DeltaruleError

#: So often other values are drawn to meet a kink or a tie.
ATTEMPTS = 6


@dataclass
class OwnResult:
    """What came out for one function: its gradients, and what else is wrong with its companion.

    `why` says why differences were taken, if they were; where `measured`, there is no companion
    that gradients are held against. `hints` are what each wrong one may be, in every round.
    """

    function: OwnFunction
    checks: list[GradientCheck] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    why: str = ""
    measured: bool = False
    hints: dict[str, list[list[str]]] = field(default_factory=dict)

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults and all(c.right for c in self.checks)


def check_own(
    function: OwnFunction,
    rounds: int = 3,
    seed: int = 0,
    sizes: Mapping[str, int] | None = None,
    progress: Callable[[str], None] | None = None,
) -> OwnResult:
    """Check a function's gradients at some sizes, and once at kinks and ties.

    Raises DeltaruleError where the function itself fails.
    """
    result = OwnResult(function, measured=function.backward is None)
    for number in range(rounds):
        if progress:
            progress(f"{function.name}: round {number + 1} of {rounds}")
        result.checks += _round(function, number, seed + number, sizes or {}).checks(result)
        if result.faults:
            return result
    for attempt in range(ATTEMPTS):
        if progress:
            progress(f"{function.name}: kinks and ties")
        edgy = _Round(function, 0, seed + attempt, sizes or {}, edgy=True)
        found = [c for c in edgy.checks(result) if c.edges] if edgy.box.kinked() else []
        result.checks += found
        if found:
            break
    result.checks = [_with_hint(check, result) for check in result.checks]
    return result


def _round(function: OwnFunction, number: int, seed: int, given: Mapping[str, int]) -> _Round:
    """A round with another stride and padding, or with the usual ones if the function refuses."""
    other = replace(function, constants=varied(function.constants, number, function.held))
    if other.constants != function.constants:
        try:
            return _Round(other, number, seed, given)
        except DeltaruleError:
            pass
    return _Round(function, number, seed, given)


def _with_hint(check: GradientCheck, result: OwnResult) -> GradientCheck:
    """The check, saying what is wrong where that is the same in every round."""
    seen = "" if check.right else common(result.hints.get(check.tensor, []))
    return replace(check, note="; ".join(part for part in (check.note, seen) if part))


class _Round:
    """One setting: arrays, the function's value, and a gradient from outside."""

    def __init__(self, function: OwnFunction, number: int, seed: int, given: Mapping[str, int],
                 edgy: bool = False):  # fmt: skip
        self.function, self.edgy = function, edgy
        self.random = np.random.default_rng(seed)
        self.sizes = chosen_sizes(function.shapes.values(), number, given)
        self.arrays: Arrays = {
            n: drawn(s, self.sizes, self.random, edgy) for n, s in function.shapes.items()
        }
        self.settings = {**self.sizes, **numbers_in(function.constants)}
        self.cache: object = None
        first = self._call(_copied(self.arrays))
        self.roles = self._roles(first)
        outside = function.backward is None or "upstream" in self.roles
        self.upstream = self.random.normal(size=first.shape) if outside else np.ones(first.shape)
        self.box = BlackBox(self._call, self.arrays, function.real)
        if not np.array_equal(self.box.value, first, equal_nan=True):
            raise self._refused("it gives another value when it is called again",
                                "fix the seed of whatever it draws")  # fmt: skip
        if not np.isfinite(first).all():
            raise self._refused("its value is no number", "give sizes that fit: --set N=4")

    def _roles(self, value: np.ndarray) -> list[str]:
        backward = self.function.backward
        if backward is None:
            return []
        found = roles(backward, [*self.arrays, *self.function.constants], self.cache is not None)
        if value.ndim and "upstream" not in found and "cache" not in found:
            raise DeltaruleError(
                f"{backward.__name__} takes no gradient from outside, and {self.function.name} "
                "gives an array", self.function.place, "add an argument dy to it",
            )  # fmt: skip
        return found

    def checks(self, result: OwnResult) -> Iterator[GradientCheck]:
        """The check of every gradient; what else is wrong is added to the result."""
        if self.box.why and not self.edgy:
            result.why = self.box.why
        backward = self.function.backward
        given = None if backward is None else self._given(backward, result)
        if given is None and not result.measured:
            return
        for name in self.function.real:
            found = self.box.measured(name, self.edgy)
            right = np.tensordot(self.upstream.ravel(), found.slopes, 1)
            doubt = np.tensordot(np.abs(self.upstream).ravel(), found.doubts, 1)
            array = right if given is None else given.get(name)
            if array is None:
                result.faults.append(f"{self._companion} gives no gradient by {name}")
                continue
            check = self._check(name, np.asarray(array), right, doubt, found)
            if not check.right and not self.edgy:
                seen = hints(np.asarray(array), right, found.slopes, self.upstream, self.sizes)
                result.hints.setdefault(name, []).append(seen)
            yield check

    def _check(self, name: str, array: np.ndarray, right, doubt, found) -> GradientCheck:
        method, tolerance = self.box.method
        if self.edgy:
            method, tolerance = "subgradients by differences", 1e-9
        more = {"settings": self.settings, "edges": found.edges, "outputs": self.upstream.size}
        root = "L" if self.upstream.ndim else self.function.name
        wanted = f"d{root}/d{name}"
        if array.shape != right.shape:
            note = f"its shape is {list(array.shape)} where {name} has {list(right.shape)}"
            return GradientCheck(name, wanted, method, right.size, np.inf, tolerance, (), np.nan,
                                 np.nan, note=note, **more)  # fmt: skip
        array = np.asarray(array, dtype=float)
        check = compared(name, wanted, method, array, right, tolerance, doubt, **more)
        return self._together(name, array, check) if check.right and self.edgy else check

    def _together(self, name: str, array: np.ndarray, check: GradientCheck) -> GradientCheck:
        """All entries moved at once: a tie may pass on no more than there is."""
        slopes, doubts, _ = self.box.both_sides({name: np.ones(array.shape)})
        up = self.upstream.ravel()
        whole = compared(
            name, check.name, check.method, np.array(array.sum()), np.array(up @ slopes),
            1e-9, float(np.abs(up) @ doubts), settings=self.settings, edges=check.edges,
            note="all entries moved at once: a tie passes on more or less than there is",
        )  # fmt: skip
        return check if whole.right else replace(whole, entries=check.entries)

    def _call(self, arrays: Arrays) -> np.ndarray:
        """The function's value; what else it gives is kept for its companion."""
        before = _copied(arrays)
        try:
            found = self.function.call(**arrays, **self.function.constants)
        except Exception as error:
            if any(a.dtype.kind == "c" for a in arrays.values()):
                raise
            raise self._refused(told(error), "give sizes that fit: --set N=4",
                                line_of(error, self._file)) from None  # fmt: skip
        if changed := _changed(before, arrays):
            raise self._refused(f"it changes {changed} in place", f"work on {changed}.copy()")
        if isinstance(found, tuple) and len(found) == 2:
            found, self.cache = found
        value = np.asarray(found)
        if value.dtype.kind not in "fciub":
            raise self._refused("it gives no array of numbers", "return one array, or a number")
        return value

    def _given(self, backward: Callable, result: OwnResult) -> dict[str, np.ndarray] | None:
        """The gradients that the companion gives; None where it fails."""
        arrays = _copied(self.arrays)
        value = self._call(arrays)
        upstream = self.upstream.copy() if value.ndim else float(self.upstream)
        words = {**arrays, **self.function.constants, "value": value, "upstream": upstream,
                 "cache": self.cache}  # fmt: skip
        try:
            found = backward(*(words[role] for role in self.roles))
        except Exception as error:
            result.faults.append(f"{self._companion} fails at {self._told_sizes}: {told(error)} "
                                 f"({line_of(error, self._file)})")  # fmt: skip
            return None
        watched = {**arrays, "the gradient from outside": np.asarray(upstream)}
        right = {**self.arrays, "the gradient from outside": self.upstream}
        if changed := _changed(right, watched):
            result.faults.append(f"{self._companion} changes {changed} in place")
        return self._named(found, result)

    def _named(self, found, result: OwnResult) -> dict[str, np.ndarray] | None:
        real, all_ = self.function.real, list(self.function.shapes)
        if isinstance(found, Mapping):
            return {n.removeprefix("d") if n not in all_ else n: a for n, a in found.items()}
        several = found if isinstance(found, (tuple, list)) else (found,)
        for names in (real, all_):
            if len(several) == len(names):
                return dict(zip(names, several, strict=True))
        result.faults.append(
            f"{self._companion} gives {len(several)} gradients for {len(real)} arguments"
        )
        return None

    @property
    def _companion(self) -> str:
        return getattr(self.function.backward, "__name__", "")

    @property
    def _file(self) -> str:
        return self.function.call.__code__.co_filename

    @property
    def _told_sizes(self) -> str:
        return ", ".join(f"{n} = {k}" for n, k in self.settings.items()) or "its sizes"

    def _refused(self, fact: str, remedy: str, place: str | None = None) -> DeltaruleError:
        return DeltaruleError(
            f"{self.function.name} at {self._told_sizes}: {fact}", place or self.function.place,
            remedy,
        )  # fmt: skip


def _copied(arrays: Arrays) -> Arrays:
    return {n: a.copy() for n, a in arrays.items()}


def _changed(before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray]) -> str:
    """The first array that is not what it was."""
    return next((n for n, a in before.items()
                 if not np.array_equal(a, after[n], equal_nan=True)), "")  # fmt: skip
