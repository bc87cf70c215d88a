"""A formula that is right but for one name: the tensor of another layer, or another tensor."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from deltarule.calculus import Derivation
from deltarule.errors import DeltaruleError
from deltarule.formulas.tokens import tokens
from deltarule.marking.formula_answers.comparison import Comparison
from deltarule.spelling.names import name_or_none, pretty

#: So many pieces of formulas are read anew, in as many exchanges of one name as they last for.
MOST_READ = 2400
#: The same for formulas of whole matrices, by the square of their length.
MOST_WHOLE = 20_000
#: So many readings of them are compared with the right formula.
MOST_COMPARED = 120
#: Formulas of more pieces than this are not tried.
LONGEST = 60
#: The roles of what a layer computes.
_OF_LAYERS = ("intermediate", "output")


def times_to_read(formula: str, pieces: int) -> int:
    """How often a formula of so many pieces may be read anew. Without subscripts it is one of
    matrices, with as many ways to put brackets as grow with the square of its length at least."""
    whole = MOST_WHOLE // max(pieces, 1) ** 2 if "[" not in formula else MOST_READ
    return min(MOST_READ // max(pieces, 1), whole)


def one_name_off(derivation: Derivation, formula: str, quantity: str, compared) -> str:
    """Which name stands where another one belongs; empty if no single exchange makes it right.

    `compared` gives the comparisons of all readings of a formula with the right one.
    """
    pieces = len(tokens(formula, quantity))
    if pieces > LONGEST:
        return ""
    exchanges = islice(_exchanges(derivation, formula, quantity), times_to_read(formula, pieces))
    left = MOST_COMPARED
    for wrong, meant, text in exchanges:
        if left <= 0:
            break
        try:
            readings: list[Comparison] = compared(text)
            left -= len(readings)
            found = any(comparison.right() for comparison in readings)
        except (DeltaruleError, ZeroDivisionError, OverflowError):
            continue
        if found:
            tensors = derivation.network.tensors
            layers = all(tensors[n].role in _OF_LAYERS for n in (wrong, meant))
            where = "of the wrong layer: " if layers else ""
            return f"{where}{pretty(wrong)} stands where {pretty(meant)} belongs"
    return ""


def _exchanges(
    derivation: Derivation, formula: str, quantity: str
) -> Iterator[tuple[str, str, str]]:
    """The name that stands there, another one, and the formula with it; the same rank first."""
    tensors = derivation.network.tensors
    for token in tokens(formula, quantity):
        name = _known(token.text, derivation) if token.kind == "name" else None
        if name is None:
            continue
        rank = len(tensors[name].axes)
        for other in sorted(tensors, key=lambda n: abs(len(tensors[n].axes) - rank)):
            if other != name:
                end = token.start + len(token.text)
                yield name, other, formula[: token.start] + other + formula[end:]


def _known(text: str, derivation: Derivation) -> str | None:
    name = name_or_none(text)
    return name if name in derivation.network.tensors else None
