"""Subscripts below a name with which one calculates, in brackets: h_{t−1}, x_{i+m, j+n}, x^{(t)}.

    h_t = tanh(W h_{t−1} + U x_t)          h[t] = tanh(W h[t−1] + U x[t])
    y_{ij} = Σ_{m,n} x_{i+m,j+n} w_{mn}    y[i,j] = Σ_{m,n} x[i+m,j+n] w[m,n]
    h^{(t)}, h⁽ᵗ⁾, h^{<t>}                 h_t, where (t − 1) stands somewhere
    a^{(l)} = σ(W^{(l)} a^{(l−1)})         a = σ(W a_prev): one layer of many
    a_i^l = σ(Σ_j w_{ij}^l a_j^{l−1})      a_i = σ(Σ_j w_{ij} a_prev[j])

A letter is an index where a number or another one is added to it somewhere below a name.
"""

from __future__ import annotations

import re

_NAME = (
    r"(?<![\w\\])(?:\\(?:hat|bar|tilde|mathbf|boldsymbol|bm|vec)\{\\?[A-Za-z]+\}"
    r"|\\[A-Za-z]+|[^\W\d_ᵀ](?:(?![_ᵀ])\w)*[\u0300-\u036f]*)"
)
_LETTER = r"(?<![\w\\])[a-z](?![A-Za-z])['′]*"
_SHIFT = re.compile(r"[a-z]['′]*\s*[-−–+]\s*(?:\d*[a-z]|\d+)|\d[a-z]\s*[-−–+]")
_GROUP = re.compile(rf"({_NAME})_(?:\{{([^{{}}]*)\}}|([a-z])(?![A-Za-z0-9_]))")
_ARITHMETIC = re.compile(r"(?:\s*\d*\s*[a-z]['′]*\s*[-−–+,]?|\s*\d+\s*,?)+")
_SIGNS = frozenset("sum prod max min mean log softmax argmax lim exp frac Σ ∑ Π ∏ E".split()) | {
    f"\\{w}" for w in ("sum", "prod", "max", "min", "log", "exp", "softmax", "lim", "ln")
}
#: A name of several letters below a matrix or a bias: W_{hh}, b_{hx}.
_NAMED = re.compile(r"(?<![\w\\])([A-Za-z])_\{([a-z]{2,4})\}")
#: A subscript before what stands above: h_v^{(l+1)}.
_BELOW_FIRST = re.compile(
    rf"({_NAME})(_(?:\{{[^{{}}]*\}}|[a-z]{{1,3}}(?![a-z])))(\s?\^\{{\s*\(?\s*l\s*(?:[-−+]\s*1)?\s*\)?\s*\}})"
)
_ABOVE = re.compile(
    r"\s?\^\{\s*[(<⟨\[]\s*([a-z])\s*([-−–+]\s*\d+)?\s*[)>⟩\]]\s*\}"
    r"|\s?\^<\s*([a-z])\s*([-−–+]\s*\d+)?\s*>"
    r"|\s?\^\(\s*([a-z])\s*([-−–+]\s*\d+)?\s*\)"
    r"|⁽([ᵗⁿⁱʲᵏˡ])([⁻⁺]\d*[¹²³]?)?⁾"
)
#: Subscripts that go around: x_{(i+1) mod N}.
_AROUND = re.compile(rf"({_NAME})_\{{([^{{}};\n]*(?:\\?[bp]?mod\b|%)[^{{}};\n]*)\}}")
_RAISED = dict(zip("ᵗⁿⁱʲᵏˡ", "tnijkl", strict=True))
_LEFT = re.compile(r"(?:^|[;\n])[^=;\n]*\^\(\s*[a-z]\s*(?:[-−+]\s*1\s*)?\)[^=;\n]*=(?!=)")
_LAYER_ABOVE = re.compile(
    r"(?<=[\w\u0300-\u036f])\^(?:l(?![A-Za-z0-9])|\{\s*l\s*([-−+]\s*1)?\s*\})"
)
#: A subscript behind such a name.
_OF_OTHER_LAYER = re.compile(
    r"(_(?:prev|next))_(?:\{([a-z][a-z\s,]*)\}|([a-z]{1,3})(?![A-Za-z0-9_]))"
)


def with_indices_in_brackets(text: str) -> str:
    """A text with brackets for subscripts with which one calculates somewhere."""
    text = _AROUND.sub(_in_circle, _with_indices_above(text))
    letters = {
        letter
        for _, inside, _ in _GROUP.findall(text)
        if _SHIFT.search(inside) and _ARITHMETIC.fullmatch(inside)
        for letter in re.findall(r"[a-z]['′]*", inside)
    }
    if not letters:
        return text

    def bracketed(match: re.Match[str]) -> str:
        inside = match[2] if match[2] is not None else match[3]
        own = re.findall(r"[a-z]['′]*", inside)
        if match[1] in _SIGNS or not own or not _ARITHMETIC.fullmatch(inside):
            return match[0]
        if not set(own) & letters:
            return match[0]
        if re.fullmatch(r"[a-z]{2,4}", inside):
            inside = ",".join(inside)
        inside = re.sub(r"(?<=\d)\s*(?=[a-z])", "*", inside.replace("−", "-").replace("–", "-"))
        return f"{match[1]}[{inside}]"

    return _NAMED.sub(r"\1_\2", _GROUP.sub(bracketed, text))


def _in_circle(match: re.Match[str]) -> str:
    return f"{match[1]}[{re.sub(r'[bp]?mod', ' mod ', match[2].replace(chr(92), ''))}]"


def _with_indices_above(text: str) -> str:
    """h^{(t)} as h_{t}; of layers, a^{(l)} as a and a^{(l−1)} as a_prev."""
    plain = bool(_LEFT.search(text))

    def below(match: re.Match[str]) -> str:
        letter, shift = next(
            (match[k], match[k + 1] or "") for k in (1, 3, 5, 7) if match[k] is not None
        )
        if match[5] is not None and not plain:
            return match[0]
        letter = _RAISED.get(letter, letter)
        shift = shift.translate(str.maketrans("⁻⁺¹²³–−", "-+123--")).replace(" ", "")
        return _of_layer(shift) if letter == "l" else f"_{{{letter}{shift}}}"

    text = _ABOVE.sub(below, _BELOW_FIRST.sub(r"\1\3\2", text))
    text = _LAYER_ABOVE.sub(lambda m: _of_layer((m[1] or "").replace("−", "-")), text)
    return _OF_OTHER_LAYER.sub(_in_brackets, text)


def _in_brackets(match: re.Match[str]) -> str:
    """a_prev[j], where a_prev_j would be a name."""
    below = (match[2] or match[3]).strip()
    return f"{match[1]}[{','.join(below) if re.fullmatch('[a-z]{2,4}', below) else below}]"


def _of_layer(shift: str) -> str:
    return {"": "", "-": "_prev", "+": "_next"}[shift[:1]]
