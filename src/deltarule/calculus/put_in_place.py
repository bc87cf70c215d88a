"""A gradient that was derived for layers taken out, put in the place of those in their network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sympy import Basic, Expr

from deltarule.calculus.layer_groups import Group
from deltarule.calculus.steps import Derivation, Gradient, Step
from deltarule.expressions.affine import never_negative
from deltarule.expressions.gradient_names import gradient_name
from deltarule.expressions.nodes import AtLeastZero, Reduction
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.rewrites import rewrite
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.networks.respelled import respelled
from deltarule.networks.tensors import Tensor
from deltarule.spelling.text import text

if TYPE_CHECKING:
    from deltarule.matrix_form.find import Words


class Place:
    """Where a group of layers stands: `of` is what is differentiated in the whole network."""

    def __init__(self, group: Group, derived: Derivation, of: str):
        self._group, self._derived, self._of = group, derived, of
        self._names = dict(group.names)
        for own, name in group.names.items():
            self._names[gradient_name(derived.of, own)] = gradient_name(of, name)

    def gradient(self, own: str, tensor: Tensor) -> Gradient:
        """The gradient by a tensor, called `own` in the group, as it is in the network."""
        found = self._derived.gradients[own]
        ranges = dict(zip(found.indices, tensor.axes, strict=True))
        return replace(
            found,
            of=self._of,
            tensor=tensor,
            expr=self.formula(found.expr, ranges),
            steps=_StepsInPlace(self, found.steps, ranges),
            alternatives=tuple(self.formula(f, ranges) for f in found.alternatives),
            notes=tuple(map(self.sentence, found.notes)),
            places=tuple(map(self._place, found.places)),
            matrix_forms=_WordsInPlace(self, found),
            kind=(id(self._derived), own),
        )

    def formula(self, formula: Expr, ranges: Mapping[Index, Expr] | None = None) -> Expr:
        """A formula of the group with the network's names and sizes.

        Conditions that hold everywhere once sizes are numbers are left out.
        """
        found = substitute(respelled(formula, self._names), self._group.sizes)
        return _without_what_holds(found, ranges or {})

    def _place(self, place: Equation) -> Equation:
        """A closed form for a part of a tensor, likewise."""
        ranges = tuple((i, substitute(n, self._group.sizes)) for i, n in place.ranges)
        subscripts = tuple(substitute(s, self._group.sizes) for s in place.subscripts)
        rhs = self.formula(place.rhs, dict(ranges))
        name = self._names.get(place.name, place.name)
        return replace(place, name=name, subscripts=subscripts, rhs=rhs, ranges=ranges)

    def step(self, step: Step, ranges: Mapping[Index, Expr]) -> Step:
        """A step of the group, likewise."""
        return replace(
            step,
            before=self.formula(step.before, ranges),
            after=self.formula(step.after, ranges),
            detail=self.sentence(step.detail),
            condition=self.sentence(step.condition),
        )

    def sentence(self, sentence: str) -> str:
        """Words about the group, likewise."""
        pattern, spelt = self._spelling
        return pattern.sub(lambda match: spelt[match[0]], sentence) if sentence else ""

    @cached_property
    def _spelling(self) -> tuple[re.Pattern, Mapping[str, str]]:
        spelt = {text.name(own): text.name(name) for own, name in self._group.names.items()}
        for symbol, value in self._group.sizes.items():
            if symbol != value:
                spelt[text(symbol)] = text(value) if value.is_Atom else f"({text(value)})"
        longest = sorted(map(re.escape, spelt), key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(longest)})(?!\w)"), spelt

    def phrase(self, part: Any) -> Any:
        """A phrase of the group in words, likewise."""
        if isinstance(part, str):
            return self._names.get(part, part)
        if isinstance(part, Expr):
            return self.formula(part)
        if isinstance(part, tuple):
            return tuple(map(self.phrase, part))
        if is_dataclass(part) and not isinstance(part, type):
            own = {f.name: self.phrase(getattr(part, f.name)) for f in fields(part)}
            return replace(part, **own)
        return substitute(part, self._group.sizes) if isinstance(part, Basic) else part


class _StepsInPlace(Sequence):
    """The steps of a gradient, put in their place when they are looked at."""

    def __init__(self, place: Place, steps: Sequence[Step], ranges: Mapping[Index, Expr]):
        self._place, self._steps, self._ranges = place, steps, ranges

    @cached_property
    def _found(self) -> tuple[Step, ...]:
        return tuple(self._place.step(s, self._ranges) for s in self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, at):
        return self._found[at]

    def __iter__(self) -> Iterator[Step]:
        return iter(self._found)


class _WordsInPlace:
    """The words for a gradient, found for the group: they are true at all sizes."""

    def __init__(self, place: Place, found: Gradient):
        self._place, self._own = place, found

    def words(self, _equation: Equation) -> Words | None:
        """The words; None where no pattern is known."""
        words = self._own.saying
        if words is None:
            return None
        return replace(words, phrase=self._place.phrase(words.phrase))

    def holds(self, _equation: Equation, seed: int) -> bool:
        """Whether the words are true at the sizes and values of a seed."""
        forms = self._own.matrix_forms
        return forms is not None and forms.holds(self._own.equation(), seed)


@rewrite
def _without_what_holds(node: Basic, ranges: Mapping[Index, Expr]) -> Basic:
    if not isinstance(node, Reduction):
        return rebuild(node, lambda part: _without_what_holds(part, ranges))
    ranges = {**ranges, **dict(node.ranges)}
    kept = tuple(
        c
        for c in node.conditions
        if not (isinstance(c, AtLeastZero) and never_negative(c.args[0], ranges))
    )
    return with_body(node, _without_what_holds(node.body, ranges), kept)
