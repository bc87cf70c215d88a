r"""Products of vectors that have indices, with a dot, as w · x of vectors is wᵀ x.

    x_i · w, w_k · x, q_i · k_j      x_iᵀ w, w_kᵀ x, q_iᵀ k_j

Letters of data and weights are meant; a_i · b_j and y_i · x_i are numbers, and so is what has
brackets, q[i]·k[j], and each factor of several: a_i·x_i·w_j. But x_i · x_j is of vectors there too.
"""

from __future__ import annotations

import re

_LETTER = (
    r"(?:(?:[hkquvwxzμφθβ]|\\?(?:mu|phi|varphi|theta|beta)(?![A-Za-z]))[\u0300-\u036f]*"
    r"(?:_?\d|[₀-₉]|_star)?)"
)
_BELOW = r"_(?:[a-z](?![A-Za-z0-9_])|\{\s*[a-z]\s*\})"
_DOT = r"\s*(?:·|⋅|\\cdot(?![A-Za-z])|\\boldsymbol\\cdot)\s*"
_FACTOR = rf"(?<![\w\\\u0300-\u036f])({_LETTER})({_BELOW})?(?![\w({{\[\u0300-\u036f])"
_PRODUCT = re.compile(
    rf"{_FACTOR}(?={_DOT}({_LETTER})({_BELOW})?(?![\w\[(ᵀ\u0300-\u036f]))({_DOT})"
)
_MORE = re.compile(rf"(?:{_DOT}|[*]\s*)$")
_POWER = re.compile(r"\s*(?:\^|\*\*|[²³⁴])")


def with_turned_rows(text: str) -> str:
    """A text with ᵀ for such dots."""
    for match in reversed(list(_PRODUCT.finditer(text))):
        one, at, other, below, _ = match.groups()
        own, its = (re.sub(r"[\s_{}]", "", b or "") for b in (at, below))
        if own == its or not (own or its):
            continue
        end = match.end() + len(other) + len(below or "")
        among = _MORE.search(text[: match.start()]) or re.match(_DOT, text[end:])
        if _POWER.match(text[end:]) or (among and one != other):
            continue
        text = f"{text[: match.start()]}{one}{at or ''}ᵀ {text[match.end() :]}"
    return text
