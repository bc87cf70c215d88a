"""Hypotheses: how a value may have come about, and the value that they would give.

A hypothesis says which earlier lines were taken as somebody printed them, whether lines were
rounded on the way, and which lines were worked out wrongly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from deltarule.arithmetic.base import Arithmetic, entrywise
from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.exact import Rounded, fraction
from deltarule.arithmetic.floats import Float64
from deltarule.checking.course import Course
from deltarule.notation.equations import Equation


class Circular(Exception):
    """A wrong line that would need its own result; nobody can have worked so."""


@dataclass(frozen=True)
class Hypothesis:
    """`held`: lines taken as printed; `variants`: lines worked out wrongly.

    `rounded` tells how single lines were rounded of which nothing is printed, `rounding` how all
    others were.
    """

    held: frozenset[str] = frozenset()
    rounding: Rounded | None = None
    rounded: Mapping[str, Rounded] = field(default_factory=dict)
    variants: Mapping[str, Equation] = field(default_factory=dict)

    def with_variant(self, line: str, equation: Equation) -> Hypothesis:
        """The same with one more wrong line."""
        return replace(self, variants={**self.variants, line: equation})


class Bench:
    """Works out quantities of a course under hypotheses; exact values are computed once."""

    def __init__(self, course: Course, written: Mapping[str, np.ndarray]):
        self.course = course
        self.equations = {line.quantity: line.equation for line in course.lines}
        self.needs = {name: e.read_names() for name, e in self.equations.items()}
        self._written = written
        self._floats = course.floats.arrays
        self._above: dict[str, frozenset[str]] = {}

    def exact(self, name: str) -> np.ndarray:
        """The exact value of a line or given, as rationals."""
        return self.course.carried.arrays[name]

    def right(self, name: str) -> np.ndarray:
        """The exact value of a line as fractions."""
        return entrywise(fraction, self.exact(name))

    def ancestors(self, name: str) -> frozenset[str]:
        """All lines that a line depends on."""
        if name not in self._above:
            self._above[name] = frozenset()
            direct = [n for n in self.needs.get(name, ()) if n in self.equations]
            self._above[name] = frozenset(direct).union(*(self.ancestors(n) for n in direct))
        return self._above[name]

    def value(self, name: str, hypothesis: Hypothesis) -> np.ndarray:
        """A quantity's value under a hypothesis, itself not rounded, as fractions."""
        work = _Work(self, hypothesis, hypothesis.rounding or _RATIONAL)
        return entrywise(fraction, work.compute(name))

    def quick(self, name: str, hypothesis: Hypothesis) -> np.ndarray:
        """The same in float64, where nothing is rounded on the way."""
        return _Work(self, hypothesis, _FLOAT).compute(name)


_RATIONAL, _FLOAT = Rounded(), Float64()


class _Work:
    """One hypothesis worked out, in one arithmetic."""

    def __init__(self, bench: Bench, hypothesis: Hypothesis, arithmetic: Arithmetic):
        self.bench, self.hypothesis, self.arithmetic = bench, hypothesis, arithmetic
        course = bench.course
        scalars = course.start(arithmetic).scalars if course.optimiser else course.network.scalars
        self.values = Values({}, course.sizes, scalars, course.network.tensors)
        self.changed = hypothesis.held | hypothesis.rounded.keys() | hypothesis.variants.keys()
        self._same: dict[str, bool] = {}
        self._busy: set[str] = set()

    def compute(self, name: str):
        """The value of a line, worked out although somebody may have printed it."""
        equation = self.hypothesis.variants.get(name) or self.bench.equations[name]
        if name in self._busy:
            raise Circular(name)
        self._busy.add(name)
        for needed in equation.read_names():
            if needed not in self.values.arrays:
                self.values.arrays[needed] = self.lookup(needed)
        self._busy.discard(name)
        return evaluate(equation.rhs, equation.ranges, self.values, self.arithmetic)

    def lookup(self, name: str):
        """The value of a line as it goes into a later one."""
        if self.unchanged(name):
            return self._baseline(name)
        if name in self.hypothesis.held:
            return self._held(name)
        found = self.compute(name)
        rounding = self.hypothesis.rounded.get(name, self.hypothesis.rounding)
        return rounding.settle(found) if rounding else found

    def unchanged(self, name: str) -> bool:
        """Whether the hypothesis leaves a value as it is when everything is carried exactly."""
        if name not in self.bench.equations:
            return True
        if name not in self._same:
            touched = name in self.changed or bool(self.bench.ancestors(name) & self.changed)
            self._same[name] = not touched and self.hypothesis.rounding is None
        return self._same[name]

    def _baseline(self, name: str):
        if self.arithmetic is _FLOAT:
            return self.bench._floats[name]
        return self.bench.exact(name)

    def _held(self, name: str):
        """The printed entries; entries that are not printed are worked out."""
        printed = self.bench._written[name]
        known = np.array([p is not None for p in printed.ravel()]).reshape(printed.shape)
        if known.all():
            return self.arithmetic.array(printed)
        mixed = np.array(self.compute(name))
        for entry in np.argwhere(known):
            at = tuple(entry)
            mixed[at] = self.arithmetic.number(Fraction(printed[at]))
        return mixed
