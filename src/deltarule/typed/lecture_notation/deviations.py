"""σ before parentheses where it is a number elsewhere: σ (z Φ(z) + φ(z)); z = (μ − f)/σ.

    σ (z + 1), σ [z + 1] beside /σ, σ² or σ ε        σ·(z + 1)

σ(z) without a blank stays the sigmoid, and so does that of a layer, σ (W z + b) beside σ ε.
"""

from __future__ import annotations

import re

from deltarule.typed.lecture_notation.nesting import closed

_NUMBER = re.compile(
    r"/\s*σ(?!\w|\s*[(\[])|(?<!\w)σ\s*(?:²|\^\s*\{?2|[)},;/+·*]|[-−–]|$|(?=[εμ])|⊙)", re.MULTILINE
)
_OF_LAYER = re.compile(r"(?<![^\W\d_])[A-Z]\w*[\s·*@]*[a-z(]|[ᵀ⊤@]|\^\{?(?:T|\\top)")
_BEFORE = re.compile(r"(?<![\w\\])σ(?:\s+\(|\s*\[)")


def with_deviations(text: str) -> str:
    """A text with a sign for the product with such a σ."""
    if not _NUMBER.search(text):
        return text

    def written(match: re.Match[str]) -> str:
        inside = text[match.end() : closed(text, match.end() - 1) - 1]
        return match[0] if _OF_LAYER.search(inside) else f"σ·{match[0][-1]}"

    return _BEFORE.sub(written, text)
