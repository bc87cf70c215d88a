"""Greek letters as indices: Σ_μ ξ_μi s_i as Σ_m ξ_mi s_i, with a letter that a text has not.

They are indices where a sum is over them; μ by itself stays what it is.
"""

from __future__ import annotations

import re

_SUM = re.compile(
    r"(?:[Σ∑Π∏]|\b(?:Sum|Mean|Max|Prod|max|mean))\s*_?\s*(?:[{\[]([^{}\[\]]*)[}\]]|([α-ω]))"
)
_BELOW = re.compile(r"_\{[^{}]*\}|_\w+|\[[^\[\]]*\]")
_FRESH = "mpqrghuv"


def with_latin_indices(text: str) -> str:
    """A text in which indices are Latin letters."""
    for letter in dict.fromkeys(re.findall(r"[α-ω]", " ".join(map("".join, _SUM.findall(text))))):
        free = next((c for c in _FRESH if not re.search(rf"(?<![^\W_]){c}(?![^\W_])", text)), None)
        pattern = re.compile(rf"(?<![^\W_]){letter}|(?<=_[a-z]){letter}|(?<=_){letter}")
        if free is not None:
            text = _BELOW.sub(lambda m, p=pattern, f=free: p.sub(f, m[0]), text)
            text = re.sub(rf"(?<=[Σ∑Π∏]_){letter}", free, text)
    return text
