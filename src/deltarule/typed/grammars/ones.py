"""The vector of ones in formulas of matrices: 1ᵀ X 1, X W + 1 bᵀ, I − 1 1ᵀ/N.

A 1 that is transposed, or stands as a factor before a transposed thing or behind a name, is a
column of ones, as long as what it is multiplied with or added to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import Expr, Integer

from deltarule.expressions.symbols import Size
from deltarule.formulas.commas import parted_tokens
from deltarule.formulas.matrix_readings import Matrix, Readings
from deltarule.formulas.tokens import Token
from deltarule.typed.grammars.matrix_functions import MatrixFunctions

#: Signs that are vectors of ones wherever they stand.
_BOLD = ("𝟏", "𝟙")


def ones_in(found: Sequence[Token], names: Callable[[str], object]) -> list[int]:
    """Where tokens that are vectors of ones begin; `names` tells of names that are tensors."""
    places = []
    for k, token in enumerate(found):
        if token.text not in ("1", *_BOLD) or token.kind != "number":
            continue
        before = found[k - 1] if k else None
        one, two = ([*found[k + 1 : k + 3], None, None])[:2]
        bold = token.text in _BOLD and (one is None or one.text not in ("[", "(", "{", "_"))
        turned = one is not None and one.kind == "transposed"
        row = (
            one is not None
            and two is not None
            and (one.kind in ("name", "primed") or one.text in ("1", *_BOLD))
            and two.kind == "transposed"
            and (before is None or before.text not in ("^", "_", "/"))
            and [t.text for t in found[max(k - 2, 0) : k]] != ["^", "-"]
        )
        behind = before is not None and (
            (before.kind == "name" and bool(names(before.text))) or before.kind == "transposed"
        )
        if bold or turned or row or behind:
            places.append(token.start)
    return places


def has_ones(formula: str, place: str, names: Callable[[str], object]) -> bool:
    """Whether a formula has vectors of ones."""
    return bool(ones_in(parted_tokens(formula, place), names))


class OfOnes(MatrixFunctions):
    """The grammar of vectors of ones; `final` gives the size that one of theirs was found equal
    to, None where no sizes are looked for."""

    final: Callable[[Expr], Expr] | None = None
    #: What tells the sizes of one equation from those of others.
    number = 0

    def parse(self) -> Readings:
        self._ones = []
        if self.final is not None:
            self._ones = ones_in(self.rest, self.vocabulary.tensor)
        return super().parse()

    def _atom(self) -> Readings:
        token = self.rest[0] if self.rest else None
        final = self.final
        if token is None or final is None or token.start not in self._ones:
            return super()._atom()
        self.pop()
        size = final(Size(f"size_of_ones_{self.number}_{token.start}"))
        axes = (*self._fresh([size]), *self._fresh([Integer(1)]))
        return Readings((Matrix(lambda: Integer(1), axes),))
