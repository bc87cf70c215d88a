"""Kinks inside a formula: on which surfaces z = 0 they lie, and the formula on either side.

relu(2·x) and |−x| have their kink on the one surface x = 0: the sign of what stands in a condition
z > 0, and a positive factor, are set apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sympy import Basic, Expr, Integer, Mul

from deltarule.expressions.bounds import spread
from deltarule.expressions.functions import Elementwise
from deltarule.expressions.nodes import (
    Choose,
    Positive,
    Read,
    Reduction,
    size_of,
    tensor_name,
    walk,
)
from deltarule.expressions.rebuild import rebuild
from deltarule.expressions.substitution import nameless, plainly_named, replace_reads
from deltarule.expressions.symbols import Index
from deltarule.networks.network import Network
from deltarule.networks.recurrences import Recurrence, blocks

#: Names are written out so many times, and no further than to so many nodes.
_DEEP, _LONG = 6, 80


@dataclass(frozen=True)
class Condition:
    """A condition z > 0 of a formula: on the surface `surface` = 0, and up to a positive factor
    `sign` times that."""

    argument: Expr
    surface: Expr
    sign: int


class Surfaces:
    """What the conditions of formulas over one network are about."""

    def __init__(self, network: Network):
        self.network = network
        self._carried = {
            e.name
            for b in blocks(network.equations)
            if isinstance(b, Recurrence)
            for e in b.equations
        }
        self._known: dict[Expr, Condition] = {}

    def of(self, argument: Expr) -> Condition:
        """The condition argument > 0."""
        if argument not in self._known:
            surface, sign = _up_to_scale(self._written_out(argument))
            self._known[argument] = Condition(argument, surface, sign)
        return self._known[argument]

    def formula_of(self, access: Read) -> Expr | None:
        """What a tensor is computed by, at the subscripts of a read; None for one that is given,
        carried through time, or written in parts."""
        name = tensor_name(access)
        found = self.network.equation_of(name)
        plain = len(found) == 1 and all(isinstance(s, Index) for s in found[0].subscripts)
        if not plain or name in self._carried:
            return None
        return found[0].at(access.indices)

    def conditions(self, expression: Basic) -> list[Condition]:
        """The conditions of a formula, those of its functions too, but for what is summed over."""
        found = dict.fromkeys(self.of(z) for z in arguments(expression))
        return [c for c in found if not c.surface.is_number]

    def touching(self, surface: Expr) -> Iterator[Expr]:
        """The right-hand sides, and what they sum over, with a kink at such a surface."""
        for equation in self.network.equations:
            inner = (n.body for n in walk(equation.rhs) if isinstance(n, Reduction) and n.ranges)
            for formula in (equation.rhs, *inner):
                if any(self.like(c.surface, surface) for c in self.conditions(formula)):
                    yield formula

    @staticmethod
    def like(one: Expr, other: Expr) -> bool:
        """Whether two surfaces are the same up to the names of indices."""
        return nameless(one) == nameless(other)

    def opened_reads(self, expression: Expr, surface: Expr) -> Expr:
        """The formula with tensors that have a kink at the surface written out."""

        def formula(access: Read) -> Expr:
            found = self.formula_of(access)
            if found is None or all(c.surface != surface for c in self.conditions(found)):
                return access
            return found

        return plainly_named(replace_reads(expression, formula))

    def side(self, node: Expr, surface: Expr, sign: int) -> Expr:
        """The formula where the surface's expression is above 0 (1), below (−1) or is 0 (0)."""
        if isinstance(node, Elementwise) and self._about(node, surface):
            return self.side(opened(node), surface, sign)
        if isinstance(node, Choose) and isinstance(node.args[0], Positive):
            _, then, otherwise = node.args
            condition = self.of(node.args[0].args[0])
            if condition.surface == surface:
                chosen = then if sign * condition.sign > 0 else otherwise
                return self.side(chosen, surface, sign)
        return rebuild(node, lambda part: self.side(part, surface, sign))

    def _about(self, node: Elementwise, surface: Expr) -> bool:
        return any(self.of(z).surface == surface for z in arguments(node, inside=False))

    def _written_out(self, argument: Expr) -> Expr:
        """An argument by the tensors that are given, as far as it stays short."""
        for _ in range(_DEEP):
            after = plainly_named(replace_reads(argument, lambda a: self._smooth(a) or a))
            if after == argument or size_of(after) > _LONG:
                return argument
            argument = after
        return argument

    def _smooth(self, access: Read) -> Expr | None:
        formula = self.formula_of(access)
        return None if formula is None or any(True for _ in arguments(formula)) else formula


def opened(function: Elementwise) -> Expr:
    """A function by its cases, if it has some."""
    formula = function.formula()
    return formula if formula.has(Positive) else function


@lru_cache(maxsize=1 << 12)
def kinked(expression: Basic) -> bool:
    """Whether there is a condition z > 0 in a formula, in its functions or in what it sums."""
    return any(
        isinstance(node, Positive) or isinstance(node, Elementwise) and opened(node) is not node
        for node in walk(expression)
    )


def arguments(expression: Basic, inside: bool = True) -> Iterator[Expr]:
    """The z of all conditions z > 0; those of arguments of functions too, if `inside`."""
    if isinstance(expression, Read) or not expression.args:
        return
    if isinstance(expression, Elementwise):
        formula = opened(expression)
        if formula is not expression:
            yield from (n.args[0] for n in walk(formula) if isinstance(n, Positive))
        if not inside:
            return
    if isinstance(expression, Reduction) and expression.ranges:
        return
    if isinstance(expression, Positive):
        yield expression.args[0]
    parts = (expression.body,) if isinstance(expression, Reduction) else expression.args
    for part in parts:
        yield from arguments(part)


def _up_to_scale(z: Expr) -> tuple[Expr, int]:
    """z without its positive factors and its sign, and that sign."""
    content, z = spread(z).as_content_primitive()
    sign = 1 if content > 0 else -1
    rest = []
    for factor in Mul.make_args(z):
        if factor.is_number and factor.is_real and factor != 0:
            sign *= 1 if factor > 0 else -1
        elif not factor.is_positive:
            rest.append(factor)
    if not rest:
        return Integer(sign), sign
    z = Mul(*rest)
    if z.could_extract_minus_sign():
        z, sign = -z, -sign
    return spread(z), sign
