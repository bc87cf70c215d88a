"""Tokens of a formula that a person typed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from deltarule.marking.printed import shortened
from deltarule.notation.errors import DeltaruleError

_NAME = r"[^\W\d](?:(?![⁰¹²³⁴-⁹ᵀ])[\w\u0300-\u036f])*"
_PATTERN = re.compile(
    rf"""
    (?P<blank>\s+)
  | (?P<superscript>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)
  | (?P<transposed>ᵀ|\^\{{?T\}}?(?!\w)|\.T(?!\w))
  | (?P<derivative>[d∂]{_NAME}\s*/\s*[d∂]{_NAME})
  | (?P<number>\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?|½|¼)
  | (?P<reduction>(?:Σ|∑|sum)_?(?=[\[{{\w])|(?:Π|∏|prod|max)_(?=[{{\w]))
  | (?P<primed>{_NAME}(?:['′’])+)
  | (?P<root>√)
  | (?P<name>{_NAME})
  | (?P<sign>\*\*|<=|>=|!=|==|\.\.\.|[-+−–*·×⊙/^(){{}}\[\],=≠<>≤≥|…⌊⌋⌈⌉∞])
    """,
    re.VERBOSE,
)
_SAME = {
    "−": "-", "–": "-", "·": "*", "×": "*", "**": "^", "<=": "≤", ">=": "≥", "!=": "≠",
    "==": "=", "...": "…",
}  # fmt: skip


@dataclass(frozen=True)
class Token:
    """A piece of a formula: its kind, its text, and where it begins (from 0)."""

    kind: str
    text: str
    start: int


def tokens(formula: str, place: str) -> list[Token]:
    """The tokens of a formula. Raises DeltaruleError for a character that has no meaning."""
    found: list[Token] = []
    position = 0
    while position < len(formula):
        match = _PATTERN.match(formula, position)
        if match is None:
            raise DeltaruleError(
                f"{formula[position]!r} has no meaning in a formula",
                f"{place}, character {position + 1} of {shortened(formula)!r}",
                "use names, numbers, + − · / ^, parentheses, Σ_m and functions such as σ(s)",
            )
        kind = match.lastgroup or ""
        if kind != "blank":
            text = match.group()
            if kind == "primed":
                text = text.replace("'", "′").replace("’", "′")
            found.append(Token(kind, _SAME.get(text, text), position))
        position = match.end()
    return found
