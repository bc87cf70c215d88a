"""MATLAB's transpose: X' * w, x' A x, (X'X)⁻¹ X'y, (y − X w)'(y − X w).

X' is a name of its own where a line gives it, where anything has indices, and where X and X' stand
in no product: W x + W' h.
"""

from __future__ import annotations

import re

_NAME = r"(?<![\w∂'\\])([^\W\d]\w*)"
_BEFORE_TIMES = re.compile(rf"{_NAME}'(?=\s*\*)|(?<=\*)\s*([A-Z]\w*)'(?![\w'(])")
#: X' and X in one product: nothing that ends one stands between them, and no bracket is closed.
_SAME_PRODUCT = re.compile(rf"{_NAME}'(?!['(])[^+\-−=;,|\n'()]*?(?<!\w)\1(?![\w'(])")
#: X'PX and X'WX, of which only the last letter is X.
_GLUED = re.compile(r"(?<![\w∂'\\])([A-Z])'[A-Z]{1,2}?\1(?![\w'(])")
_OF_SUM = re.compile(r"\)'\s*(?=[(A-Za-z])")
#: Z'(y − Xθ): a capital is no function but F and G.
_BEFORE_SUM = re.compile(r"(?<![\w∂'\\])([A-EH-Z])'\s?(?=\()")
_PRIMED = re.compile(rf"{_NAME}'(?!['(])")


def with_transposes(text: str) -> str:
    """The text with Xᵀ for an X' that is the transpose of X."""
    if "[" in text or "'" not in text:
        return text
    given = set(re.findall(r"(?:^|[;\n])\s*([^\W\d]\w*)'\s*=(?!=)", text))

    def turned(match: re.Match[str]) -> str:
        name = next(filter(None, match.groups()))
        return match[0] if name in given else match[0].replace("'", "ᵀ")

    same = {m[1] for m in _SAME_PRODUCT.finditer(text)}
    same |= {m[1] for p in (_GLUED, _BEFORE_SUM) for m in p.finditer(text)}
    same -= given
    if same:
        text = _OF_SUM.sub(")ᵀ ", text)
        text = _BEFORE_SUM.sub(turned, text)
        text = _PRIMED.sub(lambda m: turned(m) + " " * (m[1] not in given), text)
    elif _OF_SUM.search(text) and not _PRIMED.search(text):
        text = _OF_SUM.sub(")ᵀ ", text)
    return _BEFORE_TIMES.sub(turned, text)
