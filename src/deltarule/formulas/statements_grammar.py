"""The grammar of statements: i < j, 0 ≤ x < 1, (x > 0) and not (y = k), and what they choose.

    where(i < j, x[i]·x[j], 0)      [0 < x[n] < 1]      a if t ≥ 1 and m[t] = 1 else b

What is about integers is a condition that loops take, what is about real numbers a choice between
values; both as in derivation files (`language.comparisons`).
"""

from __future__ import annotations

from collections.abc import Callable

from sympy import Basic, Expr, Integer, Rational, Tuple, ilcm

from deltarule.expressions import nodes
from deltarule.expressions.choices import Choose
from deltarule.expressions.conditions import AtLeastZero, Condition, Every, Fails, Positive, Some
from deltarule.expressions.integer_comparisons import of_sums
from deltarule.formulas.brackets import Conditions
from deltarule.formulas.tokens import deeper

_AND, _OR, _NOT = ("and",), ("or",), ("not",)
_RELATIONS = ("=", "≠", "<", ">", "≤", "≥")


class _Real(Condition):
    """A comparison of real numbers that is no strict one: a ≤ b, a = b, a ≠ b, by its sign."""

    __slots__ = ()


class Statements(Conditions):
    """The grammar of statements."""

    def stated(self) -> Basic:
        """Statements that are joined by `or` and `and`, or denied by `not`."""
        return self._joined_by(_OR, self._every, Some)

    def _every(self) -> Basic:
        return self._joined_by(_AND, self._one, Every)

    def _joined_by(self, words: tuple[str, ...], part: Callable[[], Basic], kind) -> Basic:
        parts = [part()]
        while self.next() in words:
            self.pop()
            parts.append(part())
        return parts[0] if len(parts) == 1 else kind(*parts)

    def _one(self) -> Basic:
        """A comparison, or a statement in parentheses."""
        if self.next() in _NOT:
            self.pop()
            return Fails(self._one())
        if self.next() == "(" and self._statement_ahead():
            self.pop()
            found = self.stated()
            self.expect(")")
            return found
        parts = [self._leaf(*sides) for sides in self.relations()]
        return parts[0] if len(parts) == 1 else Every(*parts)

    def _statement_ahead(self) -> bool:
        """Whether the parentheses that open here hold a statement, and no side of one."""
        depth, compared = 0, False
        for k, token in enumerate(self.rest):
            depth += deeper(token.text)
            compared = compared or (depth >= 1 and token.text in _RELATIONS)
            if depth == 0:
                behind = self.rest[k + 1].text if k + 1 < len(self.rest) else ""
                return compared and behind not in (*_RELATIONS, "|")
        return False

    def statement_first(self) -> bool:
        """Whether a comparison stands in the parentheses that open here, before their comma."""
        depth = 0
        for token in self.rest:
            depth += deeper(token.text)
            if depth == 0 or (depth == 1 and token.text == ","):
                return False
            if token.text in _RELATIONS and depth >= 1:
                return True
        return False

    def _leaf(self, left: Expr, sign: str, right: Expr) -> Basic:
        if self.whole_number(left) and self.whole_number(right):
            return of_sums(of_integers(left, sign, right))
        if sign in "<>":
            return Positive(right - left if sign == "<" else left - right)
        if sign == "|":
            raise self.error("| compares whole numbers", "write [D | p − i]")
        return _Real(Tuple(left, right), Integer("=≠≤≥".index(sign)))

    def chosen(self, statement: Basic, then: Expr, otherwise: Expr) -> Expr:
        """`then` where a statement holds, `otherwise` elsewhere."""
        if isinstance(statement, Fails):
            return self.chosen(statement.args[0], otherwise, then)
        if isinstance(statement, Every):
            for part in reversed(statement.args):
                then = self.chosen(part, then, otherwise)
            return then
        if isinstance(statement, Some):
            for part in reversed(statement.args):
                otherwise = self.chosen(part, then, otherwise)
            return otherwise
        if isinstance(statement, _Real):
            left, right = statement.args[0].args
            above, below = Positive(left - right), Positive(right - left)
            sign = "=≠≤≥"[int(statement.args[1])]
            if sign in "≤≥":
                return Choose(above if sign == "≤" else below, otherwise, then)
            if sign == "≠":
                then, otherwise = otherwise, then
            return Choose(above, otherwise, Choose(below, otherwise, then))
        if otherwise == 0 and not isinstance(statement, Positive | AtLeastZero):
            return nodes.Sum(then, (), [statement])
        return Choose(statement, then, otherwise)

    def sides_of(self, statement: Basic) -> tuple[list[Condition], list[Expr]]:
        """What is about integers as it is, and 1 or 0 for all else: of [c = t, x > 0]."""
        if isinstance(statement, Every):
            found = [self.sides_of(part) for part in statement.args]
            return [c for some, _ in found for c in some], [f for _, some in found for f in some]
        if isinstance(statement, Condition) and not isinstance(
            statement, Positive | Some | Fails | _Real
        ):
            return [statement], []
        return [], [self.chosen(statement, Integer(1), Integer(0))]


def of_integers(left: Expr, sign: str, right: Expr) -> Condition:
    """A comparison of integers; of fractions, as in i < N/2, times what is below their lines."""
    if sign == "|":
        return nodes.Divides(left, right)
    if not isinstance(left, Tuple) and not isinstance(right, Tuple):
        below = ilcm(1, 1, *(r.q for side in (left, right) for r in side.atoms(Rational)))
        if below != 1:
            left, right = (below * left).expand(), (below * right).expand()
    if sign == "=":
        return nodes.Equal(left, right)
    if sign == "≠":
        sides = [s if isinstance(s, Tuple) else Tuple(s) for s in (left, right)]
        return nodes.Unequal(*sides)
    lower, upper = (left, right) if sign in "<≤" else (right, left)
    return AtLeastZero(upper - lower - (1 if sign in "<>" else 0))
