r"""Σ where it is a covariance matrix and no sum: Σ⁻¹, |Σ|, wᵀ Σ w, tr(Σ₁⁻¹ Σ₀), \Sigma.

A sum says what it is over, or what stands behind it: Σ_n x_n, Σ p log p.
"""

from __future__ import annotations

import re

_NUMBERED = re.compile(r"Σ(?:([₀-₉])|_(?:(\d)(?!\w)|\{\s*(\d)\s*\})(?!\s*\^\s*\{?\s*[A-Za-z]))")
_ALONE = re.compile(
    r"Σ(?=\s*(?:⁻|\^\{?\s*[-−]|\)|\||ᵀ|$|[;,\n]))"
    r"|(?<=[‖|]_)Σ|(?<=π)\s*Σ(?=\s*[|)])"
    r"|(?<=ᵀ)\s*Σ(?!_)|(?<=⊤)\s*Σ(?!_)|(?<=\^T)\s*Σ(?!_)|(?<=\^\{T\})\s*Σ(?!_)|(?<=\.T @)\s*Σ(?!_)"
)
_BELOW = "₀₁₂₃₄₅₆₇₈₉"


def with_covariances(text: str) -> str:
    """The text with Sigma for a Σ that is a matrix; \\sum stays a sum."""
    text = re.sub(r"\\Sigma(?:_(?:(\d)(?!\w)|\{\s*(\d)\s*\}))?(?![A-Za-z])", _command, text)
    text = _NUMBERED.sub(lambda m: f" Sigma{_digit(m[1]) or m[2] or m[3]} ", text)
    text = _ALONE.sub(" Sigma ", text)
    return re.sub(r"\b(Sigma\d?)\s*(?=\()", r"\1·", text)


def _command(match: re.Match[str]) -> str:
    return f" Sigma{match[1] or match[2] or ''} "


def _digit(sign: str | None) -> str:
    return str(_BELOW.index(sign)) if sign else ""
