"""Powers behind sums in formulas of matrices: Σ (y − t)² is of squares, sum(x)² a square.

Σ (y − t)², sum (y − t)²      the sum of the squares
sum(x)², mean(x)², E[x]²      the square of the sum, as of any call
sum(y − t)²                   either, and refused
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from deltarule.formulas.matrix_readings import Readings
from deltarule.formulas.sum_signs import SIGNS, WORDS
from deltarule.formulas.tokens import deeper
from deltarule.typed.grammars.bars import Bars


class PowersOfSums(Bars):
    """The grammar of sums, and of what is inside other parts of them."""

    def rangeless(self, word: str, begin: int) -> Readings:
        called = self.next() == "(" and self._raised_behind()
        of_call = called and word not in SIGNS and self.formula[begin - 1 : begin] == word[-1]
        if of_call and self._is_sum_ahead():
            raise self.error(
                f"{word}(…)^2 may be the {word} of squares, or the square of the {word}",
                f"write {word}((…)^2) for the former, ({word}(…))^2 for the latter",
            )
        before, self.binds = self.binds, self.binds and not of_call  # mean(x)² is that of E[x]²
        with self._terms(not called):
            found = super().rangeless(word, begin)
        self.binds = before
        return found

    def _is_sum_ahead(self) -> bool:
        """Whether terms are added in the parentheses that open next."""
        depth = 0
        for k, token in enumerate(self.rest):
            depth += deeper(token.text)
            if depth == 0:
                return False
            if depth == 1 and k > 1 and token.text in ("+", "-"):
                return True
        return False

    def arguments(self, name: str, counts: Sequence[int] = (1,)):
        of_sum = name in (*SIGNS, *WORDS) and not self._raised_behind()
        with self._terms(of_sum):
            return super().arguments(name, counts)

    def _in_parentheses(self) -> Readings:
        with self._terms(self.in_sum and not self._raised_behind(inside=True)):
            return super()._in_parentheses()

    @contextmanager
    def _terms(self, in_sum: bool) -> Iterator[None]:
        before, self.in_sum = self.in_sum, in_sum
        try:
            yield
        finally:
            self.in_sum = before

    def _raised_behind(self, inside: bool = False) -> bool:
        """Whether a power stands behind the parentheses that open next, or are open."""
        depth = int(inside)
        for k, token in enumerate(self.rest):
            depth += deeper(token.text)
            if depth == 0:
                behind = self.rest[k + 1 : k + 2]
                return any(t.text == "^" or t.kind == "superscript" for t in behind)
        return False
