r"""Matrices that stand at a vector with an index, apart: Wh_{t−1} + Ux_t, W\mathbf{x}_i, q_iᵀWk_j.

    h_t = tanh(Wh_{t−1} + Ux_t)      h_t = tanh(W h_{t−1} + U x_t)
    y_i = wx_i + b                   y_i = w x_i + b
    y_n = Xw_n                       refused: (X w)_n, or X w_n

Letters are one name where a line gives it, and where a factor stands behind it: Wx x_t.
"""

from __future__ import annotations

import re

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.typed.lecture_notation.letters_beside import ONE_NAME

_STEP = r"\s*(?:[-−–+]\s*\d+)?\s*"
_INDEX = (
    rf"(?=_(?:[a-z](?![A-Za-z0-9_])|\d(?!\w)|\{{\s*(?:\d+|[a-z]{_STEP}|[a-z]\s*,?\s*[a-z])\s*\}})"
    rf"|\[\s*[a-z]{_STEP}\](?!\s*\())"
)
#: Capitals, and a letter that has an index; before them a Greek letter, a power or a transpose.
_AT_MATRIX = re.compile(rf"(?<![A-Za-z\\∂_])([A-Z]{{1,2}})([a-z]){_INDEX}")
_AT_NUMBER = re.compile(rf"(?<![^\W²³ᵀ])(?<![\\∂])([wmkabc])(x)(?=_){_INDEX}")
_BELOW = re.compile(
    r"(?:_(?:\w|\{[^{}]*\})|\[[^\[\]]*\])(?:\s*[·*]?\s*(?!if|else|and|or|mod)[^\W\d_])"
)
_TURNED = re.compile(r"\^T(?=[A-Za-z])")
#: Matrices of examples, of whose product an entry is read.
_EXAMPLES = ("X",)


def with_matrices_apart(text: str) -> str:
    """A text with a blank there. Raises DeltaruleError for Xw_n, which may be an entry of X w."""
    text = _TURNED.sub("^T ", text)
    given = set(re.findall(r"(?:^|[;\n])\s*([^\W\d_]\w*?)(?:_[^=;\n]*|\[[^=;\n]*)?\s*=(?!=)", text))
    bare = set(re.findall(r"(?<![\w\\])([A-Z][a-z])(?![\w\[])", text))

    def apart(match: re.Match[str]) -> str:
        matrix, vector = match.groups()
        name = matrix + vector
        matrices = bool(_BELOW.match(text, match.end())) and matrix[0].isupper()
        if name in given or name in ONE_NAME or name in bare or matrices:
            return name
        index = re.match(r"_?[\[{]?\s*(\w)", text[match.end() :])
        if matrix in _EXAMPLES and index and index[1] not in "t0123456789":
            raise DeltaruleError(
                f"{name}_{index[1]} may be an entry of {matrix} {vector}, or {matrix} {vector}_"
                f"{index[1]}",
                f"the formula {shortened(text.strip())}",
                f"write Σ_d {matrix}_{index[1]}d {vector}_d for the entry, or {matrix} {vector}_"
                f"{index[1]} with a blank",
            )
        return f"{' '.join(matrix)} {vector}"

    return _AT_NUMBER.sub(apart, _AT_MATRIX.sub(apart, text))
