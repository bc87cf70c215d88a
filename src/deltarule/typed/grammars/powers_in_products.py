"""Powers of matrices within products: A² x is A A x, and sum(W²) a sum of squares.

A² alone is taken entry by entry, as programs and penalties have it. In a product, a trace, an
inverse or beside the identity it is A A for what acts on vectors: A, L, P, S, T, and names with a
hat or a tilde. Of other letters, X² V² of a factorisation machine, either may be meant.
"""

from __future__ import annotations

import re

from sympy import Expr, Integer, Pow

from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.expressions.functions import exp
from deltarule.formulas.matrix_readings import Matrix, Readings
from deltarule.typed.grammars.matrix_kinds import is_matrix, is_number
from deltarule.typed.grammars.named_norms import NamedNorms
from deltarule.typed.sizes.unified_sizes import Unequal

#: Letters of adjacency matrices, Laplacians, transitions, and of what has an accent.
_OPERATORS = re.compile(r"[AILPST]|[A-Z](?:hat|tilde)")
#: What is said of powers that are taken entry by entry, and of those that are products.
ENTRIES = "A power of a matrix is one of its entries here: write A A for the product."
PRODUCTS = "A power of a matrix is a product here, A² is A A: write A ⊙ A for the entries'."
_BY_ENTRIES = ("**", ".^", "power(")
#: Powers that are read as products.
_MOST = 8


class PowersInProducts(NamedNorms):
    """The grammar of such powers."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        #: Powers of a matrix that are of its entries so far, with what they are of; and sums of
        #: such.
        self.powers: list[tuple[Readings, Readings, int]] = []
        self.loose: list[Readings] = []
        #: Exponentials of the entries of a matrix.
        self.exponentials: list[Readings] = []
        #: What is to be said of the formula.
        self.remarks: set[str] = set()

    def _to_power(self, base: Readings, exponent: Expr) -> Readings:
        found = super()._to_power(base, exponent)
        of_matrix = isinstance(base, Readings) and is_matrix(base.of[0])
        said = any(sign in self.formula for sign in _BY_ENTRIES)
        if of_matrix and not said and exponent.is_Integer and exponent > 1:
            self.powers.append((found, base, int(exponent)))
        elif of_matrix and not said and not exponent.is_number:
            self.loose.append(found)  # Aᵏ
        return found

    def _in_product(self, value: Readings, beside: Readings) -> Readings:
        """A factor of a product of matrices, which may be a power of one; of powers of both it is
        that of the entries, X² V², but for matrices that act on vectors."""
        base, exponent = self._power_of(value)
        if any(value is one for one in self.exponentials) and _acts(value.of[0].entry):
            raise self._of_exponential()
        if base is None:
            if any(value is one for one in self.loose):
                raise self._in_two_ways(value)
            return value
        if _acts(base.of[0].entry) and exponent <= _MOST:
            return self._multiplied_out(base, exponent)
        other = self._power_of(beside)[0]
        if isinstance(beside.of[0].entry, Pow) and not (other and _acts(other.of[0].entry)):
            self.remarks.add(ENTRIES)
            return value
        raise self._in_two_ways(base)

    def _multiplied_out(self, base: Readings, exponent: int) -> Readings:
        """A A … A."""
        self.remarks.add(PRODUCTS)
        matrix = base.of[0]
        if matrix.shape[0] != matrix.shape[1]:
            raise Unequal(*matrix.shape)
        found = base
        for _ in range(exponent - 1):
            fresh = self._fresh(matrix.shape)
            again = matrix.at([i for i, _ in fresh])
            found = self._matmul(found, Readings((Matrix(_given(again), fresh),)))
        return found

    def _power_of(self, value: Readings) -> tuple[Readings | None, int]:
        return next(((b, n) for found, b, n in self.powers if found is value), (None, 0))

    def _is_power(self, value: object) -> bool:
        """Whether a power of a matrix that is of its entries stands in a part."""
        every = (*(found for found, _, _ in self.powers), *self.loose)
        return any(value is one for one in every)

    def _in_two_ways(self, value: Readings) -> DeltaruleError:
        names = sorted({nodes.tensor_name(r) for r in nodes.reads(value.of[0].entry) if r.indices})
        name = names[0] if len(names) == 1 else "A"
        return self.error(
            "a power of a matrix within a product can be read in two ways",
            f"write {name} {name} for the product of matrices, ({name} ⊙ {name}) for the square "
            "of each entry",
        )

    def _of_exponential(self) -> DeltaruleError:
        return self.error(
            "exp of a matrix may be that of its entries, or the series I + A + A²/2 + …",
            "write E[i,j] = exp(A[i,j]) on a line of its own, or the series as far as it is needed",
        )

    def _applied(self, function, arguments: list):
        found = super()._applied(function, arguments)
        if function is exp and isinstance(found, Readings) and is_matrix(found.of[0]):
            self.exponentials.append(found)
        return found

    # ---- what such a power is part of ------------------------------------------------------
    def _square(self, value: Readings, word: str) -> Matrix:
        base, exponent = self._power_of(value)
        if base is not None and exponent <= _MOST:
            return super()._square(self._multiplied_out(base, exponent), word)
        if self._is_power(value):
            raise self._in_two_ways(value)
        if any(value is one for one in self.exponentials):
            raise self._of_exponential()
        return super()._square(value, word)

    def _added(self, one, two):
        for part, other in ((one, two), (two, one)):
            if _is_identity(part) and isinstance(other, Readings) and _is_vector(other.of[0]):
                raise self.error(
                    "the identity I and a vector are added",
                    "call the vector otherwise, as in W x + i, or write --set I=3",
                )
            if self._is_power(part) and _has_identity(other):
                one, two = self._in_product(part, other), other
        found = super()._added(one, two)
        if self._is_power(one) or self._is_power(two):
            self.loose.append(found)
        return found

    def _each(self, value: Readings, change) -> Readings:
        found = super()._each(value, change)
        if self._is_power(value):
            self.loose.append(found)
        return found

    def _turned(self, value):
        found = super()._turned(value)
        if self._is_power(value):
            self.loose.append(found)
        return found

    def parse(self) -> Readings:
        found = super().parse()
        if self._is_power(found):
            self.remarks.add(ENTRIES)
        return found


def _given(entry: Expr):
    return lambda: entry


def _acts(entry: Expr) -> bool:
    """Whether a matrix is one that acts on vectors, by its letters: A, I − L."""
    names = {nodes.tensor_name(r) for r in nodes.reads(entry) if r.indices}
    return bool(names) and all(_OPERATORS.fullmatch(n.partition("_")[0]) for n in names)


def _is_identity(value: object) -> bool:
    """Whether a part is the identity matrix, or a number times it."""
    if not isinstance(value, Readings) or not is_matrix(value.of[0]):
        return False
    names = [nodes.tensor_name(r) for r in nodes.reads(value.of[0].entry) if r.indices]
    return {*names} == {"I"}


def _is_vector(matrix: Matrix) -> bool:
    return len(matrix.shape) == 2 and not is_matrix(matrix) and not is_number(matrix)


def _has_identity(value: object) -> bool:
    """Whether the identity matrix stands in a part."""
    entry = value.of[0].entry if isinstance(value, Readings) else Integer(0)
    return "I" in {nodes.tensor_name(r) for r in nodes.reads(entry)}
