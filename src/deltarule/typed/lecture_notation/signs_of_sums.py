"""The sign or the word that a sum, product, maximum or mean over an index begins with."""

from __future__ import annotations

#: Σ and Π, and \sum and \prod with or without \limits, as a pattern.
SIGMA = r"(?:[Σ∑Π∏]|\\(?:sum|prod)(?:\\limits)?)"
#: Σ, \sum and sum_, as a pattern; a word is one before a subscript alone.
SUM_SIGN = (
    r"(?:[Σ∑Π∏]|\\(?:sum|prod|max|min)(?![A-Za-z])|(?<![\w\\.])(?:sum|prod|max|min|mean)(?=_))"
)
