"""Functions of whole matrices: trace, log-determinant, inverse, powers, diag( )."""

from __future__ import annotations

from sympy import Expr, Integer

from deltarule.expressions import nodes
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.formulas.matrix_readings import Matrix, Readings, one_reading
from deltarule.formulas.tokens import Token
from deltarule.typed.grammars.matrix_kinds import is_matrix, is_number, on_diagonal, squeezed
from deltarule.typed.grammars.powers_of_numbers import PowersOfNumbers
from deltarule.typed.matrix_powers import PowerOfMatrix
from deltarule.typed.sizes.unified_sizes import Unequal

_TRACES = ("tr", "Tr", "trace")


class MatrixFunctions(PowersOfNumbers):
    """The grammar of what is of a square matrix."""

    #: Whether no xᵀ y may be added to each entry of a matrix.
    apart = False

    def _added(self, one, two):
        """Where it is `apart`, no xᵀ y is added to each entry of a matrix."""
        for matrix, number in ((one, two), (two, one)):
            both = isinstance(matrix, Readings) and isinstance(number, Readings)
            if not (self.apart and both and is_matrix(matrix.of[0]) and is_number(number.of[0])):
                continue
            if any(isinstance(part, nodes.Sum) for part in nodes.walk(number.of[0].entry)):
                raise self.error("a matrix and a number are added", "write x yᵀ for all products")
        return super()._added(one, two)

    def library_call(self, token: Token) -> Readings | None:
        if token.text in _TRACES:
            whole = self._square(self.arguments(token.text)[0], token.text)
            (index, extent), _ = whole.axes
            return one_reading(nodes.Sum(whole.at([index, index]), [(index, extent)]))
        return super().library_call(token)

    def _square(self, value: Readings, word: str) -> Matrix:
        matrix = value.of[0]
        if len(matrix.axes) != 2:
            raise self.error(f"{word} is of a matrix", f"write {word}(A)")
        if matrix.shape[0] != matrix.shape[1]:
            raise Unequal(*matrix.shape)
        return matrix

    def _log_det(self) -> Readings:
        value = self.arguments("log det")[0] if self.next() == "(" else self._atom()
        whole = self._square(value, "log det")
        if not isinstance(whole.entry, nodes.Read):
            raise self.error("log det is of a matrix with a name", "write S = …; log det(S)")
        return one_reading(LogDet(whole.entry, whole.axes))

    def _inverse(self) -> Readings:
        whole = self._square(self.arguments("inverse")[0], "inverse")
        vector = on_diagonal(whole)
        if vector is not None:
            return self._diagonal(one_reading(1 / vector.entry, vector.axes))
        (row, extent), (column, _) = whole.axes
        return Readings((Matrix(lambda: Inverse(whole.entry, row, column, extent), whole.axes),))

    def _to_power(self, base: Readings, exponent: Expr) -> Readings:
        """A power entry by entry; a matrix to a power below 0 is none."""
        whole = base.of[0]
        matrix = len(whole.axes) == 2 and 1 not in whole.shape
        vector = on_diagonal(whole)
        if vector is not None:
            return self._diagonal(
                super()._to_power(one_reading(vector.entry, vector.axes), exponent)
            )
        entries = any(sign in self.formula for sign in ("**", ".^", "power("))
        if matrix and exponent.is_Rational and exponent.q > 1 and exponent > 0 and not entries:
            raise self.error(
                "a root of a matrix is none of its entries, and is not read",
                "write √S for the roots of the entries, S = diag(s) for a diagonal matrix, or R R "
                "for S, with the root R as what is given",
            )
        if matrix and exponent.is_negative and not entries:
            end = self.rest[0].start if self.rest else len(self.formula)
            error = self.error(
                "a power below 0 of a matrix is none of its entries",
                "write S⁻¹ for the inverse; for S^(-1/2) R⁻¹, with the root R as what is given, "
                "S = R R; S = diag(s) for a diagonal matrix; or 1/S entry by entry",
            )
            power = PowerOfMatrix(error.fact, error.place, error.remedy)
            power.end, power.inverse = end, exponent == -1
            raise power
        return super()._to_power(base, exponent)

    def _exponent(self) -> Expr | Readings:
        """A number, which tensors may give: (1 + ‖x‖²/ν)^(−(ν + 1)/2)."""
        found = self._atom()
        matrix = found.of[0] if isinstance(found, Readings) else None
        if matrix is None or (self._may_be_array() and not is_number(matrix)):
            return found
        if not is_number(matrix):
            raise self.error(
                "the exponent is no number", "write exp(a ⊙ log(x)) for x^a entry by entry"
            )
        return squeezed(matrix).entry

    def _diagonal(self, value: Readings) -> Readings:
        """diag(A) is the diagonal of a matrix, diag(v) the matrix whose diagonal is v."""
        whole = value.of[0]
        if is_matrix(whole):
            (own, extent), _ = self._square(value, "diag").axes
            one = self._fresh([Integer(1)])[0]
            return Readings((Matrix(lambda: whole.at([own, own]), ((own, extent), one)),))
        vector = squeezed(whole)
        if len(vector.axes) != 1:
            raise self.error("diag( ) is of a vector or a matrix", "write diag(v)")
        (row, extent), (column, _) = axes = self._fresh([vector.axes[0][1]] * 2)
        entry = vector.at([row])
        return Readings((Matrix(lambda: nodes.Sum(entry, (), [nodes.Equal(row, column)]), axes),))
