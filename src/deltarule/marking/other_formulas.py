"""Other right formulas of a gradient: those that its derivation passes through on the way.

The closed form of batch norm's ∂L/∂x reads neither ∂L/∂μ nor ∂L/∂v, and softmax with cross-entropy
no ∂E/∂p. Who goes on from these by the chain rule works rightly too. Every step of a derivation
from which the deltas are gone is such a formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace

import numpy as np

from deltarule.calculus import Gradient
from deltarule.calculus.rules.at_the_edge import AT_THE_EDGE
from deltarule.expressions.choices import Delta
from deltarule.expressions.nodes import PartialOf, reads, tensor_name
from deltarule.marking.workings.hypotheses import Evaluator
from deltarule.marking.workings.hypothesis import Hypothesis
from deltarule.marking.workings.no_value import NO_VALUE
from deltarule.networks.equations import Equation
from deltarule.networks.reachability import reachable
from deltarule.tracing.computation import Computation


def other_formulas(computation: Computation) -> dict[str, list[Equation]]:
    """The other right formulas of lines, the first by the chain rule alone, each next one with
    more written out; of those that read the same, the last."""
    gradients = {g.name: g for g in computation.derivation.gradients.values()}
    found = {}
    for line in computation.lines:
        gradient = gradients.get(line.quantity)
        if gradient is not None and line.equation.indices == gradient.indices:
            formulas = on_the_way(gradient, line.equation)
            if formulas:
                found[line.quantity] = formulas
    return found


def on_the_way(gradient: Gradient, line: Equation) -> list[Equation]:
    """The right formulas that a derivation passes through and that read other lines than `line`
    does; of those that read the same, the last."""
    found = {frozenset(e.read_names()): e for e in every_formula(gradient, line)}
    found.pop(frozenset(line.read_names()), None)
    return list(found.values())


def every_formula(gradient: Gradient, line: Equation) -> Iterator[Equation]:
    """All right formulas that a derivation passes through once the deltas are gone.

    Those that read the parts of a long form are left out: parts are no lines of a computation.
    """
    parts = {part.name for part in gradient.parts}
    for step in gradient.steps:
        whole = not parts & {tensor_name(r) for r in reads(step.after)}
        if step.row is not AT_THE_EDGE and whole and not step.after.has(Delta, PartialOf):
            yield replace(line, rhs=step.after)


@dataclass(frozen=True)
class RightWay:
    """Right formulas in the place of some lines' own, and the printed lines that a quantity then
    depends on; `gained` are those that it reads first which it does not read by its own."""

    variants: Mapping[str, Equation]
    printed: tuple[str, ...]
    gained: tuple[str, ...]


class OtherWays:
    """For each quantity, the right ways to it that go on from other printed lines than its own
    formula does."""

    def __init__(self, evaluator: Evaluator, printed: Set[str]):
        self.evaluator, self._as_printed = evaluator, printed
        self._known: dict[str, list[RightWay]] = {}

    def to(self, name: str) -> list[RightWay]:
        """The ways to a quantity; none where all go on from the same printed lines."""
        if name not in self._known:
            self._known[name] = list(self._found(name))
        return self._known[name]

    def _found(self, name: str) -> Iterator[RightWay]:
        seen = {self._read_first(name, {})}
        own = next(iter(seen))
        for variants in self._variants(name):
            first = self._read_first(name, variants)
            if first not in seen and self._is_right(name, variants):
                seen.add(first)
                above = self._above(name, variants) & self._as_printed
                order = [n for n in self.evaluator.equations if n in above]
                yield RightWay(variants, tuple(order), tuple(n for n in order if n in first - own))

    def _variants(self, name: str) -> Iterator[dict[str, Equation]]:
        """A formula for the quantity alone; and all that is not printed by the chain rule alone."""
        formulas = self.evaluator.other_formulas
        yield from ({name: equation} for equation in formulas.get(name, ()))
        chain = {line: found[0] for line, found in formulas.items()}
        reached = reachable([name], lambda n: self._reads(n, chain) - self._as_printed)
        by_chain_rule = {line: chain[line] for line in (name, *reached) if line in chain}
        if by_chain_rule.keys() - {name}:
            yield by_chain_rule

    def _reads(self, name: str, variants: Mapping[str, Equation]) -> frozenset[str]:
        """The lines that a line reads."""
        wrong = variants.get(name)
        needs = self.evaluator.needs.get(name, frozenset()) if wrong is None else wrong.read_names()
        return needs & self.evaluator.equations.keys()

    def _read_first(self, name: str, variants: Mapping[str, Equation]) -> frozenset[str]:
        """The printed lines that a quantity is evaluated from, by way of unprinted ones."""
        printed = self._as_printed
        reached = reachable(
            [name], lambda n: self._reads(n, variants) if n == name or n not in printed else ()
        )
        return frozenset(reached) & printed

    def _above(self, name: str, variants: Mapping[str, Equation]) -> frozenset[str]:
        """All lines that a quantity depends on."""
        return frozenset(reachable([name], lambda n: self._reads(n, variants))) - {name}

    def _is_right(self, name: str, variants: Mapping[str, Equation]) -> bool:
        """Whether a way gives the right values, as formulas at a boundary or a kink may not."""
        try:
            found = self.evaluator.quick(name, Hypothesis(variants=variants))
        except NO_VALUE:
            return False
        right = self.evaluator.computation.floats.arrays[name]
        return np.allclose(found, right, rtol=1e-9, atol=1e-12)
