"""The grammar of formulas over matrices, where the shapes are not known but inferred.

Vectors are columns (W x), or rows (x W), so that every product has one reading: a matrix product.
Of two vectors w·x is the sum of the products; in the terms of a sum, Σ t log p, products are entry
by entry. Where extents have to be equal, `Unequal` says so, and the formula is read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from operator import mul

from sympy import Expr, Integer

from deltarule.expressions import nodes
from deltarule.expressions.symbols import Index
from deltarule.formulas.matrix_readings import (
    Axes,
    Matrix,
    Readings,
    by_entries,
    length,
    one_reading,
    summed,
)
from deltarule.formulas.tokens import Token
from deltarule.formulas.vocabulary import Vocabulary
from deltarule.typed.grammars.loss_orders import prediction_first
from deltarule.typed.grammars.matrix_kinds import (
    both_vectors,
    is_mask,
    is_matrix,
    is_noise,
    is_number,
    is_scale,
    letter_of,
    of_logarithm,
    on_diagonal,
    said,
    squeezed,
)
from deltarule.typed.grammars.ones import OfOnes
from deltarule.typed.grammars.powers_of_sums import PowersOfSums
from deltarule.typed.grammars.softmax_at_index import SoftmaxAtIndex
from deltarule.typed.quantities.lonely_terms import lonely_size
from deltarule.typed.sizes.unified_sizes import Unequal

_ONE = Integer(1)
#: The signs of w·x; × and * say nothing about vectors.
_DOTS = "·⋅∙•"
#: What lectures call xᵀy/(‖x‖‖y‖), the cosine between two vectors.
SIMILARITIES = ("sim", "cos_sim", "cossim", "cosine_similarity", "cosine")


class ShapeParser(SoftmaxAtIndex, PowersOfSums, OfOnes):
    """Products by their order alone; `columns` tells whether vectors are columns or rows."""

    in_layer = True

    def __init__(
        self,
        formula: str,
        vocabulary: Vocabulary,
        place: str,
        columns: bool,
        examples_below: bool = False,
    ):
        """`examples_below`: matrices hold an example in each column, as in W X."""
        super().__init__(formula, vocabulary, place)
        self.columns, self.strict, self.examples_below = columns, True, examples_below
        #: Whether the terms of a sum are read, of which products are entry by entry.
        self.in_sum = False

    def _fresh(self, extents: Sequence[Expr]) -> Axes:
        """New indices, each with a name of its own; see lettered.py."""
        return tuple((Index(f"axis{next(self._numbers)}"), n) for n in extents)

    def _both(self, one: Readings, two: Readings, join, word: str) -> Readings:
        a, b = self._beside(one.of[0], two.of[0]), self._beside(two.of[0], one.of[0])
        if word == "added":
            self._refuse_lonely(a, b)
            self._refuse_lonely(b, a)
        if a.axes and b.axes:
            if word == "added":
                self._refuse_crosswise(a, b)
            self._meet(a, b, word)
        found = join(a, b)
        if not found:
            shapes = " and ".join(map(said, (a, b)))
            raise self.error(f"shapes {shapes} cannot be {word}", "write the indices")
        return Readings((found[0],))

    def _refuse_lonely(self, a: Matrix, b: Matrix) -> None:
        """What would be a vector of numbers alone beside another part is a number."""
        size = None if self.in_program else lonely_size(a, b, self.vocabulary.tensors)
        if size is not None:
            raise Unequal(size, _ONE)

    def _meet(self, a: Matrix, b: Matrix, word: str) -> None:
        """Axes that meet are equal; one that is 1 is the same along the other's.

        A number beside a vector makes that one a number, too.
        """
        for one, two in ((a, b), (b, a)):
            sizes = [n for n in two.shape if n != 1]
            number = all(n == 1 for n in one.shape) and not self._is_written(one)
            if number and len(sizes) == 1 and word != "multiplied":
                raise Unequal(sizes[0], _ONE)
        for one, two in zip(a.shape[::-1], b.shape[::-1], strict=False):
            if _ONE not in (one, two) and one != two:
                raise Unequal(one, two)

    def _is_written(self, part: Matrix) -> bool:
        """Whether a number comes from lines before, as the mean μ of x − μ does."""
        names = {nodes.tensor_name(r) for r in nodes.reads(part.entry) if r.indices}
        roles = {self.vocabulary.tensors[n].role for n in names}
        return roles == {"intermediate"}

    def _in_order(self, factors: list[Readings]) -> Readings:
        found = factors[0]
        for factor in factors[1:]:
            by_entry = bool(self._sign(factor))
            found = self._times(found, factor) if by_entry else self._matmul(found, factor)
        return found

    def _sign_of(self, token: Token) -> str:
        return "·" if self.formula[token.start] in _DOTS else token.text

    def _chain(self, factors: list[Readings]) -> Readings:
        numbers = [f for f in factors if not f.of[0].axes]
        number = nodes.multiply(f.of[0].entry for f in numbers)
        rest = [f for f in factors if f not in numbers]
        if not rest:
            return one_reading(number)
        found: list[Readings] = []
        for factor in self._dotted(rest):
            if not found:
                found.append(factor)
                continue
            pair = both_vectors(found[-1].of[0], factor.of[0])
            beside = [m.of[0] for m in (found[-1], factor)] if pair else []
            scaled = any(map(is_scale, beside)) and not self._sign(factor)
            scaled = scaled or is_noise(beside) or self._is_starred(beside, factor)
            masked = any(map(is_mask, beside)) and self._sign(factor) != "·"
            logs = self.in_sum and of_logarithm(found[-1].of[0], factor.of[0])
            if (
                logs
                or self._is_scaled(found[-1], factor)
                or (pair and (self.in_sum or scaled or masked))
            ):
                found[-1] = self._times(found[-1], factor)
            elif pair and self._sign(factor) == "·":
                found[-1] = self._dot(found[-1], factor)
            else:
                found.append(factor)
        whole = found[0]
        for factor in found[1:]:
            beside = self.in_sum and both_vectors(whole.of[0], factor.of[0])
            whole = (self._times if beside else self._matmul)(whole, factor)
        return whole if number == 1 else self._each(whole, lambda e: number * e)

    def _is_scaled(self, one: Readings, two: Readings) -> bool:
        """Whether the γ of a normalisation stands before a matrix, γ (X − μ)/σ, and not turned."""
        scale, matrix = one.of[0], two.of[0]
        upright = scale.shape[-1:] == (1,) if self.columns else scale.shape[:1] == (1,)
        return is_scale(scale) and upright and is_matrix(matrix) and not is_number(scale)

    def _is_starred(self, beside: Sequence[Matrix], factor: Readings) -> bool:
        """Whether γ stands beside * and a vector: (x − μ)/σ * γ."""
        return self._sign(factor) == "*" and any(is_scale(m, ("gamma",)) for m in beside)

    def _dotted(self, factors: list[Readings]) -> list[Readings]:
        """The factors, with A x of x·A x put together: a vector's product with what a matrix gives
        of another one."""
        for k, factor in enumerate(factors[1:], 1):
            one, two = factors[k - 1].of[0], factor.of[0]
            upright = one.shape[-1] == 1 if self.columns else one.shape[0] == 1
            if self._sign(factor) != "·" or is_matrix(one) or not (is_matrix(two) and upright):
                continue
            rest = factors[k + 1 :]
            end = next((j for j, f in enumerate(rest) if self._sign(f) == "·"), len(rest))
            if not rest[:end] or not both_vectors(one, rest[end - 1].of[0]) or not self.columns:
                continue
            whole = factor
            for other in rest[:end]:
                whole = self._matmul(whole, other)
            self.signs.append((whole, "·"))
            return self._dotted([*factors[:k], whole, *rest[end:]])
        return factors

    def _dot(self, one: Readings, two: Readings) -> Readings:
        """The sum of the products of two vectors."""
        column = one.of[0].shape[-1] == 1
        return (
            self._matmul(self._turned(one), two) if column else self._matmul(one, self._turned(two))
        )

    def library_call(self, token: Token) -> Readings | None:
        if token.text not in SIMILARITIES:
            return super().library_call(token)
        one, two = self.arguments(token.text, (2,))
        if not both_vectors(one.of[0], two.of[0]):
            raise self.error(f"{token.text}( ) is of two vectors", "write xᵀ y/(‖x‖ ‖y‖)")
        begin = token.start
        lengths = self._multiplied([self._norm(one, begin), self._norm(two, begin)])
        return self._divided(self._dot(one, two), lengths)

    def _target_first(self, one: Readings, other: Readings) -> tuple[Readings, Readings]:
        swapped = prediction_first(one.of[0].entry, other.of[0].entry, self.vocabulary)
        return (other, one) if swapped else (one, other)

    def _of_two(self, word: str, one: Readings, two: Readings) -> Readings:
        if word in ("dot", "inner", "vdot") and both_vectors(one.of[0], two.of[0]):
            return self._dot(one, two)
        two = self._turned(two) if word == "inner" else two  # of libraries, A Bᵀ
        return self._over_all(one, two) if word == "vdot" else super()._of_two(word, one, two)

    def _over_all(self, one: Readings, two: Readings) -> Readings:
        """⟨A, B⟩, the sum of the products of all entries."""
        if is_matrix(one.of[0]) != is_matrix(two.of[0]):
            kinds = f"{said(one.of[0])} and {said(two.of[0])}"
            remedy = "it is of two of one shape: write ⟨A, B⟩, or xᵀ A y"
            raise self.error(f"an inner product of {kinds}", remedy)
        return self._in_all(self._times(one, two), "sum", 0)

    def _matmul(self, one: Readings, two: Readings) -> Readings:
        a, b = one.of[0], two.of[0]
        if is_number(a) or is_number(b):
            return Readings((by_entries(mul, a, b)[0],))
        a, b = self._in_product(one, two).of[0], self._in_product(two, one).of[0]
        (index, inner), (_, first) = a.axes[-1], b.axes[0]
        if inner != first:
            if _ONE in (inner, first):
                scaled = said(a) == "a column" and is_matrix(b)
                x, y = letter_of(a, "x"), letter_of(b, "A" if scaled else "y")
                raise self.error(
                    f"{said(a)} times {said(b)} can be read in several ways",
                    f"write {x}ᵀ {y} for the sum over its rows, or diag({x}) {y} for each row "
                    f"times an entry of {x}"
                    if scaled
                    else f"write {x}ᵀ {y} for the sum of the products, {x} {y}ᵀ for all of them, "
                    f"or {x} ⊙ {y}",
                )
            raise Unequal(inner, first)
        axes = (*a.axes[:-1], *b.axes[1:])
        for matrix, beside, at in ((on_diagonal(a), b, 0), (on_diagonal(b), a, -1)):
            if matrix is not None:  # diag(v) A is v beside each column of A
                entry = matrix.at([beside.axes[at][0]]) * beside.entry
                return Readings((Matrix(partial(_as_it_is, entry), beside.axes),))
        own, other = [i for i, _ in a.axes], [i for i, _ in b.axes]
        if inner == 1:
            zero = Integer(0)
            return Readings(
                (Matrix(lambda: a.at([*own[:-1], zero]) * b.at([zero, *other[1:]]), axes),)
            )
        return Readings(
            (
                Matrix(
                    lambda: nodes.Sum(a.entry * b.at([index, *other[1:]]), [(index, inner)]), axes
                ),
            )
        )

    def _times(self, one: Readings, two: Readings) -> Readings:
        return self._both(one, two, partial(by_entries, mul), "multiplied")

    def _outer(self, one: Readings, two: Readings) -> Readings:
        """x ⊗ y of two vectors; of matrices ⊗ is the Kronecker product in most books."""
        if is_matrix(one.of[0]) or is_matrix(two.of[0]):
            raise self.error(
                "⊗ between matrices can be read in several ways",
                "write the indices, K[i,j,k,l] = A[i,j]·B[k,l] for the Kronecker product, or "
                "x yᵀ for the outer product of vectors",
            )
        return (
            self._matmul(one, self._turned(two))
            if self.columns
            else self._matmul(self._turned(one), two)
        )

    def _absolute(self, value: Readings) -> Readings:
        return Readings(super()._absolute(value).of[:1])

    def _norm(self, value: Readings, begin: int) -> Readings:
        return Readings((length(squeezed(value.of[0])),))

    def _in_all(self, value: Readings, word: str, begin: int) -> Readings:
        whole = squeezed(value.of[0])
        return one_reading(summed(whole, word) if whole.axes else whole.entry)

    def _summed(self, value: Readings, word: str, begin: int) -> Readings:
        whole = squeezed(value.of[0])
        if not whole.axes:
            raise self.error(f"{word}( ) is of a whole vector, not of a number", "leave it out")
        return one_reading(summed(whole, word))


def _as_it_is(entry: Expr) -> Expr:
    return entry
