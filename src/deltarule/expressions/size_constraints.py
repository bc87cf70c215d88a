"""What the definitions of sizes say: I = ⌊(H − K)/S⌋ + 1 means S·(I − 1) ≤ H − K < S·I."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr

from deltarule.expressions.affine import affine
from deltarule.expressions.nodes import AtLeastZero, CeilingQuotient, FloorQuotient
from deltarule.expressions.symbols import Index, Size


def facts_of(definitions: Mapping[Size, Expr]) -> tuple[AtLeastZero, ...]:
    """The statements e ≥ 0 that follow from definitions, as far as they are affine."""
    found: list[AtLeastZero] = []
    for size, definition in definitions.items():
        found += [AtLeastZero(e) for e in _statements(size, definition)]
    return tuple(found)


def _statements(size: Size, definition: Expr) -> list[Expr]:
    quotients = list(definition.atoms(FloorQuotient))
    if not quotients:
        return [(size - definition).expand(), (definition - size).expand()]
    if len(quotients) > 1 or isinstance(quotients[0], CeilingQuotient):
        return []
    whole = Index("⌊⌋")
    split = affine(definition.xreplace({quotients[0]: whole}), (whole,))
    if split is None or split[0].get(whole) != 1:
        return []
    top, bottom = quotients[0].args
    times = bottom * (size - split[1])
    return [(top - times).expand(), (times + bottom - 1 - top).expand()]
