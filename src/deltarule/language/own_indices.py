"""The indices that a tensor of a page has there, for lines that copy it."""

from __future__ import annotations

from deltarule.expressions.symbols import Index
from deltarule.language.declarations import Page
from deltarule.networks.tensors import Tensor

#: For a tensor that no line of the page gives.
_LETTERS = "ncijklmp"


def own_indices(tensor: Tensor, page: Page) -> tuple[Index, ...]:
    """One index an axis: those of the line that gives the tensor, if they are plain ones."""
    for equation in page.equations:
        if equation.name == tensor.name and equation.subscripts == equation.indices:
            return equation.indices
    return tuple(Index(letter) for letter in _LETTERS[: len(tensor.axes)])
