r"""Numbers of layers above a name: w_{kj}^{(2)} of a second layer, which is no power and no factor.

    w_{kj}^{(2)}, w^{(2)}_{kj}, w_kj^(2), b_j^{[1]}      w2_{kj}, w2_kj, b1_j
    W^{(1)}, W^(1)                                        W1

x^(2) of a text without other such numbers is x².
"""

from __future__ import annotations

import re

_NAME = (
    r"(?<![\w\\])((?:\\(?:hat|bar|tilde|mathbf|boldsymbol|bm|vec)\{\\?[A-Za-z]+\}"
    r"|\\(?!sum|prod|max|min|log|exp|ln)[A-Za-z]+|[^\W\d_Σ∑Π∏][\u0300-\u036f]*))"
)
_SUBSCRIPT = r"(_(?:\{[^{}]*\}|[A-Za-z0-9]+))"
_NUMBER = r"\^(?:\{\s*[(\[]\s*(\d{1,2})\s*[)\]]\s*\}|\(\s*(\d{1,2})\s*\)|\[\s*(\d{1,2})\s*\])"
_BELOW_FIRST = re.compile(rf"{_NAME}{_SUBSCRIPT}\s?{_NUMBER}")
_ABOVE_FIRST = re.compile(rf"{_NAME}\s?{_NUMBER}{_SUBSCRIPT}")
_ALONE = re.compile(rf"{_NAME}\s?{_NUMBER}(?!_)")
_PLAIN = re.compile(r"\^\(\s*(\d{1,2})\s*\)")


def with_layers_in_names(text: str) -> str:
    """A text with those numbers in the names."""
    text = _BELOW_FIRST.sub(lambda m: _named(m[1], m[3] or m[4] or m[5], m[2]), text)
    text = _ABOVE_FIRST.sub(lambda m: _named(m[1], m[2] or m[3] or m[4], m[5]), text)
    if len(set(_PLAIN.findall(text))) > 1:
        text = _ALONE.sub(lambda m: _named(m[1], m[2] or m[3] or m[4], ""), text)
    return text


def _named(name: str, number: str, below: str) -> str:
    """w2_{kj}; of \\mathbf{w} the number stands behind the braces, as of w."""
    letter = re.fullmatch(r"\\(?:mathbf|boldsymbol|bm|vec)\{(\\?[A-Za-z]+)\}", name)
    name = letter[1] if letter else name
    number = f"_{number}" if name.startswith("\\") and not below else number
    return f"{name}{number}{below} "
