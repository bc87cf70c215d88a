"""One formula beside the right one, at generic values; and the mistakes that lead from one to
the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np
from sympy import Expr

from deltarule.arithmetic.base import Undecided
from deltarule.arithmetic.evaluate import evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.modular import Modular
from deltarule.arithmetic.probe import Probe
from deltarule.calculus import Derivation
from deltarule.errors import DeltaruleError
from deltarule.expressions.gradient_names import GradientName, is_gradient
from deltarule.expressions.nodes import Read, index_names, reads, tensor_name
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.symbols import Size
from deltarule.marking.formulas.both_sides import apart_beyond_kinks, certainly_apart
from deltarule.marking.formulas.grounds import filled
from deltarule.marking.formulas.target import Target
from deltarule.marking.mistakes import Context, Mistake, mistakes_in
from deltarule.networks.equations import Equation
from deltarule.networks.reachability import reachable
from deltarule.tracing.format_numbers import shown
from deltarule.tracing.lines import Line

#: At so many other sizes a cause has to give the written formula; they are drawn by these seeds.
MOST_OTHER_SIZES, OTHER_SEEDS = 2, range(6, 12)

_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


class Comparison:
    """One formula beside the right one, at generic values with some properties and sizes."""

    #: Whether the sums of the written one were limited to the entries that there are.
    limited = False

    def __init__(
        self,
        derivation: Derivation,
        target: Target,
        written: Expr,
        properties: Mapping[str, str] | None = None,
        sizes: Mapping[str, int] | None = None,
    ):
        self.derivation, self.target, self.written = derivation, target, written
        self.properties, self.sizes = properties or {}, sizes or {}
        self.full = target.at_entry(self._expanded())
        self.probe = self._filled(Float64(), 1)
        self.values = self._value(written, self.probe)

    def _expanded(self) -> Expr:
        """The right formula in terms of what the written one is in terms of."""
        used = {tensor_name(r) for r in reads(self.written)}
        known = {g.name: g for g in self.derivation.gradients.values()}
        allowed = {n for n in used if (g := GradientName.parse(n)) and g.of == self.derivation.of}
        if not allowed:
            return self.target.equation.rhs
        allowed |= _through_time(self.derivation)  # written out, they would have no end

        def out(access: Read) -> Expr:
            name = tensor_name(access)
            if name in allowed or name not in known:
                return access
            g = known[name]
            inner = substitute(g.expr, dict(zip(g.indices, access.indices, strict=True)))
            return replace_reads(inner, out)

        return replace_reads(self.target.equation.rhs, out)

    def _filled(self, arithmetic, seed: int, size: float = 1.0) -> Probe:
        return filled(
            self.derivation,
            arithmetic,
            seed,
            self.properties,
            {**self._least(), **self.sizes},
            size,
        )

    def _least(self) -> dict[str, int]:
        """Sizes with which the entry that is asked exists."""
        axes = [n for _, n in self.target.equation.ranges]
        return {
            n.name: k + 2
            for n, k in zip(axes, self.target.entry, strict=False)
            if isinstance(n, Size) and n not in self.derivation.network.definitions and k > 0
        }

    def _value(self, formula: Expr, probe: Probe) -> np.ndarray:
        return evaluate(formula, self.target.ranges, probe.values, probe.arithmetic)

    def right(self) -> bool:
        """Whether both formulas agree, on both sides of their kinks too."""
        return self._alike and self._apart is None

    @property
    def alike_only_here(self) -> bool:
        """Whether both agree at usual values, and not beyond a kink."""
        return self._apart is not None

    @cached_property
    def _apart(self) -> Probe | None:
        """Values beyond a kink at which formulas differ that are alike at usual ones."""
        if not self._alike:
            return None
        return apart_beyond_kinks(
            self.written, self.full, self.target.ranges, self.probe, self._filled
        )

    @cached_property
    def _alike(self) -> bool:
        """Whether both agree at generic values, modulo a prime where that decides, else at many
        floats."""
        if not self._close(self.values, self._value(self.full, self.probe)):
            return False
        try:
            exact = self._filled(Modular(), 2)
            if np.array_equal(self._value(self.written, exact), self._value(self.full, exact)):
                return True
        except Undecided:
            pass
        others = (self._filled(Float64(), s) for s in (3, 4, 5))
        return all(
            self._close(self._value(self.written, p), self._value(self.full, p)) for p in others
        )

    def _close(self, one: np.ndarray, two: np.ndarray) -> bool:
        return bool(np.allclose(one, two, rtol=1e-9, atol=1e-14))

    def mistakes(self) -> list[tuple[Mistake, ...]]:
        """One mistake, or else two, with which the right formula becomes the written one."""
        single = mistakes_in(self._context(self.full))
        found = [(m,) for m in single if self._gives(m) and self._gives_at_other_sizes(m)]
        if self._apart is not None:
            return [(m,) for (m,) in found if self._gives_beyond(m, self._apart)]
        return found or sorted(self._pairs(single), key=_far_fetched)

    def _pairs(self, single: list[Mistake]) -> Iterator[tuple[Mistake, Mistake]]:
        """Two mistakes: those whose changes multiply to the one that is seen, then checked."""
        right = self._value(self.full, self.probe)
        with np.errstate(all="ignore"):
            seen = (self.values / right).ravel()
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
            return self._value(mistake.equation.rhs, self.probe)
        except (DeltaruleError, ZeroDivisionError, OverflowError):
            return None

    def _gives(self, mistake: Mistake) -> bool:
        value = self._tried(mistake)
        return value is not None and self._close(self.values, value)

    def _gives_at_other_sizes(self, mistake: Mistake) -> bool:
        """Whether a mistake gives the written formula whatever the sizes are: with N = 2, a factor
        ½ stands for 1/N, and 1/(N − 1) for 1."""
        try:
            return all(
                self._close(self._value(self.written, p), self._value(mistake.equation.rhs, p))
                for p in self._other_sizes
            )
        except (DeltaruleError, ZeroDivisionError, OverflowError):
            return False

    @cached_property
    def _other_sizes(self) -> list[Probe]:
        """Generic values at other sizes, if a network can have others."""
        found: list[Probe] = []
        for seed in OTHER_SEEDS:
            probe = self._filled(Float64(), seed)
            if all(probe.sizes != p.sizes for p in (self.probe, *found)):
                found.append(probe)
            if len(found) == MOST_OTHER_SIZES:
                break
        return found

    def _gives_beyond(self, mistake: Mistake, beyond: Probe) -> bool:
        try:
            return not certainly_apart(
                self.written, mistake.equation.rhs, self.target.ranges, beyond
            )
        except (DeltaruleError, ZeroDivisionError, OverflowError):
            return False

    def _context(self, formula: Expr) -> Context:
        target = self.target
        equation = Equation(
            target.name, () if target.entry else target.indices, formula, target.ranges, "formula"
        )
        values = self.probe.values
        shapes = {
            name: array.shape
            for name, array in values.arrays.items()
            if array.dtype.kind == "f" and name != target.name
        }
        line = Line(target.name, "backward", equation)
        own = [e for e in self.derivation.network.equations if e.name == target.name]
        if len(own) == 1 and own[0].rhs == formula and own[0].indices == equation.indices:
            line = Line(target.name, "forward", own[0])
        return Context(self.derivation.network, line, {line.quantity: line}, shapes, values.extent)

    def counterexample(self) -> str:
        """Where the formulas differ, in numbers."""
        probe, sort = self._apart or self.probe, "generic numbers"
        if self._apart is not None:
            sort = "numbers beyond a kink"
        values, right = (
            np.asarray(self._value(f, probe), dtype=float) for f in (self.written, self.full)
        )
        gaps = np.abs(values - right)
        at = tuple(int(k) for k in np.unravel_index(int(np.argmax(gaps)), gaps.shape))
        names = index_names(self.full) | {i.name for i, _ in self.target.ranges}
        where = ", ".join(f"{i} = {k}" for (i, _), k in zip(self.target.ranges, at, strict=True))
        return (
            f"at {sort}{' for ' + where if where and names else ''} the formula gives "
            f"{shown(float(values[at]))}, but "
            f"{'the gradient' if is_gradient(self.target.name) else self.target.shown} is "
            f"{shown(float(right[at]))}"
        )


def _through_time(derivation: Derivation) -> set[str]:
    """The gradients that need themselves at other times."""
    needs = {g.name: {tensor_name(r) for r in reads(g.expr)} for g in derivation.gradients.values()}
    return {n for n in needs if n in reachable([n], lambda line: needs.get(line, ()))}


def _far_fetched(mistakes: tuple[Mistake, ...]) -> tuple[float, int]:
    """How much two mistakes suppose together: their costs, and how far layers are mixed up."""
    numbers = [[int(n) for n in re.findall(r"\d+", m.words.translate(_DIGITS))] for m in mistakes]
    apart = sum((n[0] - n[1]) ** 2 for n in numbers if len(n) == 2)
    return sum(m.cost for m in mistakes), apart


def in_one_sentence(mistakes: tuple[Mistake, ...]) -> str:
    """Mistakes in one sentence."""
    words = [m.words for m in mistakes]
    prefixes = {w.partition(": ")[0] for w in words}
    if len(words) > 1 and len(prefixes) == 1 and all(": " in w for w in words):
        words[1:] = [w.partition(": ")[2] for w in words[1:]]
    return " and ".join(words)
