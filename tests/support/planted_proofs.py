"""Wrong right sides of steps, of many kinds, and whether a proof takes one for right.

    python tests/support/planted_proofs.py [NAME …]

Every step of a derivation is changed in every place: signs, factors, terms, exponents, ranges,
conditions, cases, subscripts, functions, sums of products taken for products of sums. What is
called proved all the same is evaluated; where the numbers differ, the proof is wrong. One line a
layer: how many sides were planted, proved, and proved wrongly; and each of the last.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from time import process_time

from sympy import Add, Basic, Expr, Integer, Mul, Pow, preorder_traversal

from deltarule.arithmetic.integers import OutsideShape
from deltarule.calculus import derive
from deltarule.calculus.step_proofs import StepProofs
from deltarule.calculus.steps import Derivation, Gradient, Step
from deltarule.calculus.verify import Unverified, Verifier
from deltarule.errors import DeltaruleError
from deltarule.expressions.choices import Choose, Frozen
from deltarule.expressions.conditions import AtLeastZero
from deltarule.expressions.functions import Elementwise
from deltarule.expressions.gradient_names import gradient_name
from deltarule.expressions.nodes import LogSumExp, Read, Reduction, Sum
from deltarule.expressions.symbols import Index
from deltarule.language.catalogue import catalogue
from deltarule.language.load import load
from deltarule.spelling.text import text


def planted(formula: Expr) -> Iterator[Expr]:
    """Formulas that differ from one in a single node, each of them once."""
    seen = {formula}
    for node in dict.fromkeys(preorder_traversal(formula)):
        for other in _instead(node):
            changed = formula.xreplace({node: other})
            if changed not in seen:
                seen.add(changed)
                yield changed


def _instead(node: Basic) -> Iterator[Basic]:
    if isinstance(node, Index):
        return
    if isinstance(node, Integer):
        yield from (node + 1, -node)
    elif isinstance(node, Add):
        yield from (node - t for t in node.args)
        yield from (node - 2 * t for t in node.args)
    elif isinstance(node, Mul):
        yield from (node / f for f in node.args if f.is_commutative)
    elif isinstance(node, Pow):
        yield from _powers(node)
    elif isinstance(node, Read):
        yield from _reads(node)
    elif isinstance(node, Reduction):
        yield from _reductions(node)
    elif isinstance(node, Choose):
        condition, then, otherwise = node.args
        yield from (then, otherwise, Choose(condition, otherwise, then))
    elif isinstance(node, AtLeastZero):
        yield from (AtLeastZero(node.args[0] + 1), AtLeastZero(node.args[0] - 1))
    elif isinstance(node, Frozen):
        yield node.args[0]
    elif isinstance(node, Elementwise):
        yield from node.args
        yield from (node.func(*(-a if a is b else a for a in node.args)) for b in node.args)
        yield from (node.func(*(2 * a if a is b else a for a in node.args)) for b in node.args)
        yield from _each_term(node)


def _powers(node: Pow) -> Iterator[Expr]:
    base, exponent = node.args
    yield from (base, 1 / node, node * base, Pow(base, exponent / 2))
    if isinstance(base, Add):
        yield Add(*(Pow(t, exponent) for t in base.args))
    if isinstance(base, Sum):
        yield Sum(Pow(base.body, exponent), base.ranges, base.conditions)
    if isinstance(base, Mul) and not exponent.is_Integer:
        yield Mul(*(Pow(f, exponent) for f in base.args))
    if isinstance(base, Pow):
        yield Pow(base.args[0], base.args[1] * exponent)


def _reads(node: Read) -> Iterator[Expr]:
    for at, subscript in enumerate(node.indices):
        for other in (subscript + 1, -subscript):
            yield Read(node.base, *node.indices[:at], other, *node.indices[at + 1 :])
    if len(node.indices) > 1:
        yield Read(node.base, *node.indices[1:], node.indices[0])


def _reductions(node: Reduction) -> Iterator[Expr]:
    body, ranges, conditions = node.body, node.ranges, node.conditions
    yield body
    yield from (type(node)(body, ranges, [c for c in conditions if c is not d]) for d in conditions)
    for at, (index, extent) in enumerate(ranges):
        fewer = (*ranges[:at], (index, extent - 1), *ranges[at + 1 :])
        yield type(node)(body, fewer, conditions)
        yield type(node)(body, (*ranges[:at], *ranges[at + 1 :]), conditions)
    if isinstance(node, Sum) and isinstance(body, Mul):
        yield Mul(*(Sum(f, ranges, conditions) for f in body.args))
    if isinstance(node, LogSumExp):
        yield Sum(body, ranges, conditions)


def _each_term(node: Elementwise) -> Iterator[Expr]:
    """A function of a sum as the sum of its values."""
    if len(node.args) == 1 and isinstance(node.args[0], Add):
        yield Add(*(node.func(t) for t in node.args[0].args))
    if len(node.args) == 1 and isinstance(node.args[0], Mul):
        first, *others = node.args[0].args
        yield node.func(first) * Mul(*others)


class Trial:
    """The steps of one derivation with wrong right sides."""

    def __init__(self, derivation: Derivation):
        self.derivation, self.proofs = derivation, StepProofs(derivation)
        self.planted = self.proved = self.unreadable = 0
        network = derivation.network
        given = {gradient_name(derivation.of, n): network.tensors[n] for n in derivation.upstream}
        self._verifier = Verifier(network, given, derivation.seed)
        self._verifier.learn([g.equation() for g in derivation.gradients.values()])

    def wrongly_proved(self) -> Iterator[tuple[Gradient, Step, Expr]]:
        """The steps whose planted right side differs and is called proved."""
        tried = set()
        for gradient in self.derivation.gradients.values():
            for step in gradient.steps:
                if (step.row.name, step.before, step.after) in tried:
                    continue
                tried.add((step.row.name, step.before, step.after))
                for wrong in planted(step.after):
                    self.planted += 1
                    if self._is_proved(gradient, replace(step, after=wrong)):
                        self.proved += 1
                        if self._differs(gradient, step, wrong):
                            yield gradient, step, wrong

    def _is_proved(self, gradient: Gradient, step: Step) -> bool:
        try:
            return bool(self.proofs.of(gradient, step))
        except (DeltaruleError, TypeError, ValueError):
            self.unreadable += 1  # the change made no formula
            return False

    def _differs(self, gradient: Gradient, step: Step, wrong: Expr) -> bool:
        ranges = tuple(zip(gradient.indices, gradient.tensor.axes, strict=True))
        try:
            self._verifier.same_beside_kinks(step.after, wrong, ranges)
        except Unverified as error:
            return "no values were found" not in str(error)
        except OutsideShape:
            return False  # what cancels is the same at any place, but has no value there
        return False


def main(names: list[str]) -> int:
    """Print a line a layer; the number of wrong proofs."""
    wrong = 0
    for name in names or catalogue():
        start = process_time()
        trial = Trial(derive(load(name)))
        found = list(trial.wrongly_proved())
        seconds = f"{process_time() - start:.0f} s"
        counts = f"{trial.planted} planted, {trial.unreadable} no formula, {trial.proved} proved"
        print(f"{name}: {counts}, {len(found)} wrongly, {seconds}", flush=True)
        for gradient, step, other in found:
            print(f"    {gradient.name}, {step.rule}: {text(step.after)}")
            print(f"    is not {text(other)}", flush=True)
        wrong += len(found)
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
