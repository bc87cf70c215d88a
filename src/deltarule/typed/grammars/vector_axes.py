"""Axes of vectors and matrices of which a program names one: X.sum(axis=1), softmax(x, dim=-1).

A vector has axis 0 alone, whichever way it stands. What has lost an axis to a sum stands beside
others as NumPy has it: beside a matrix along the last axis, beside a vector as that one.
"""

from __future__ import annotations

import re

from sympy import Integer

from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.formulas.call_arguments import Axis
from deltarule.formulas.matrix_grammar import MatrixParser
from deltarule.formulas.matrix_readings import Matrix, Readings
from deltarule.formulas.tokens import Token
from deltarule.typed.grammars.matrix_kinds import is_matrix, letter_of, said, squeezed
from deltarule.typed.quantities.usual_letters import is_input

#: What is said where vectors that stand as columns in products are laid along rows.
LAST_AXIS = "A vector beside a matrix, in X + b, runs along its last axis, as NumPy has it."
#: What is said of one beside a product that has no input in it, as W X has.
FIRST_AXIS = (
    "A vector beside a product of matrices, in A B + b, is added to each column; along the last "
    "axis it stands in A B + 1 bᵀ."
)
#: A product with the transpose behind it, (X − μ)(X − μ)ᵀ, whose examples are columns.
_WITH_TRANSPOSE = re.compile(r"[)\w]\s*(?:ᵀ|\^T|\.T)(?!\s*[(@A-Za-z])")
_PRODUCT = re.compile(r"@|\b(?:dot|matmul|mm)\(")
_NEW = re.compile(r"None|newaxis|\.\.\.|…")


class Crosswise(DeltaruleError):
    """A row and a column that are added."""


class VectorAxes(MatrixParser):
    """The grammar of what is taken along an axis."""

    #: Whether vectors are columns; in a program that makes new axes they are rows.
    columns: bool
    #: Whether matrices hold an example in each column, as in W X.
    examples_below: bool
    #: Whether some equation of the text is a program.
    in_program = False

    def _beside(self, part: Matrix, other: Matrix) -> Matrix:
        """What has lost an axis to a sum, as a column beside columns and a row beside rows; beside
        a matrix along the last axis, as NumPy has it, and so does a vector that is given."""
        if said(part) == "a column" and is_matrix(other) and self._is_laid(part, other):
            self.remarks.add(LAST_AXIS)
            return Matrix(part.written, part.axes[::-1], part.cost)
        if len(part.axes) != 1 or len(other.axes) != 2:
            names = {nodes.tensor_name(r) for r in nodes.reads(other.entry)}
            plain = isinstance(part.entry, nodes.Read) and other.entry.has(nodes.Sum)
            if said(part) == "a column" and is_matrix(other) and plain:
                self.remarks |= set() if any(map(is_input, names)) else {FIRST_AXIS}
            return part
        if is_matrix(other) and part.shape[0] == other.shape[0] != other.shape[1]:
            raise self.error(
                "a number for each row stands beside a matrix, and NumPy takes such for columns",
                "keep the axis that is summed over: keepdims=True",
            )
        one = self._fresh([Integer(1)])
        column = not is_matrix(other) and other.shape[1] == 1
        return Matrix(part.written, (*part.axes, *one) if column else (*one, *part.axes), part.cost)

    def _is_laid(self, part: Matrix, other: Matrix) -> bool:
        """Whether a column beside a matrix is a vector that is given, in a program, or beside X,
        whose examples are rows; in W X + b they are columns."""
        if _NEW.search(self.formula):
            return False
        tensors = self.vocabulary.tensors
        reads = list(nodes.reads(part.entry))
        given = reads and all(tensors[nodes.tensor_name(r)].role == "input" for r in reads)
        vectors = all(1 in tensors[nodes.tensor_name(r)].axes for r in reads)
        if not given or not vectors or part.entry.has(nodes.Sum):
            return False
        if self.in_program:
            return not (self.examples_below and _PRODUCT.search(self.formula))
        plain = not self.examples_below and not _WITH_TRANSPOSE.search(self.formula)
        names = {nodes.tensor_name(r) for r in nodes.reads(other.entry)}
        inputs = any(is_input(n) and 1 not in tensors[n].axes for n in names)
        return plain and (inputs or not other.entry.has(nodes.Sum))

    def _refuse_crosswise(self, a: Matrix, b: Matrix) -> None:
        """No row and column are added, nor is bᵀ to each column of X W, where b is a row."""
        if _NEW.search(self.formula):
            return
        across = {said(a), said(b)} == {"a row", "a column"}
        for matrix, vector in ((a, b), (b, a)):
            turned = said(vector) == "a column" and isinstance(vector.entry, nodes.Read)
            across = across or (is_matrix(matrix) and turned and not self.columns)
        if across:
            x, z = letter_of(a, "x"), letter_of(b, "z")
            error = self.error(
                f"{said(a)} and {said(b)} are added crosswise",
                f"transpose one of them, or leave ᵀ out; for all sums write {x}[:, None] + "
                f"{z}[None, :]",
            )
            raise Crosswise(error.fact, error.place, error.remedy)

    def _sliced(self, value: Readings, token: Token) -> Readings:
        """x[1:] of a vector, which has one axis and stands as before."""
        whole = value.of[0]
        vector = squeezed(whole)
        if len(whole.axes) != 2 or len(vector.axes) != 1:
            return super()._sliced(value, token)
        named = [p for p in token.text[1:-1].split(",") if not _NEW.search(p)]
        if len(named) > 1:
            remedy = f"write a capital for a matrix, X{token.text}, or one subscript alone"
            raise self.error(f"{token.text} is of a matrix, and a vector has one axis", remedy)
        if len(named) < token.text.count(",") + 1 and self.columns:
            raise self.error(f"{token.text} makes a column of a row", "write vectors as rows")
        part = super()._sliced(Readings((vector,)), token).of[0]
        if len(part.axes) != 1:
            return Readings((part,))
        one = self._fresh([Integer(1)])
        axes = (*part.axes, *one) if whole.shape[1] == 1 else (*one, *part.axes)
        return Readings((Matrix(part.written, axes, part.cost),))

    def _softmaxed(self, value: Readings, word: str, axis) -> Readings:
        """Along the entries of a vector; of a matrix, of each row, which is an example.

        Of each column in W X, where an example is a column.
        """
        if axis is not None and not is_matrix(value.of[0]):
            self._with_axis(value, axis, word)
            axis = None
        shape = value.of[0].shape
        column = shape[-1:] == (1,) or (self.examples_below and shape[:1] != (1,))
        along = axis if isinstance(axis, int) else 0 if column else -1
        return super()._softmaxed(value, word, along)

    def _along(self, value: Readings, word: str, axis: Axis, begin: int) -> Readings:
        of = self._with_axis(value, axis, word)
        found = super()._along(of, word, axis, begin)
        if of is value or not self._keeps:
            return found
        return Readings(tuple(map(squeezed, found.of)))  # of a vector, a number is kept

    def _with_axis(self, value: Readings, axis: Axis, word: str) -> Readings:
        """A vector along its only axis, which is 0; all else as it is."""
        vector = squeezed(value.of[0])
        if is_matrix(value.of[0]) or len(vector.axes) != 1:
            return value
        if axis not in (None, 0, -1):
            raise self.error(
                f"{word} along axis {axis} of a vector, which has axis 0 alone",
                "write a capital for a matrix, such as X, or axis=0",
            )
        return Readings((vector,))
