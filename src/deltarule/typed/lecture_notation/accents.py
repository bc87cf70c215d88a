r"""Accents of LaTeX over one letter, as the letter with its mark: \hat{y}_t is ŷ_t, as it is typed.

\hat{\mathbf{y}}, \bar\alpha, \dot{\theta}_i     ŷ, ᾱ, θ̇_i; a blank parts them from a word before
"""

from __future__ import annotations

import re

from deltarule.spelling.name_parts import GREEK

_MARKS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "widehat": "\u0302",
          "overline": "\u0304", "widetilde": "\u0303",
          "dot": "\u0307", "ddot": "\u0308"}  # fmt: skip
_LETTER = (
    r"\\(?:mathbf|boldsymbol|bm|mathrm|mathit)\s*\{\s*(\\?[A-Za-z]+)\s*\}|(\\[a-zA-Z]+|[A-Za-z])"
)
_ACCENT = re.compile(
    rf"\\({'|'.join(_MARKS)})(?:\s*\{{\s*(?:{_LETTER})\s*\}}|\s+([A-Za-z])(?![A-Za-z])|(\\[a-z]+))"
)


def with_accents(text: str) -> str:
    """A text in which these are plain letters."""
    return _ACCENT.sub(_marked, text) if "\\" in text else text


def _marked(match: re.Match[str]) -> str:
    letter = next(found for found in match.groups()[1:] if found)
    if letter.startswith("\\"):
        if letter[1:] not in GREEK:
            return match[0]
        letter = GREEK[letter[1:]]
    if len(letter) > 1:
        return match[0]
    text = match.string
    before = text[max(match.start() - 1, 0) : match.start()]
    marked = letter + _MARKS[match[1]]
    return f" {marked}" if before.isalnum() and before != "d" else marked
