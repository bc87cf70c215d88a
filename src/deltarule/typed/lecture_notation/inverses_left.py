"""An inverse left of =, S⁻¹ = A + B, as the inverse of the right side: S = (A + B)⁻¹."""

from __future__ import annotations

import re

from deltarule.spelling.name_parts import CAPITALS

_LEFT = re.compile(
    rf"((?:^|[;\n])\s*)(\\?(?:[{CAPITALS}Σ]|Sigma|Lambda|Omega|mathbf\{{[A-Z]\}})(?:_\w|_\{{\w+\}}|[₀-₉])?)"
    r"\s*(?:⁻¹|\^\s*\{\s*[-−]\s*1\s*\}|\^[-−]1)\s*:?=(?!=)\s*([^;\n]+?)\s*(?=[;\n]|$)"
)


def with_inverses_right(text: str) -> str:
    """A text with those inverses on the right."""
    return _LEFT.sub(r"\1\2 = (\3)⁻¹", text)
