"""Proofs of steps for all sizes and values, beside their verification at small ones.

A step is proved if both of its sides have one normal form, as they stand or with definitions put
in; if a theorem says it word for word (the chain rule); if a local derivative has the inner product
with every direction that the change of the equations has along it; or if it is what a rule makes
of its left side whose statement is enumerated exhaustively at small sizes by a test (`LEMMAS`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from sympy import Add, Expr

from deltarule.calculus.backward_order import at_least_one_time, consumers, live_tensors
from deltarule.calculus.directional import NoDirection, change
from deltarule.calculus.named_terms import put_back
from deltarule.calculus.normal_form import normal_form
from deltarule.calculus.rules.chain_rule import CHAIN_RULE, NO_PATH, START, paths
from deltarule.calculus.rules.count_terms import COUNT
from deltarule.calculus.rules.cut_ranges import CLIP_THE_RANGE, EMPTY_SUM
from deltarule.calculus.rules.delta_elimination import (
    DIVIDE_THE_DELTA,
    KEEP_THE_CONDITION,
    SIFT_THE_DELTA,
    SOLVE_THE_DELTA,
)
from deltarule.calculus.rules.index_digits import SPLIT_THE_INDEX, TURN_ROUND
from deltarule.calculus.rules.local_derivative import LOCAL_DERIVATIVE
from deltarule.calculus.rules.name_the_parts import NAME_THE_PARTS
from deltarule.calculus.rules.rule import Given, Rule
from deltarule.calculus.steps import Derivation, Gradient, Step
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Read, Sum, read, reads, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.networks.equations import Equation

#: The rules whose statements a test enumerates.
LEMMAS: tuple[Rule, ...] = (
    SIFT_THE_DELTA, SOLVE_THE_DELTA, DIVIDE_THE_DELTA, KEEP_THE_CONDITION, SPLIT_THE_INDEX,
    TURN_ROUND, CLIP_THE_RANGE, EMPTY_SUM, COUNT,
)  # fmt: skip

#: A step may be a rule several times over.
MOST_TIMES = 4

#: How a step is proved.
NORMAL = "one normal form"
DEFINED = "one normal form, with definitions put in"
THEOREM = "the chain rule, word for word"
DIRECTIONS = "the change along any direction"
LEMMA = "what the rule states"
#: What a direction is called, which no tensor is.
_DIRECTION = "direction of"


class StepProofs:
    """Proves the steps of one derivation."""

    def __init__(self, derivation: Derivation):
        self.derivation, self.network = derivation, derivation.network
        self._found: dict[tuple, str] = {}

    def of(self, gradient: Gradient, step: Step) -> str:
        """How a step is proved for all sizes; empty where it was only verified at some."""
        key = (step.row.name, step.before, step.after, gradient.indices)
        if key not in self._found:
            self._found[key] = self._proved(gradient, step)
        return self._found[key]

    def share(self) -> tuple[int, int]:
        """How many steps are proved, and how many there are."""
        steps = [(g, s) for g in self.derivation.gradients.values() for s in g.steps]
        return sum(bool(self.of(g, s)) for g, s in steps), len(steps)

    def _proved(self, gradient: Gradient, step: Step) -> str:
        ranges = tuple(zip(gradient.indices, gradient.tensor.axes, strict=True))
        if step.row in (START, NO_PATH, CHAIN_RULE):
            return THEOREM if self._is_chain_rule(gradient, step) else ""
        if step.row is LOCAL_DERIVATIVE:
            return DIRECTIONS if self._along_directions(gradient, step, ranges) else ""
        if step.row is NAME_THE_PARTS:
            return DEFINED if self._same(step.before, put_back(gradient.in_lines), ranges) else ""
        if self._same(step.before, step.after, ranges):
            return NORMAL
        if any(self._same(one, two, ranges) for one, two in self._written_out(step)):
            return DEFINED
        return LEMMA if self._as_ruled(step, ranges) else ""

    def _same(self, one: Expr, two: Expr, ranges: Sequence) -> bool:
        return one == two or not normal_form(one - two, ranges, self.network.definitions)

    # ---- theorems -----------------------------------------------------------------------------
    def _is_chain_rule(self, gradient: Gradient, step: Step) -> bool:
        """Whether the right side is the sum over all equations that read the tensor."""
        if step.row is START:
            return gradient.of == gradient.tensor.name and step.after == 1
        if step.row is NO_PATH:
            return not self._consumers(gradient) and step.after == 0
        return step.after == Add(*(way.expression() for way in self._ways(gradient)))

    def _ways(self, gradient: Gradient) -> list:
        here = read(gradient.tensor.name, *gradient.indices)
        return paths(here, gradient.of, self._consumers(gradient))

    def _consumers(self, gradient: Gradient) -> list[Equation]:
        """The equations that read a tensor, on a way to what is differentiated."""
        return consumers(self.network, gradient.tensor.name, self._live)

    @cached_property
    def _live(self) -> set[str]:
        return live_tensors(self.network, {self.derivation.of, *self.derivation.upstream})

    def _along_directions(self, gradient: Gradient, step: Step, ranges: Sequence) -> bool:
        """Whether Σ_u (∂E/∂X[u])·V[u] is Σ_i ∂E/∂Y[i]·(the change of Y[i] along V), for any V."""
        name = gradient.tensor.name
        direction = f"{_DIRECTION} {name}"
        try:
            moved = []
            for way in self._ways(gradient):
                along = change(way.apart.rhs, name, direction, self.network)
                moved.append(Sum(way.upstream * along, way.apart.ranges))
        except NoDirection:
            return False
        product = step.after * read(direction, *gradient.indices)
        inner, outer = Sum(product, ranges) if ranges else product, Add(*moved)
        if self._same(inner, outer, ()):
            return True
        inner, outer = (_with(e, self._values, set(self._values)) for e in (inner, outer))
        return self._same(inner, outer, ())

    # ---- definitions --------------------------------------------------------------------------
    def _written_out(self, step: Step):
        """Both sides with the definitions of what only one of them reads."""
        mine, theirs = ({tensor_name(r) for r in reads(e)} for e in (step.before, step.after))
        for known in (self._gradients, self._values, {**self._gradients, **self._values}):
            before = _with(step.before, known, mine - theirs)
            after = _with(step.after, known, theirs - mine)
            if (before, after) != (step.before, step.after):
                yield before, after
        shared = {n for n in mine & theirs if n in self._values}
        if shared:
            yield tuple(_with(e, self._values, mine | theirs) for e in (step.before, step.after))

    @cached_property
    def _gradients(self) -> dict[str, Equation]:
        return {g.name: g.equation() for g in self.derivation.gradients.values()}

    @cached_property
    def _values(self) -> dict[str, Equation]:
        """The equations of tensors that one equation defines at all of their entries."""
        equations = self.network.equations
        names = [e.name for e in equations]
        return {
            e.name: e
            for e in equations
            if names.count(e.name) == 1 and e.subscripts == e.indices and not reads(e.rhs, e.name)
        }

    # ---- rules --------------------------------------------------------------------------------
    def _as_ruled(self, step: Step, ranges: Sequence) -> bool:
        """Whether a rule of the lemmas makes the right side of the left one, step by step."""
        if step.row not in LEMMAS:
            return False
        given = Given(self.network, {**dict(ranges), **at_least_one_time(self.network)})
        terms, others = (Add.make_args(e) for e in (step.before, step.after))
        now = Add(*(t for t in terms if t not in others))
        wanted = Add(*(t for t in others if t not in terms))
        for _ in range(MOST_TIMES):
            try:
                found = step.row.apply(now, given)
            except DeltaruleError:
                return False
            if found is None:
                return False
            if self._same(found.after, wanted, ranges):
                return True
            now = found.after
        return False


def _with(expression: Expr, known: Mapping[str, Equation], names: set[str]) -> Expr:
    """The expression with some tensors written out by their equations."""

    def out(access: Read) -> Expr:
        name = tensor_name(access)
        if name not in names or name not in known:
            return access
        equation = known[name]
        return equation.rhs_at(access)

    return replace_reads(expression, out)


def with_proofs(derivation: Derivation) -> Derivation:
    """The derivation whose steps say how they are proved; alike gradients are proved once."""
    proofs, known = StepProofs(derivation), {}
    found = {}
    for name, gradient in derivation.gradients.items():
        proved = known.get(gradient.kind) if gradient.kind is not None else None
        if proved is None or len(proved) != len(gradient.steps):
            proved = known[gradient.kind] = [proofs.of(gradient, s) for s in gradient.steps]
        found[name] = replace(gradient, steps=_Proved(gradient.steps, proved))
    return replace(derivation, gradients=found)


class _Proved(Sequence):
    """Steps with what is said of their proofs, made when they are looked at: of a large network
    few are."""

    def __init__(self, steps: Sequence[Step], proofs: Sequence[str]):
        self._steps, self._proofs = steps, proofs

    @cached_property
    def _found(self) -> tuple[Step, ...]:
        pairs = zip(self._steps, self._proofs, strict=True)
        return tuple(replace(step, proved=proof) for step, proof in pairs)

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, at):
        return self._found[at]
