"""What whole arrays are where a statement holds, and elsewhere: a if x > 0 else b, by entries.

Each entry is one of both, so that an exp(x) of the other one may overflow. Statements are joined
by and, or, and denied by not.
"""

from __future__ import annotations

from functools import partial
from operator import mul

from sympy import Expr, Integer, Mul, Tuple

from deltarule.expressions.choices import Choose
from deltarule.formulas.matrix_readings import Readings, by_entries
from deltarule.typed.grammars.matrix_functions import MatrixFunctions


class EitherOr(MatrixFunctions):
    """The grammar of choices between arrays."""

    def _chosen_if(self, inside: Readings) -> Readings:
        if self.next() != "if":
            return inside
        self.pop()
        which = self._some_hold()
        self.expect("else")
        return self._either(which, inside, self._chosen_if(self.sum_of_terms()))

    def _some_hold(self) -> Readings:
        found = self._all_hold()
        while self.next() == "or":
            self.pop()
            other = self._all_hold()
            both = self._both(found, other, partial(by_entries, mul), "compared")
            found = self._added(self._added(found, other), self._negated(both))
        return found

    def _all_hold(self) -> Readings:
        found = self._held()
        while self.next() == "and":
            self.pop()
            found = self._both(found, self._held(), partial(by_entries, mul), "compared")
        return found

    def _held(self) -> Readings:
        if self.next() == "not":
            self.pop()
            return self._added(self._constant(Integer(1)), self._negated(self._held()))
        return self._mask()

    def _either(self, which: Readings, one: Readings, two: Readings) -> Readings:
        """a where the mask is 1, else b: a choice of each entry."""
        pair = self._both(which, one, partial(by_entries, Tuple), "compared")
        return self._both(pair, two, partial(by_entries, _of_pair), "compared")


def _of_pair(pair: Tuple, other: Expr) -> Expr:
    mask, value = pair.args
    masks = Mul.make_args(mask)
    if not all(map(_is_choice, masks)):
        return mask * value + (1 - mask) * other
    for part in masks:
        value = _put(part, value, other)
    return value


def _is_choice(mask: Expr) -> bool:
    """Whether a mask chooses between 1 and 0."""
    if isinstance(mask, Choose):
        return all(map(_is_choice, mask.args[1:]))
    return mask in (0, 1)


def _put(mask: Expr, value: Expr, other: Expr) -> Expr:
    """The choice that a mask makes, of these two."""
    if isinstance(mask, Choose):
        condition, *both = mask.args
        return Choose(condition, *(_put(part, value, other) for part in both))
    return value if mask == 1 else other
