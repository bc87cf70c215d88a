"""Judging a formula: by its values at generic numbers, and by the mistakes that would give it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from sympy import Expr

from deltarule.arithmetic.base import Undecided
from deltarule.arithmetic.evaluate import evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.modular import Modular
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.run import run
from deltarule.calculus import Derivation, Gradient
from deltarule.checking.lines import Line
from deltarule.checking.show import shown
from deltarule.marking import verdicts
from deltarule.marking.formulas.parser import parse_formula
from deltarule.marking.mistakes import Mistake, Scene, mistakes_in
from deltarule.marking.verdicts import Verdict
from deltarule.notation.equations import Equation
from deltarule.notation.errors import DeltaruleError, did_you_mean
from deltarule.notation.names import parse_reference, pretty
from deltarule.notation.nodes import Read, free_indices, index_names, read, reads, tensor_name
from deltarule.notation.substitution import replace_reads, substitute
from deltarule.notation.text import text

_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def judge_formula(derivation: Derivation, quantity: str, formula: str, run: int = 1) -> Verdict:
    """The verdict on a formula for a gradient.

    Raises DeltaruleError for a formula that cannot be read and a quantity without a gradient.
    """
    gradient = _gradient(derivation, quantity)
    ranges = gradient.equation().ranges
    parsed = parse_formula(formula, derivation.network, quantity, ranges)
    written = _ours(parsed, derivation, gradient)
    judged = _Judgement(derivation, gradient, written)
    expected = text(judged.full)
    if judged.right():
        return Verdict(gradient.name, None, verdicts.RIGHT, "", expected, formula, run=run)
    found = list(dict.fromkeys((_told(m), tuple(x.kind for x in m)) for m in judged.mistakes()))
    if found:
        sentence, kinds = found[0]
        others = tuple(s for s, _ in found[1:6])
        return Verdict(
            gradient.name, None, verdicts.MISTAKE, sentence, expected, formula, others, kinds, run
        )
    return Verdict(
        gradient.name, None, verdicts.WRONG, judged.counterexample(), expected, formula, run=run
    )


def _gradient(derivation: Derivation, quantity: str) -> Gradient:
    reference = parse_reference(quantity)
    name = reference.wrt or reference.name
    if name not in derivation.gradients:
        raise DeltaruleError(
            f"{quantity} is no gradient of {derivation.network.name}",
            quantity,
            did_you_mean(name, derivation.gradients)
            or "its gradients are of " + ", ".join(derivation.gradients),
        )
    return derivation.gradients[name]


def _ours(formula: Expr, derivation: Derivation, gradient: Gradient) -> Expr:
    """The formula with our name for the loss, and our names for the free indices."""

    def renamed(access: Read) -> Expr:
        of, bar, wrt = tensor_name(access).partition("/d")
        return read(f"d{derivation.of}/d{wrt}", *access.indices) if bar else access

    formula = replace_reads(formula, renamed)
    free = sorted(free_indices(formula), key=str)
    strange = [i for i in free if i not in gradient.indices]
    left = [i for i in gradient.indices if i not in free]
    if not strange:
        return formula
    if len(strange) > len(left):
        raise DeltaruleError(
            f"index {strange[0]} is free in the formula but not in {pretty(gradient.name)}",
            text(gradient.lhs),
            f"sum over it, Σ_{strange[0]} …, or use the indices of {text(gradient.lhs)}",
        )
    return substitute(formula, dict(zip(strange, left, strict=False)))


class _Judgement:
    """One formula beside the right one, at generic values."""

    def __init__(self, derivation: Derivation, gradient: Gradient, written: Expr):
        self.derivation, self.gradient, self.written = derivation, gradient, written
        self.ranges = gradient.equation().ranges
        self.full = self._expanded()
        self.probe = self._filled(Probe(derivation.network, Float64(), seed=1))
        self.values = self._value(written, self.probe)

    def _expanded(self) -> Expr:
        """The right formula in terms of what the written one is in terms of."""
        used = {tensor_name(r) for r in reads(self.written)}
        known = {g.name: g for g in self.derivation.gradients.values()}
        outer = f"d{self.derivation.of}/d"
        allowed = {n for n in used if n.startswith(outer)}

        def out(access: Read) -> Expr:
            name = tensor_name(access)
            if name in allowed or name not in known:
                return access
            g = known[name]
            inner = substitute(g.expr, dict(zip(g.indices, access.indices, strict=True)))
            return replace_reads(inner, out)

        return replace_reads(self.gradient.expr, out) if allowed else self.gradient.expr

    def _filled(self, probe: Probe) -> Probe:
        for name in self.derivation.upstream:
            axes = self.derivation.network.tensors[name].axes
            probe.values.arrays[f"d{self.derivation.of}/d{name}"] = probe.noise(axes)
        run(self.derivation.equations(), probe.values, probe.arithmetic)
        return probe

    def _value(self, formula: Expr, probe: Probe) -> np.ndarray:
        return evaluate(formula, self.ranges, probe.values, probe.arithmetic)

    def right(self) -> bool:
        """Whether both formulas agree, modulo a prime where that decides, else at many floats."""
        if not self._close(self.values, self._value(self.full, self.probe)):
            return False
        try:
            exact = self._filled(Probe(self.derivation.network, Modular(), seed=2))
            if np.array_equal(self._value(self.written, exact), self._value(self.full, exact)):
                return True
        except Undecided:
            pass
        others = (
            self._filled(Probe(self.derivation.network, Float64(), seed=s)) for s in (3, 4, 5)
        )
        return all(
            self._close(self._value(self.written, p), self._value(self.full, p)) for p in others
        )

    def _close(self, one: np.ndarray, two: np.ndarray) -> bool:
        return bool(np.allclose(one, two, rtol=1e-9, atol=1e-14))

    def mistakes(self) -> list[tuple[Mistake, ...]]:
        """One mistake, or else two, with which the right formula becomes the written one."""
        single = mistakes_in(self._scene(self.full))
        found = [(m,) for m in single if self._gives(m)]
        return found or sorted(self._pairs(single), key=_far_fetched)

    def _pairs(self, single: list[Mistake]) -> Iterator[tuple[Mistake, Mistake]]:
        """Two mistakes: those whose changes multiply to the one that is seen, then checked."""
        right = self._value(self.full, self.probe)
        with np.errstate(all="ignore"):
            seen = (self.values / right).ravel()
            values = [self._tried(m) for m in single]
            kept = [(m, (v / right).ravel()) for m, v in zip(single, values, strict=True)
                    if v is not None]
            changes = np.array([c for _, c in kept])
            for k, (first, change) in enumerate(kept):
                fits = np.isclose(changes * change, seen, rtol=1e-9).all(axis=1)
                for other in np.flatnonzero(fits[: k + 1]):
                    yield from self._both(first, kept[other][0])

    def _both(self, first: Mistake, second: Mistake) -> Iterator[tuple[Mistake, Mistake]]:
        for mistake in mistakes_in(self._scene(first.equation.rhs)):
            if mistake.words == second.words and self._gives(mistake):
                yield first, mistake
                return

    def _tried(self, mistake: Mistake) -> np.ndarray | None:
        try:
            return self._value(mistake.equation.rhs, self.probe)
        except (DeltaruleError, ZeroDivisionError, OverflowError):
            return None

    def _gives(self, mistake: Mistake) -> bool:
        value = self._tried(mistake)
        return value is not None and self._close(self.values, value)

    def _scene(self, formula: Expr) -> Scene:
        equation = Equation(
            self.gradient.name, self.gradient.indices, formula, self.ranges, "formula"
        )
        values = self.probe.values
        shapes = {
            name: array.shape
            for name, array in values.arrays.items()
            if array.dtype.kind == "f" and name != self.gradient.name
        }
        line = Line(self.gradient.name, "backward", equation)
        return Scene(
            self.derivation.network, line, {line.quantity: line}, shapes, values.extent
        )

    def counterexample(self) -> str:
        """Where the formulas differ, in numbers."""
        right = self._value(self.full, self.probe)
        gaps = np.abs(np.asarray(self.values) - right)
        at = tuple(int(k) for k in np.unravel_index(int(np.argmax(gaps)), gaps.shape))
        names = sorted(index_names(self.full) | {i.name for i in self.gradient.indices})
        where = ", ".join(
            f"{i} = {k}" for i, k in zip(self.gradient.indices, at, strict=True)
        )
        return (
            f"at generic numbers{' for ' + where if where and names else ''} the formula gives "
            f"{shown(float(np.asarray(self.values)[at]))}, but the gradient is "
            f"{shown(float(right[at]))}"
        )


def _far_fetched(mistakes: tuple[Mistake, ...]) -> tuple[float, int]:
    """How much two mistakes suppose together: their costs, and how far layers are mixed up."""
    numbers = [[int(n) for n in re.findall(r"\d+", m.words.translate(_DIGITS))] for m in mistakes]
    apart = sum((n[0] - n[1]) ** 2 for n in numbers if len(n) == 2)
    return sum(m.cost for m in mistakes), apart


def _told(mistakes: tuple[Mistake, ...]) -> str:
    words = [m.words for m in mistakes]
    prefixes = {w.partition(": ")[0] for w in words}
    if len(words) > 1 and len(prefixes) == 1 and all(": " in w for w in words):
        words[1:] = [w.partition(": ")[2] for w in words[1:]]
    return " and ".join(words)
