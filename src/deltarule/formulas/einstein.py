"""np.einsum('nd,nm->dm', x, dy): a sum over all letters that the result does not have."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, product

from sympy import Expr

from deltarule.expressions import nodes
from deltarule.expressions.symbols import Index
from deltarule.formulas.along_axes import Fresh
from deltarule.formulas.matrix_readings import Matrix, Readings

#: So many letters at most have its operands together; no formula of a layer has as many.
MOST_LETTERS = 60
#: So many ways to read its operands are tried together.
MOST_WAYS = 32


def parted(letters: str) -> tuple[list[str], str] | None:
    """'nd,nm->dm' as (nd, nm) and dm; without ->, the result has all letters that stand there once,
    in the order of the alphabet. None for what is no such text."""
    inside, arrow, result = letters.strip("'\" ").replace(" ", "").partition("->")
    operands = inside.split(",")
    every = "".join(operands)
    if not arrow:
        result = "".join(sorted(c for c in set(every) if every.count(c) == 1))
    plain = all(c.isascii() and c.isalpha() for c in every + result)
    if not plain or len(every) > MOST_LETTERS or len(set(result)) != len(result):
        return None
    return (operands, result) if set(result) <= set(every) else None


def einsum(
    operands: Sequence[str], result: str, values: Sequence[Readings], fresh: Fresh
) -> list[Matrix]:
    """The readings whose operands have as many axes as letters, each letter with one extent."""
    found = []
    for ways in islice(product(*(v.of for v in values)), MOST_WAYS):
        matrix = _joined(operands, result, ways, fresh)
        if matrix is not None:
            found.append(matrix)
    return found


def _joined(
    operands: Sequence[str], result: str, ways: Sequence[Matrix], fresh: Fresh
) -> Matrix | None:
    extents: dict[str, Expr] = {}
    for letters, matrix in zip(operands, ways, strict=True):
        if len(letters) != len(matrix.axes):
            return None
        for letter, extent in zip(letters, matrix.shape, strict=True):
            if extents.setdefault(letter, extent) != extent:
                return None
    axes: dict[str, tuple[Index, Expr]] = {c: fresh([n])[0] for c, n in extents.items()}

    def written() -> Expr:
        entries = [
            m.at([axes[c][0] for c in letters]) for letters, m in zip(operands, ways, strict=True)
        ]
        over = [axes[c] for c in axes if c not in result]
        whole = nodes.multiply(entries)
        return nodes.Sum(whole, over) if over else whole

    return Matrix(written, tuple(axes[c] for c in result), sum(m.cost for m in ways))
