r"""A total and its terms that share a letter: L = Σ_n L_n; L_n = (y_n − t_n)² has L_n[n].

    E = \sum_{i,j} E_{ij}, E_{ij} = …       E = \sum_{i,j} E_ij[i,j]; E_ij[i,j] = …

The term is named with its subscript, as one name stands for one tensor.
"""

from __future__ import annotations

import re

_BELOW = r"_(?:([a-z]{1,2})(?![^\W²³⁴])|\{\s*([a-z](?:\s*,?\s*[a-z])?)\s*\})"
_LEFT = re.compile(rf"(?:^|[;\n])\s*(\\?[^\W\d_]+)(?:{_BELOW})?\s*(?:\([^()=;\n]*\)\s*)?:?=(?!=)")
_OVER = re.compile(r"(?:[Σ∑]|\\sum)\s*_(?:([a-z])(?![a-z])|\{([^{}]*)\})")


def with_terms_named(text: str) -> str:
    """A text in which such terms have names of their own."""
    found = [(m[1], "".join(re.findall("[a-z]", m[2] or m[3] or ""))) for m in _LEFT.finditer(text)]
    totals = {name for name, letters in found if not letters}
    over = {i for m in _OVER.finditer(text) for i in re.findall(r"[a-z]", m[1] or m[2])}
    for name, letters in found:
        if letters and name in totals and set(letters) <= over:
            term = re.compile(rf"(?<![\w\\]){re.escape(name)}{_BELOW}(?!\s*[\[(])")
            text = term.sub(lambda m, at=letters: _named(m, at), text)
    return text


def _named(match: re.Match[str], letters: str) -> str:
    """L_n[n] for the term, and L_n[m] where it is read at another index."""
    name = match[0].partition("_")[0]
    at = re.findall("[a-z]", match[1] or match[2])
    return f"{name}_{letters}[{','.join(at)}]" if len(at) == len(letters) else match[0]
