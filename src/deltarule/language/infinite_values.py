"""Values of ±∞ in a formula, which it has to end: exp(−∞) is 0, min(a, ∞) is a.

They come from `outside=oo`, `before=oo` and `where(…, a, oo)`. Each is followed outwards to the
smallest part that is a number again, and that part is written as two cases:

    exp(-r[i - 1, j])      where(i >= 1, exp(-r[i - 1, j]), 0)

So nothing behind the language calculates with ∞. In a maximum −∞ is a term that does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import prod

from sympy import Expr, Integer, Mul, Pow, oo
from sympy import sign as sympy_sign

from deltarule.errors import DeltaruleError
from deltarule.expressions import functions
from deltarule.expressions.at_infinity import UnknownLimit, infinite, limit
from deltarule.expressions.conditions import AtLeastZero, Condition, Positive
from deltarule.expressions.index_facts import IndexFacts
from deltarule.expressions.nodes import (
    Choose,
    LogSumExp,
    Max,
    Read,
    Reduction,
    Sum,
    reads,
    tensor_name,
    walk,
)
from deltarule.expressions.rebuild import with_body, with_parts
from deltarule.expressions.symbols import Attribute, Scalar, Size
from deltarule.language.infinite_cases import (
    counting,
    decided,
    ends,
    finite,
    is_mask,
    known,
    no_mask,
    seen,
)
from deltarule.language.literals import infinite as infinite_stands
from deltarule.networks.constant_ranges import Between
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor
from deltarule.spelling.text import text

_POSITIVE = (functions.exp, functions.sigmoid, functions.softplus)
#: What is made of an expression where a statement holds, or does not.
Made = Callable[[IndexFacts, bool], Expr]


def without_infinity(
    equation: Equation,
    tensors: Mapping[str, Tensor],
    ranges: Mapping[Scalar, Between],
    masks: dict[str, Equation],
) -> Equation:
    """The equation with cases in place of ±∞; one that is a mask is added to `masks`.

    Raises DeltaruleError where the right-hand side is infinite itself, or not known to be finite.
    """
    names = {n for n, t in tensors.items() if t.outside in (oo, -oo)} | masks.keys()
    if not (names & equation.read_names() or equation.rhs.has(oo, -oo)):
        return equation
    found = _Cases(tensors, ranges, equation.place, masks)
    axes = dict.fromkeys(a for t in tensors.values() for a in t.axes)
    rhs = found.ended(equation.rhs, IndexFacts.of_ranges(equation.ranges, axes))
    masked = equation.rhs.has(oo, -oo) or not masks.keys().isdisjoint(equation.read_names())
    if not ends(rhs):
        return replace(equation, rhs=rhs)
    ended, role = replace(equation, rhs=rhs), tensors[equation.name].role
    if not (masked and is_mask(ended, role)):
        raise no_mask(ended, role) if masked else found.endless(equation)
    equation = ended
    masks[equation.name] = seen(equation)
    return finite(equation)


def with_finite_edges(
    tensors: Mapping[str, Tensor], equations: Iterable[Equation]
) -> dict[str, Tensor]:
    """The tensors, of which none is ±∞ beyond its edges where nothing reads it there any more.

    What is −∞ there stays so where maxima read it.
    """
    maxima = (n for e in equations for n in walk(e.rhs) if isinstance(n, Max))
    padded = {tensor_name(r) for node in maxima for r in reads(node.body)}
    return {
        n: replace(t, outside=None)
        if t.outside is oo or t.outside is -oo and n not in padded
        else t
        for n, t in tensors.items()
    }


@dataclass
class _Cases:
    """One right-hand side: what is infinite in it, and where."""

    tensors: Mapping[str, Tensor]
    ranges: Mapping[Scalar, Between]
    place: str
    masks: Mapping[str, Equation]

    def ended(self, node: Expr, facts: IndexFacts) -> Expr:
        """The expression with cases around what is finite; it may be infinite in a case itself."""
        if isinstance(node, Read):
            return self._read(node, facts)
        if isinstance(node, Choose):
            return self._choice(node, facts)
        if isinstance(node, Reduction):
            return self._reduction(node, facts)
        if not node.args:
            return node
        parts = [self.ended(p, facts) if isinstance(p, Expr) else p for p in node.args]
        if parts == list(node.args) and not any(map(ends, parts)):
            return node
        return self._applied(node, parts, facts)

    def _read(self, access: Read, facts: IndexFacts) -> Expr:
        tensor = self.tensors[tensor_name(access)]
        if tensor.name in self.masks:
            return known(self.masks[tensor.name].rhs_at(access), facts)
        if tensor.outside is None or not infinite(tensor.outside):
            return access
        found: Expr = access
        for subscript, extent in zip(access.indices, tensor.axes, strict=True):
            for gap in (subscript, (extent - 1 - subscript).expand()):
                inside = AtLeastZero(gap)
                if facts.holds(inside) is not True and subscript != extent:
                    found = Choose(inside, found, tensor.outside)
        return known(found, facts)

    def _choice(self, node: Choose, facts: IndexFacts) -> Expr:
        condition, then, otherwise = node.args
        if isinstance(condition, Positive):
            gap = self.ended(condition.args[0], facts)
            if ends(gap):
                return self._compared(gap, then, otherwise, facts)
            condition = Positive(gap)
        return self._either(condition, then, otherwise, facts)

    def _either(self, condition: Condition, then: Expr, otherwise: Expr, facts: IndexFacts) -> Expr:
        """A choice by a statement that is finite, each outcome as it is where it holds or not."""
        node = Choose(condition, then, otherwise)
        holds = facts.holds(condition)
        if holds is not None and node.has(oo, -oo):
            return self.ended(then if holds else otherwise, facts)
        here, there = facts.under(condition), facts.under(condition, False)
        # What cannot be is left out: so ∞ in a corner that is left out is none.
        one, two = self.ended(then, here), self.ended(otherwise, there)
        if infinite(one) and here.contradictory:
            return two
        if infinite(two) and there.contradictory:
            return one
        return node if (one, two) == (then, otherwise) else with_parts(node, (condition, one, two))

    def _compared(self, gap: Expr, then: Expr, otherwise: Expr, facts: IndexFacts) -> Expr:
        """A choice by what may be infinite: of ∞ it is known that it is above 0."""
        if infinite(gap):
            return self.ended(then if gap is oo else otherwise, facts)
        if isinstance(gap, Choose) and ends(gap):
            condition, one, two = gap.args
            return self._split(
                condition,
                facts,
                lambda where, holds: self._compared(one if holds else two, then, otherwise, where),
            )
        # The gap is ended already: asked again, reads of which the facts say too little never end.
        return self._either(Positive(gap), then, otherwise, facts)

    def _reduction(self, node: Reduction, facts: IndexFacts) -> Expr:
        inside = facts.within(node.ranges)
        for condition in node.conditions:
            inside = inside.under(condition)
        body = self.ended(node.body, inside)
        if not ends(body):
            return self._summed(node, body)
        if not isinstance(node, Max | LogSumExp) or ends(body, oo):
            raise self._unknown(node)
        if isinstance(node, Max) and not node.body.has(oo) and self._least(node.body):
            return node
        kept = list(node.conditions)
        while (split := counting(body, -oo)) is not None:
            kept.append(split[0])
            body = split[1]
        return with_body(node, body, kept)

    def _summed(self, node: Reduction, body: Expr) -> Expr:
        """A reduction of what is finite; what is 0 in a sum does not count."""
        kept = list(node.conditions)
        while body != node.body and isinstance(node, Sum):
            split = counting(body, Integer(0))
            if split is None:
                break
            kept.append(split[0])
            body = split[1]
        return with_body(node, body, kept)

    def _least(self, body: Expr) -> bool:
        """Whether nothing in it is ∞ beyond its edges, and what is −∞ there is a term as it is."""
        names = {tensor_name(r) for r in reads(body)}
        return all(self.tensors[n].outside is not oo for n in names)

    def _applied(self, node: Expr, parts: list, facts: IndexFacts) -> Expr:
        """A function of what may be infinite in some cases."""
        parts = [known(p, facts) for p in parts]
        for part in parts:
            if isinstance(part, Choose) and ends(part):
                condition = part.args[0]
                return self._split(
                    condition,
                    facts,
                    lambda where, holds, by=condition: self._applied(
                        node, [decided(p, by, holds) for p in parts], where
                    ),
                )
        if not any(map(infinite, parts)):
            return with_parts(node, parts)
        try:
            return limit(node, parts, self._sign)
        except UnknownLimit:
            raise self._unknown(node) from None

    def _split(self, condition: Condition, facts: IndexFacts, made: Made) -> Expr:
        """What is made where a statement holds and where not, as far as either can be."""
        here, there = facts.under(condition), facts.under(condition, False)
        if facts.holds(condition) is True or there.contradictory:
            return made(here, True)
        if facts.holds(condition) is False or here.contradictory:
            return made(there, False)
        return Choose(condition, made(here, True), made(there, False))

    def _sign(self, value: Expr) -> int:
        """The sign of a number, where it is certain and the number is not 0."""
        if value.is_number:
            return int(sympy_sign(value))
        if isinstance(value, Size | Attribute):
            return int(bool(value.is_positive))
        if isinstance(value, Scalar):
            return _of_range(self.ranges.get(value))
        if isinstance(value, Read):
            within = self.tensors[tensor_name(value)].within
            return int(within is not None and within[0] >= 0)
        if isinstance(value, Mul):
            return prod(self._sign(factor) for factor in value.args)
        if isinstance(value, Pow):
            return int(self._sign(value.args[0]) > 0)
        return int(isinstance(value, _POSITIVE))

    def _unknown(self, node: Expr) -> DeltaruleError:
        if node.has(oo, -oo):
            return infinite_stands(self.place)
        return DeltaruleError(
            f"what {text(node)} is where a read goes beyond an edge, to ∞, is not known",
            self.place,
            "leave it out there, where(i >= 1, …, 0); of a constant say that it is positive, "
            'scalar("gamma", 1, within="(0, oo)")',
        )

    def endless(self, equation: Equation) -> DeltaruleError:
        """What is said of a formula that is infinite where it reads what is."""
        return DeltaruleError(
            f"{equation.name} would be ∞ where its formula reads beyond an edge",
            self.place,
            "say what it is there, as in where(i + j >= 1, …, 0)",
        )


def _of_range(within: Between | None) -> int:
    if within is None:
        return 0
    if within.low is not None and (within.low > 0 or within.low == 0 and not within.low_counts):
        return 1
    high = within.high
    return -int(high is not None and (high < 0 or high == 0 and not within.high_counts))
