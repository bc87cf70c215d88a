"""Hypotheses: how a value may have come about, and the value that they would give.

A hypothesis says which earlier lines were taken as somebody printed them, whether lines were
rounded on the way, and which lines were evaluated wrongly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from fractions import Fraction

import numpy as np

from deltarule.arithmetic.base import Arithmetic, entrywise
from deltarule.arithmetic.beyond_fractions import right_number
from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.exact import Rounded, fraction
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.pocket import QuicklyRounded, SurelyRounded, Unsure
from deltarule.arithmetic.run import run
from deltarule.marking.workings.hypothesis import Hypothesis, digits
from deltarule.marking.workings.line_reads import computed_together, equations_by_line, reads
from deltarule.marking.workings.no_value import Circular
from deltarule.marking.workings.quick_lines import QuickLines
from deltarule.marking.workings.recurrence_runs import Scans
from deltarule.networks.equations import Equation
from deltarule.networks.reachability import reachable
from deltarule.networks.recurrences import Block, Recurrence, equations_of
from deltarule.tracing.computation import Computation

#: What only wrong lines read, as a hypothesis carries it; None where it stays as it is.
CarriedExtra = Callable[[str, Hypothesis, Mapping[str, np.ndarray], bool], np.ndarray | None]


class Evaluator:
    """Evaluates quantities of a computation under hypotheses; exact values are computed once.

    `extra_values` are values, as fractions, that only wrong lines read; `other_formulas` are right
    ones beside the lines' own, as wrong versions are.
    """

    def __init__(
        self,
        computation: Computation,
        written: Mapping[str, np.ndarray],
        extra_values: Mapping[str, np.ndarray] | None = None,
        other_formulas: Mapping[str, Sequence[Equation]] | None = None,
    ):
        self.computation = computation
        self.extra_values = {} if extra_values is None else extra_values
        self.other_formulas = {} if other_formulas is None else other_formulas
        self.equations = equations_by_line(computation)
        self.needs = reads(self.equations)
        others = reads(self.other_formulas)
        self._may_need = {n: needs | others.get(n, frozenset()) for n, needs in self.needs.items()}
        self.groups = computed_together(computation)
        self.carried_extra: CarriedExtra = lambda name, hypothesis, written, quick: None
        self.scans = Scans()
        self.values: dict[tuple, tuple] = {}
        self._right: dict[str, np.ndarray] = {}
        self._quick: dict[tuple, tuple[Hypothesis, _Work]] = {}
        self.quick_lines = QuickLines(computation, self._may_need, self.extra_values)
        self.written = written
        self._above: dict[str, frozenset[str]] = {}

    def exact(self, name: str) -> np.ndarray:
        """The exact value of a line or given, as rationals."""
        return self.computation.carried.arrays[name]

    def right(self, name: str) -> np.ndarray:
        """The exact value of a line as fractions."""
        if name not in self._right:
            self._right[name] = entrywise(right_number, self.exact(name))
        return self._right[name]

    def ancestors(self, name: str) -> frozenset[str]:
        """All other lines that a line depends on by one of its right formulas."""
        if name not in self._above:
            lines = self.equations.keys()
            found = reachable([name], lambda line: self._may_need.get(line, frozenset()) & lines)
            self._above[name] = frozenset(found) - {name}
        return self._above[name]

    def value(self, name: str, hypothesis: Hypothesis) -> np.ndarray:
        """A quantity's value under a hypothesis, itself not rounded, as fractions."""
        work = _Work(self, hypothesis, hypothesis.rounding or _RATIONAL)
        return entrywise(fraction, work.compute(name))

    def quick(self, name: str, hypothesis: Hypothesis) -> np.ndarray:
        """The same in float64; on the way, lines are rounded through time alone."""
        return self._quickly(hypothesis).compute(name)

    def _quickly(self, hypothesis: Hypothesis) -> _Work:
        if self.groups and hypothesis.rounding is not None:
            return _Work(self, hypothesis, QuicklyRounded(hypothesis.rounding))
        return _Work(self, replace(hypothesis, rounding=None, rounded={}), _FLOAT)

    def work(self, hypothesis: Hypothesis, arithmetic: Arithmetic) -> _Work:
        """A hypothesis to be evaluated in an arithmetic."""
        return _Work(self, hypothesis, arithmetic)

    def quick_work(self, hypothesis: Hypothesis) -> _Work:
        """The quick work of a hypothesis, kept with all its lines."""
        key = hypothesis.key
        if key not in self._quick:
            self._quick[key] = (hypothesis, self._quickly(hypothesis))
        return self._quick[key][1]

    def printing(self, changed: Mapping[str, np.ndarray]) -> Evaluator:
        """The same with other printed values for some lines."""
        other = copy(self)
        other.written, other._quick = {**self.written, **changed}, {}
        other.values = {}
        return other

    def printed(self, name: str) -> np.ndarray:
        """What is printed of a line, as fractions, None where nothing is."""
        return self.written[name]


