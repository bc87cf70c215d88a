"""One formula beside the right one, at generic values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import combinations

import numpy as np
from sympy import Expr

from deltarule.arithmetic.base import Undecided
from deltarule.arithmetic.evaluate import evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.modular import Modular
from deltarule.arithmetic.probe import Probe
from deltarule.arithmetic.small_sizes import free_sizes
from deltarule.calculus import Derivation
from deltarule.errors import DeltaruleError
from deltarule.expressions.gradient_names import GradientName, is_gradient
from deltarule.expressions.nodes import Read, index_names, reads, tensor_name
from deltarule.expressions.substitution import replace_reads, substitute
from deltarule.expressions.symbols import Size
from deltarule.formulas.target import Target
from deltarule.marking.formula_answers.both_sides import apart_beyond_kinks
from deltarule.marking.formula_answers.grounds import filled
from deltarule.networks.reachability import reachable
from deltarule.tracing.format_numbers import shown

#: At so many other sizes a cause has to give the written formula; they are drawn by these seeds.
MOST_OTHER_SIZES, OTHER_SEEDS = 2, range(6, 12)

#: So many sizes that were equal by chance are made different at once, or else so many pairs of
#: them, and the seed of the values.
MOST_APART, MOST_PAIRS, APART_SEED = 4, 6, 13


class Comparison:
    """One formula beside the right one, at generic values with some properties and sizes."""

    #: Whether the sums of the written one were limited to the entries that there are.
    limited = False
    #: Values at which both differ that agree at the first ones.
    apart: Probe | None = None

    def __init__(
        self,
        derivation: Derivation,
        target: Target,
        written: Expr,
        properties: Mapping[str, str | np.ndarray] | None = None,
        sizes: Mapping[str, int] | None = None,
    ):
        self.derivation, self.target, self.written = derivation, target, written
        self.properties, self.sizes = properties or {}, sizes or {}
        self.full = target.at_entry(self.in_terms(target.equation.rhs))
        self.probe = self._filled(Float64(), 1)
        self.values = self.value(written, self.probe)

    def in_terms(self, formula: Expr, wrong: Mapping[str, Expr] | None = None) -> Expr:
        """A formula in terms of what the written one is in terms of; itself where that has no
        gradients. `wrong` holds other formulas for some of the gradients that it reads."""
        allowed = self.gradients_written()
        if not allowed and wrong is None:
            return formula
        allowed |= through_time(self.derivation)  # written out, they would have no end
        known = {g.name: g for g in self.derivation.gradients.values()}

        def out(access: Read, changed: Mapping[str, Expr]) -> Expr:
            name = tensor_name(access)
            if name not in known or (name in allowed and name not in changed):
                return access
            g = known[name]
            table = dict(zip(g.indices, access.indices, strict=True))
            inner = substitute(changed.get(name, g.expr), table)
            then = {} if name in changed else changed  # what is wrong may read itself, once
            return replace_reads(inner, lambda a: out(a, then))

        return replace_reads(formula, lambda a: out(a, wrong or {}))

    def gradients_written(self) -> set[str]:
        """The gradients that the written formula reads."""
        used = {tensor_name(r) for r in reads(self.written)}
        of = self.derivation.of
        return {n for n in used if (g := GradientName.parse(n)) and g.of == of}

    def _filled(
        self, arithmetic, seed: int, size: float = 1.0, sizes: Mapping[str, int] | None = None
    ) -> Probe:
        return filled(
            self.derivation,
            arithmetic,
            seed,
            self.properties,
            {**self._least(), **self.sizes, **(sizes or {})},
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

    def value(self, formula: Expr, probe: Probe) -> np.ndarray:
        return evaluate(formula, self.target.ranges, probe.values, probe.arithmetic)

    def right(self) -> bool:
        """Whether both formulas agree, on both sides of their kinks too."""
        return self._alike and self.beyond_kinks is None

    @property
    def alike_only_here(self) -> bool:
        """Whether both agree at usual values, and not beyond a kink."""
        return self.beyond_kinks is not None

    @cached_property
    def beyond_kinks(self) -> Probe | None:
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
        if not self.close(self.values, self.value(self.full, self.probe)):
            return False
        probes = [self.probe]
        try:
            exact = self._filled(Modular(), 2)
            if np.array_equal(self.value(self.written, exact), self.value(self.full, exact)):
                return self._alike_where_sizes_differ([self.probe, exact])
        except Undecided:
            pass
        for seed in (3, 4, 5):
            probes.append(self._filled(Float64(), seed))
            if not self._agree_at(probes[-1]):
                return False
        return self._alike_where_sizes_differ(probes)

    def _alike_where_sizes_differ(self, probes: Sequence[Probe]) -> bool:
        """Whether both agree too where sizes differ that were equal at all probes: K and L of a
        window, or rows and columns."""
        known = {**self._least(), **self.sizes}
        free = [s for s in free_sizes(self.derivation.network) if s.name not in known]
        equal = [
            pair
            for pair in combinations(free, 2)
            if all(p.sizes[pair[0]] == p.sizes[pair[1]] for p in probes)
        ]
        involved = [*dict.fromkeys(s.name for pair in equal for s in pair)]
        if not involved:
            return True
        if len(involved) <= MOST_APART and (there := self._with_sizes(involved)) is not None:
            return self._agree_at(there)
        tried = (self._with_sizes([s.name for s in pair]) for pair in equal[:MOST_PAIRS])
        return all(self._agree_at(there) for there in tried if there is not None)

    def _with_sizes(self, names: Sequence[str]) -> Probe | None:
        """Values where some sizes differ; None if no network has such sizes."""
        sizes = {name: 2 + k for k, name in enumerate(names)}
        try:
            return self._filled(Float64(), APART_SEED, sizes=sizes)
        except DeltaruleError:
            return None

    def _agree_at(self, probe: Probe) -> bool:
        """Whether both agree at a probe; else it is kept, to be shown."""
        found = self.close(self.value(self.written, probe), self.value(self.full, probe))
        self.apart = self.apart if found else probe
        return found

    def close(self, one: np.ndarray, two: np.ndarray) -> bool:
        return bool(np.allclose(one, two, rtol=1e-9, atol=1e-14))

    @cached_property
    def other_sizes(self) -> list[Probe]:
        """Generic values at other sizes, if a network can have others."""
        found: list[Probe] = []
        for seed in OTHER_SEEDS:
            probe = self._filled(Float64(), seed)
            if all(probe.sizes != p.sizes for p in (self.probe, *found)):
                found.append(probe)
            if len(found) == MOST_OTHER_SIZES:
                break
        return found

    def counterexample(self) -> str:
        """Where the formulas differ, in numbers."""
        probe, sort = self.beyond_kinks or self.apart or self.probe, "generic numbers"
        if self.beyond_kinks is not None:
            sort = "numbers beyond a kink"
        values, right = (
            np.asarray(self.value(f, probe), dtype=float) for f in (self.written, self.full)
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


def through_time(derivation: Derivation) -> set[str]:
    """The gradients that need themselves at other times."""
    needs = {g.name: {tensor_name(r) for r in reads(g.expr)} for g in derivation.gradients.values()}
    return {n for n in needs if n in reachable([n], lambda line: needs.get(line, ()))}
