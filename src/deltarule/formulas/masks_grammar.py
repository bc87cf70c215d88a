"""The grammar of comparisons of whole arrays: [s > 0], a if s > 0 else b, [t ≤ T − 2]."""

from __future__ import annotations

from sympy import Expr

from deltarule.expressions import nodes
from deltarule.expressions.conditions import Condition
from deltarule.formulas.matrix_readings import Readings, one_reading
from deltarule.formulas.pieces_grammar import Pieces
from deltarule.formulas.tokens import Token, deeper, tokens
from deltarule.formulas.whole_arrays import WholeArrays

_SIGNS = ("=", "≠", "<", ">", "≤", "≥")
_ALL_OR_NONE = "write all indices, or none"


def compares(formula: str, place: str) -> bool:
    """Whether brackets compare something somewhere, as in [s > 0]."""
    opened: list[str] = []
    for token in tokens(formula, place):
        if token.text in ("[", "(", "{"):
            opened.append(token.text)
        elif token.text in ("]", ")", "}"):
            del opened[-1:]
        elif token.text in _SIGNS and opened[-1:] == ["["]:
            return True
    return False


class Masks(Pieces):
    """The grammar of masks: a comparison of arrays is 1 where it holds, else 0."""

    def bracket(self) -> tuple[list[Condition], list[Readings]]:
        """[s > 0] is a mask; what compares no array is about the indices of the sums around."""
        if not self._of_arrays():
            conditions, factors = super().bracket()
            for found in (*conditions, *factors):
                if nodes.free_indices(found) - set(self.bound):
                    raise self.error("brackets [ ] are about indices", _ALL_OR_NONE)
            return conditions, [one_reading(f) for f in factors]
        self.expect("[")
        mask = self._mask()
        while self.take(","):
            mask = self._times(mask, self._mask())
        self.expect("]")
        return [], [self._powers(mask)]

    def _of_arrays(self) -> bool:
        """Whether a tensor stands in the brackets that open here."""
        depth = 0
        for token in self.rest:
            depth += deeper(token.text)
            if token.kind in ("name", "derivative", "primed") and self._is_array(token):
                return True
            if depth == 0:
                break
        return False

    def _is_array(self, token: Token) -> bool:
        return self.vocabulary.tensor(token.text) is not None

    def _mask(self) -> Readings:
        left = self.sum_of_terms()
        if self.next() not in _SIGNS:
            raise self.error("a comparison belongs here", "write [s > 0] or (s > 0)")
        return self._compared(left)

    def _chosen_if(self, inside: Readings) -> Readings:
        """a if s > 0 else b, of which a was read, entry by entry."""
        if self.next() != "if":
            return inside
        self.pop()
        which = self._mask()
        self.expect("else")
        return self._either(which, inside, self._chosen_if(self.sum_of_terms()))

    def where(self) -> Readings:
        """where(s > 0, a, b), entry by entry."""
        return WholeArrays.where(self)

    def _guarded(self, value: Readings, guards: list[Condition]) -> Readings:
        return self._each(value, lambda e: nodes.Sum(e, (), guards))

    def _remainder(self, top, bottom):
        if isinstance(top, Expr) and isinstance(bottom, Expr):
            return super()._remainder(top, bottom)
        raise self.error("mod is about indices", _ALL_OR_NONE)