_RATIONAL, _FLOAT = Rounded(), Float64()


class _Work:
    """One hypothesis evaluated, in one arithmetic."""

    def __init__(self, evaluator: Evaluator, hypothesis: Hypothesis, arithmetic: Arithmetic):
        self.evaluator, self.hypothesis, self.arithmetic = evaluator, hypothesis, arithmetic
        computation = evaluator.computation
        self.values = Values(
            {}, computation.sizes, computation.symbols, computation.network.tensors
        )
        self.changed = (
            hypothesis.as_printed | hypothesis.rounded.keys() | hypothesis.variants.keys()
        )
        self._same: dict[str, bool] = {}
        self._busy: set[str] = set()

    def compute(self, name: str):
        """The value of a line, evaluated although somebody may have printed it."""
        if name in self._busy:
            raise Circular(name)
        self._busy.add(name)
        block = self.block(name)
        equations = block if isinstance(block, tuple) else equations_of(block)
        mine = {e.name for e in equations}
        for needed in frozenset().union(*(e.read_names() for e in equations)) - mine:
            self._provide(needed)
        own = name in self.hypothesis.as_printed and name in self.evaluator.groups
        if own:
            self.values.arrays[name] = self._as_printed(name)
        self._busy.discard(name)
        only = block if isinstance(block, Equation) else None
        if (
            only is not None
            and only.subscripts == only.indices
            and (own or name not in only.read_names())
        ):
            return self._evaluated(only)
        if isinstance(block, Recurrence):
            self.evaluator.scans.run(block, self.values, self.arithmetic)
        else:
            run(equations, self.values, self.arithmetic)
        return self.values.arrays.pop(name) if len(mine) == 1 else self.values.arrays[name]

    def _evaluated(self, line: Equation):
        """A line that is written whole; in float64 by its prepared formula."""
        if isinstance(self.arithmetic, Float64):
            prepared = self.evaluator.quick_lines.whole(line)
            if prepared is not None:
                with self.arithmetic.context():
                    return np.array(prepared(self.values.arrays))
        return evaluate(line.rhs, line.ranges, self.values, self.arithmetic)

    def _provide(self, name: str) -> None:
        if name not in self.values.arrays:
            self.values.arrays[name] = self.lookup(name)

    def provided(self, name: str):
        """The value of a line as it goes into a later one, evaluated once."""
        self._provide(name)
        return self.values.arrays[name]

    def _equations(self, name: str) -> tuple[Equation, ...]:
        """The equations of a line, the wrong version in the place of the right one."""
        wrong = self.hypothesis.variants.get(name)
        if wrong is None:
            return self.evaluator.equations[name]
        return tuple(
            wrong if e.subscripts == wrong.subscripts else e for e in self.evaluator.equations[name]
        )

    def block(self, name: str) -> Block | tuple[Equation, ...]:
        """The equations that have to be computed together to get a line."""
        group = self.evaluator.groups.get(name, frozenset()) - self.hypothesis.as_printed
        if name not in group:
            return _alone(self._equations(name))
        names = [n for n in self.evaluator.equations if n in group]
        right = tuple(e for n in names for e in self.evaluator.equations[n])
        taken = tuple(e for n in names for e in self._equations(n))
        for block in self.evaluator.scans.arranged(right, taken):
            if name in {e.name for e in equations_of(block)}:
                return block
        return _alone(self._equations(name))

    def lookup(self, name: str):
        """The value of a line as it goes into a later one; hypotheses that say the same of all
        that it comes of have it in common."""
        if name in self.evaluator.extra_values:
            return self._extra(name)
        if self.unchanged(name):
            return self._baseline(name)
        key = self._key(name)
        if key not in self.evaluator.values:
            # Keys are identities: equations are kept beside, so that they live as long.
            self.evaluator.values[key] = (self._looked_up(name), self.hypothesis)
        return self.evaluator.values[key][0]

    def _extra(self, name: str):
        """What only wrong lines read."""
        found = None
        if self.changed or self.hypothesis.rounding is not None:
            quick, written = isinstance(self.arithmetic, Float64), self.evaluator.written
            found = self.evaluator.carried_extra(name, self.hypothesis, written, quick)
        return self._baseline(name) if found is None else self.arithmetic.array(found)

    def _key(self, name: str) -> tuple:
        """What a hypothesis says of a line and of all that it comes of."""
        above, hypothesis = self.evaluator.ancestors(name) | {name}, self.hypothesis
        wrong = [(n, id(e)) for n, e in hypothesis.variants.items() if n in above]
        between = [(n, digits(r)) for n, r in hypothesis.rounded.items() if n in above]
        as_printed = (
            hypothesis.as_printed if wrong else hypothesis.as_printed & above
        )  # wrong lines read anything
        rounding = digits(hypothesis.rounding)
        return name, type(self.arithmetic), as_printed, rounding, *sorted(wrong), *sorted(between)

    def _looked_up(self, name: str):
        if name in self.hypothesis.as_printed:
            return self._as_printed(name)
        found = self.compute(name)
        if isinstance(self.arithmetic, SurelyRounded) and name in self.hypothesis.rounded:
            return self.arithmetic.settled_like(found, self.hypothesis.rounded[name])
        if isinstance(self.arithmetic, SurelyRounded):
            return self._surely(name, found)
        if isinstance(self.arithmetic, Float64):
            return self.arithmetic.settle(found)
        rounding = self.hypothesis.rounded.get(name, self.hypothesis.rounding)
        return rounding.settle(found) if rounding else found

    def _surely(self, name: str, found):
        """What is kept of a line, near a tie too; a recurrence has settled its own lines."""
        block = self.block(name)
        if not isinstance(block, Equation):
            return found
        try:
            return self.arithmetic.settle(found)
        except Unsure:
            if block.subscripts != block.indices:
                raise
            return self.arithmetic.settled_exactly(block, self.values, {})

    def unchanged(self, name: str) -> bool:
        """Whether the hypothesis leaves a value as it is when everything is carried exactly."""
        if name not in self.evaluator.equations:
            return True
        if name not in self._same:
            touched = name in self.changed or bool(self.evaluator.ancestors(name) & self.changed)
            self._same[name] = not touched and self.hypothesis.rounding is None
        return self._same[name]

    def _baseline(self, name: str):
        if name in self.evaluator.extra_values:
            return self.arithmetic.array(self.evaluator.extra_values[name])
        if isinstance(self.arithmetic, Float64):
            return self.evaluator.computation.floats.arrays[name]
        return self.evaluator.exact(name)

    def _as_printed(self, name: str):
        """The printed entries; entries that are not printed are evaluated exactly."""
        printed = self.evaluator.printed(name)
        known = np.array([p is not None for p in printed.ravel()]).reshape(printed.shape)
        if known.all():
            return self.arithmetic.array(printed)
        in_group = name in self.evaluator.groups
        mixed = np.array(self._baseline(name) if in_group else self.compute(name))
        for entry in np.argwhere(known):
            at = tuple(entry)
            mixed[at] = self.arithmetic.number(Fraction(printed[at]))
        return mixed


def _alone(equations: tuple[Equation, ...]) -> Equation | tuple[Equation, ...]:
    """The equation, if it is one."""
    return equations[0] if len(equations) == 1 else equations
