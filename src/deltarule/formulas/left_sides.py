"""What stands to the left of a formula: δ₁ = …, dE/ds1 := …, and chains such as a = b = c."""

from __future__ import annotations

import re

from deltarule.arithmetic.printed import shortened
from deltarule.calculus import Derivation
from deltarule.errors import DeltaruleError
from deltarule.expressions.gradient_names import GradientName
from deltarule.expressions.symbols import Index
from deltarule.formulas.named_states import place_of
from deltarule.formulas.tokens import deeper, tokens
from deltarule.formulas.vocabulary import Vocabulary
from deltarule.spelling.names import pretty

#: Assignments, as programs and lectures have them.
_ARROW = re.compile(r"\s*(?P<name>[^\W\d]\w*(?: after)?)\s*(?:←|⟵|<--?)")
_CHANGED = re.compile(r"\s*(?P<name>[^\W\d]\w*)\s*(?P<sign>[-−+])=")


def right_sides(
    formula: str, quantity: str, derivation: Derivation, vocabulary: Vocabulary, target: str
) -> list[str]:
    """The formulas for a quantity of δ₁ = a = b: a and b. The quantity's own name goes, as
    does the parameter's before a value after an update.

    Raises DeltaruleError where the left side is another quantity, or nothing stands beside =.
    """
    parts = _parted(_as_equation(formula.replace(":=", " ="), quantity), quantity)
    if len(parts) == 1:
        return parts
    if not all(parts):
        raise DeltaruleError(
            "one side of = is empty",
            f"{quantity}: {shortened(formula)!r}",
            f"write the formula of {pretty(quantity)} alone, without =",
        )
    left = _quantity(parts[0], derivation, vocabulary)
    if left is None:
        return parts
    if left != target and f"{left} after" != target:
        raise DeltaruleError(
            f"left of = stands {parts[0].strip()}, and the formula is asked of {pretty(quantity)}",
            f"{quantity}: {shortened(formula)!r}",
            f"write the formula of {pretty(quantity)} alone, or put this one under its own name",
        )
    return parts[1:]


def _as_equation(formula: str, quantity: str) -> str:
    """The assignment of an update as an equation: W ← W − a, and W −= a, which goes on from W."""
    if not quantity.endswith(" after"):
        return formula
    if found := _ARROW.match(formula):
        return f"{found['name']} = {formula[found.end() :]}"
    if found := _CHANGED.match(formula):
        return f"{found['name']} = {found['name']} {found['sign']} ({formula[found.end() :]})"
    return formula


def _parted(formula: str, place: str) -> list[str]:
    """What stands between the signs = that are in no brackets."""
    if "=" not in formula:
        return [formula]
    parts, depth, begin = [], 0, 0
    for token in tokens(formula, place):
        depth += deeper(token.text)
        if token.text == "=" and depth == 0:
            parts.append(formula[begin : token.start].strip())
            begin = token.start + (2 if formula.startswith("==", token.start) else 1)
    return [*parts, formula[begin:].strip()]


def _quantity(left: str, derivation: Derivation, vocabulary: Vocabulary) -> str | None:
    """The quantity that a left side names, whatever its subscripts; None for a formula."""
    plain = left.partition("[")[0].partition("_{")[0].strip().removesuffix(" after")
    place = place_of(plain, vocabulary, lambda letter: vocabulary.extent(Index(letter)) is not None)
    name = vocabulary.tensor(plain) or (place.name if place and not place.shift else None)
    found = GradientName.parse(name) if name else None
    return derivation.gradient_name(found.wrt) if found is not None else name
