"""f[i] − f[j] as f · 1ᵀ − 1 · fᵀ: one vector as a column and as a row says which is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr

from deltarule.expressions.symbols import Index
from deltarule.matrix_form import tree as ph
from deltarule.matrix_form.match_products import scaled
from deltarule.matrix_form.tree import Phrase


def by_rows_and_columns(
    terms: Sequence[Phrase], labels: tuple[Index, ...], extents: Mapping[Index, Expr]
) -> tuple[Phrase, ...]:
    """Terms over rows and columns, the vectors among them spread out where a tensor is read along
    both: without its indices one would look like the other.
    """
    if len(labels) != 2:
        return tuple(terms)
    along: dict[tuple, set[Index]] = {}
    for term in terms:
        if len(term.labels) == 1:
            for leaf in term.walk():
                if isinstance(leaf, ph.Leaf) and leaf.labels == term.labels:
                    along.setdefault((leaf.name, leaf.subscripts), set()).update(leaf.labels)
    if not any(len(found) > 1 for found in along.values()):
        return tuple(terms)
    return tuple(_spread(t, labels, extents) if len(t.labels) == 1 else t for t in terms)


def _spread(vector: Phrase, labels: tuple[Index, ...], extents: Mapping[Index, Expr]) -> Phrase:
    """A column times a row of ones, or a column of ones times a row."""
    if isinstance(vector, ph.Scaled):
        return scaled(vector.factor, _spread(vector.of, labels, extents))
    row, column = labels
    other = column if vector.labels == (row,) else row
    ones = ph.Ones((other,), (extents[other],))
    pair = (vector, ones) if other == column else (ones, vector)
    return ph.Dyad(labels, *pair)
