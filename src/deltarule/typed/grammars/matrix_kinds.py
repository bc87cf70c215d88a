"""What a part of a formula of matrices is: a number, a column or a row, a matrix."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Integer

from deltarule.expressions import nodes
from deltarule.expressions.functions import log
from deltarule.formulas.matrix_readings import Matrix, shape_shown
from deltarule.spelling.names import pretty


def both_vectors(a: Matrix, b: Matrix) -> bool:
    """Whether two parts are columns, or are rows."""
    shapes = (a.shape, b.shape)
    if any(len(s) != 2 or all(n == 1 for n in s) for s in shapes):
        return False
    return all(s[1] == 1 for s in shapes) or all(s[0] == 1 for s in shapes)


def on_diagonal(matrix: Matrix) -> Matrix | None:
    """The vector v of a matrix diag(v)."""
    entry = matrix.entry
    if not isinstance(entry, nodes.Sum) or entry.ranges or len(matrix.axes) != 2:
        return None
    (row, extent), (column, _) = matrix.axes
    on = entry.conditions == (nodes.Equal(row, column),)
    return Matrix(lambda: entry.body, ((row, extent),)) if on else None


def is_matrix(matrix: Matrix) -> bool:
    return len(matrix.shape) == 2 and 1 not in matrix.shape


def is_number(matrix: Matrix) -> bool:
    return all(n == 1 for n in matrix.shape)


def squeezed(matrix: Matrix) -> Matrix:
    """A part without its axes of length 1."""
    axes = tuple(axis for axis in matrix.axes if axis[1] != 1)
    zero: Expr = Integer(0)
    return Matrix(lambda: matrix.at([zero if n == 1 else i for i, n in matrix.axes]), axes)


def said(matrix: Matrix) -> str:
    """What a part is called: a number, a column or row vector, a matrix."""
    shape = matrix.shape
    if len(shape) != 2 or all(n == 1 for n in shape):
        return "a number" if all(n == 1 for n in shape) else shape_shown(shape)
    return "a column" if shape[1] == 1 else "a row" if shape[0] == 1 else "a matrix"


def is_scale(matrix: Matrix, names: Sequence[str] = ("gamma", "beta")) -> bool:
    """Whether a part is the γ or β of a normalisation, which scales entry by entry."""
    entry = matrix.entry
    return isinstance(entry, nodes.Read) and nodes.tensor_name(entry) in names


def is_noise(beside: Sequence[Matrix]) -> bool:
    """Whether two parts are σ and ε of μ + σ ε, which are multiplied entry by entry."""
    return len(beside) == 2 and all(is_scale(m, ("sigma", "epsilon")) for m in beside)


def of_logarithm(one: Matrix, two: Matrix) -> bool:
    """Whether two parts are matrices of which the latter is a logarithm: T log P of Σ T log P."""
    return is_matrix(one) and is_matrix(two) and isinstance(two.entry, log)


def is_mask(matrix: Matrix) -> bool:
    """Whether a part is a comparison, 1 where it holds and else 0, which picks entries."""
    entry = matrix.entry
    return isinstance(entry, nodes.Choose) and all(n in (0, 1) for n in entry.args[1:])


def letter_of(matrix: Matrix, otherwise: str) -> str:
    """What a part is called as it was typed; a letter of its own where it has no name."""
    entry = matrix.entry
    return pretty(nodes.tensor_name(entry)) if isinstance(entry, nodes.Read) else otherwise
