"""The mistakes with which the right formula becomes the one that somebody wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from sympy import Expr

from deltarule.arithmetic.probe import Probe
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import reads, tensor_name
from deltarule.marking.formula_answers.both_sides import certainly_apart
from deltarule.marking.formula_answers.comparison import Comparison, through_time
from deltarule.marking.mistakes import Context, Mistake, mistakes_in
from deltarule.marking.mistakes.context import in_line
from deltarule.marking.other_formulas import every_formula
from deltarule.networks.equations import Equation
from deltarule.networks.reachability import reachable
from deltarule.spelling.lowered import DIGITS
from deltarule.tracing.lines import Line

#: So many lines before a quantity are doubted, the nearest first.
MOST_LINES_BEFORE = 4
#: So many of the right formulas that a derivation passes through.
MOST_FORMULAS = 6


def causes(compared: Comparison) -> list[tuple[Mistake, ...]]:
    """One mistake, or else two, with which the right formula becomes the written one."""
    return _Causes(compared).found()


class _Causes:
    def __init__(self, compared: Comparison):
        self.compared, self.target = compared, compared.target
        self.derivation = compared.derivation

    def found(self) -> list[tuple[Mistake, ...]]:
        """One mistake, or else two, with which the right formula becomes the written one."""
        single = mistakes_in(self._context(self.compared.full))
        found = self._explaining(single)
        if self.compared.beyond_kinks is not None:
            return [(m,) for (m,) in found if self._gives_beyond(m, self.compared.beyond_kinks)]
        return (
            found
            or self._explaining(self._by_other_formulas())
            or self._explaining(self._in_lines_before())
            or sorted(self._pairs(single), key=_far_fetched)
        )

    def _explaining(self, mistakes: Iterable[Mistake]) -> list[tuple[Mistake, ...]]:
        return [(m,) for m in mistakes if self._gives(m) and self._gives_at_other_sizes(m)]

    def _by_other_formulas(self) -> Iterator[Mistake]:
        """The wrong versions of the other right formulas, those that the derivation passes
        through."""
        gradient = next(
            (g for g in self.derivation.gradients.values() if g.name == self.target.name), None
        )
        equation = self.target.equation
        if gradient is None or gradient.indices != self.target.indices:
            return
        terms = (self.compared.in_terms(e.rhs, {}) for e in every_formula(gradient, equation))
        others = dict.fromkeys(self.target.at_entry(formula) for formula in terms)
        others.pop(self.compared.full, None)
        for formula in list(others)[:MOST_FORMULAS]:
            yield from mistakes_in(self._context(formula))

    def _in_lines_before(self) -> Iterator[Mistake]:
        """Wrong versions of the gradients that the quantity comes of and that the written formula
        has evaluated as well, each as it stands in the formula for the quantity."""
        known = {g.name: g for g in self.derivation.gradients.values()}
        closed = self.compared.gradients_written() | through_time(self.derivation)
        needs = {n: {tensor_name(r) for r in reads(g.expr)} for n, g in known.items()}
        first = {tensor_name(r) for r in reads(self.target.equation.rhs)} - closed
        inner = [*sorted(first), *reachable(sorted(first), lambda n: needs.get(n, set()) - closed)]
        for name in [n for n in dict.fromkeys(inner) if n in known][:MOST_LINES_BEFORE]:
            for mistake in mistakes_in(self._context_of(known[name].equation())):
                rhs = self.compared.in_terms(self.target.equation.rhs, {name: mistake.equation.rhs})
                words = f"{in_line(name)}, {mistake.words}"
                equation = self._equation(self.target.at_entry(rhs))
                yield replace(mistake, equation=equation, words=words)

    def _pairs(self, single: list[Mistake]) -> Iterator[tuple[Mistake, Mistake]]:
        """Two mistakes: those whose changes multiply to the one that is seen, then checked."""
        right = self.compared.value(self.compared.full, self.compared.probe)
        with np.errstate(all="ignore"):
            seen = (self.compared.values / right).ravel()
            values = [self._tried(m) for m in single]
            kept = [
                (m, (v / right).ravel())
                for m, v in zip(single, values, strict=True)
                if v is not None
            ]
            changes = np.array([c for _, c in kept])
            least = 1e-14 * np.max(np.abs(seen[np.isfinite(seen)]), initial=0.0)
            for k, (first, change) in enumerate(kept):
                fits = np.isclose(changes * change, seen, rtol=1e-9, atol=least).all(axis=1)
                for other in np.flatnonzero(fits[: k + 1]):
                    yield from self._both(first, kept[other][0])

    def _both(self, first: Mistake, second: Mistake) -> Iterator[tuple[Mistake, Mistake]]:
        for mistake in mistakes_in(self._context(first.equation.rhs)):
            if mistake.words == second.words and self._gives(mistake):
                if self._gives_at_other_sizes(mistake):
                    yield first, mistake
                return

    def _tried(self, mistake: Mistake) -> np.ndarray | None:
        try:
            return self.compared.value(mistake.equation.rhs, self.compared.probe)
        except (DeltaruleError, ZeroDivisionError, OverflowError):
            return None

    def _gives(self, mistake: Mistake) -> bool:
        value = self._tried(mistake)
        return value is not None and self.compared.close(self.compared.values, value)

    def _gives_at_other_sizes(self, mistake: Mistake) -> bool:
        """Whether a mistake gives the written formula whatever the sizes are: with N = 2, a factor
        ½ stands for 1/N, and 1/(N − 1) for 1."""
        try:
            return all(self._gives_at(mistake, probe) for probe in self.compared.other_sizes)
        except (DeltaruleError, ZeroDivisionError, OverflowError):
            return False

    def _gives_at(self, mistake: Mistake, probe: Probe) -> bool:
        compared = self.compared
        written = compared.value(compared.written, probe)
        return compared.close(written, compared.value(mistake.equation.rhs, probe))

    def _gives_beyond(self, mistake: Mistake, beyond: Probe) -> bool:
        try:
            return not certainly_apart(
                self.compared.written, mistake.equation.rhs, self.target.ranges, beyond
            )
        except (DeltaruleError, ZeroDivisionError, OverflowError):
            return False

    def _equation(self, formula: Expr) -> Equation:
        target = self.target
        indices = () if target.entry else target.indices
        return Equation(target.name, indices, formula, target.ranges, "formula")

    def _context(self, formula: Expr) -> Context:
        return self._context_of(self._equation(formula))

    def _context_of(self, equation: Equation) -> Context:
        values, name = self.compared.probe.values, equation.name
        shapes = {
            n: array.shape
            for n, array in values.arrays.items()
            if array.dtype.kind == "f" and n != name
        }
        line = Line(name, "update" if name.endswith(" after") else "backward", equation)
        own = [e for e in self.derivation.network.equations if e.name == name]
        if len(own) == 1 and own[0].rhs == equation.rhs and own[0].indices == equation.indices:
            line = Line(name, "forward", own[0])
        return Context(self.derivation.network, line, {line.quantity: line}, shapes, values.extent)


def _far_fetched(mistakes: tuple[Mistake, ...]) -> tuple[float, int]:
    """How much two mistakes suppose together: their costs, and how far layers are mixed up."""
    numbers = [[int(n) for n in re.findall(r"\d+", m.words.translate(DIGITS))] for m in mistakes]
    apart = sum((n[0] - n[1]) ** 2 for n in numbers if len(n) == 2)
    return sum(m.cost for m in mistakes), apart


def in_one_sentence(mistakes: tuple[Mistake, ...]) -> str:
    """Mistakes in one sentence."""
    words = [m.words for m in mistakes]
    prefixes = {w.partition(": ")[0] for w in words}
    if len(words) > 1 and len(prefixes) == 1 and all(": " in w for w in words):
        words[1:] = [w.partition(": ")[2] for w in words[1:]]
    return " and ".join(words)
