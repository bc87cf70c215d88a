"""Subscripts of prose as signs: h_t = z h_{t−1} is hₜ = z hₜ₋₁, and h_{T−1} is h[T − 1].

For the titles and texts of derivations, which are typed. A letter alone is lowered where a group
shows that it is an index; what stands under Σ or max stays, as formulas show it so.
"""

from __future__ import annotations

import re

#: The signs that there are below the line, by those that they lower.
LOWERED = dict(zip("0123456789+−aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
#: Lowered digits as digits, for `str.translate`.
DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_GROUP = re.compile(r"(?<![^\W\d_])([^\W\d_])_\{([^{}]+)\}")
_ALONE = re.compile(r"(?<![^\W\d_])([^\W\d_])_([a-z0-9])(?![^\W_ᵀ])")
#: What stands before the indices of a big sign, not of a quantity.
_BIG = frozenset("ΣΠ∏∑")


def lowered(text: str) -> str:
    """The text with what stands below the line there."""
    groups = [
        inner.replace("-", "−").replace(" ", "")
        for base, inner in _GROUP.findall(text)
        if base not in _BIG
    ]
    indices = {c for inner in groups for c in inner if c.isalpha() and c in LOWERED}

    def group(found: re.Match[str]) -> str:
        base, inner = found[1], found[2].replace("-", "−")
        if base in _BIG:
            return found[0]
        close = inner.replace(" ", "")
        if all(c in LOWERED for c in close):
            return base + "".join(LOWERED[c] for c in close)
        spaced = re.sub(r",\s*", ", ", re.sub(r"\s*([+−])\s*", r" \1 ", inner))
        return f"{base}[{spaced}]"

    def alone(found: re.Match[str]) -> str:
        base, index = found.groups()
        known = index in indices or index.isdigit()
        return base + LOWERED[index] if known and base not in _BIG else found[0]

    return _ALONE.sub(alone, _GROUP.sub(group, text)) if "_" in text else text
