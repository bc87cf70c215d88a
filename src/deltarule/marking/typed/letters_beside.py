"""Letters of which a product is meant, apart: softmax(QKᵀ/√d)V, ‖y − Xw‖², 2πσ², λI, wx + b.

Letters are one name where an equation gives it, where it has subscripts or parentheses, or where a
factor stands behind: Wx x + Wh h.
"""

from __future__ import annotations

import re

#: What letters of a name stand before; powers and transposes are none of it.
_MORE = "[^\\W²³⁴ᵀ⁻¹⁰]"
#: A Greek letter at another one, or at a Latin one: λI, ηg, 2πσ²; λmax is a name.
_GREEK = re.compile(
    rf"(?<![^\W\d²³⁴ᵀ])([αβγηκλμνρτωπ](?=[A-Za-zα-ω])|σ(?=[α-ω]))"
    rf"(?=.(?!(?!_){_MORE}|\s*=(?!=)|\())"
)
_CAPITALS = re.compile(
    rf"(?<![^\Wᵀ²³⁻¹\d])(?<!\\)(?<!∂)([A-Z]{{1,2}}[A-Za-zα-ω])(?!{_MORE}|['′(\[{{]|\s*=(?!=))"
)
_LINE = re.compile(rf"(?<![\w\\∂])([wmkab]x)(?!{_MORE}|[(\[_'′]|\s*=(?!=))")
#: A vector at a matrix, and another one behind: xW, yWx; dW is a change of W.
_ROW = re.compile(rf"(?<![\w\\∂])([a-ce-z][WAUVXQ][a-z]?)(?!{_MORE}|[(\[_'′]|\s*=(?!=))")
#: A matrix with a number, and what it is multiplied with: W_1x, W₂h₁.
_NUMBERED = re.compile(r"(?<![\w\\])([A-Z](?:_\d|[₀-₉]))(?=[A-Za-z](?:[₀-₉]+|_\d)?(?!\w))")
#: An input at a matrix with a subscript: XW_Q, xW_K.
_WEIGHTED = re.compile(r"(?<![\w\\])([XHZxhz])(?=[A-Z]_\{?\w)")
_FACTOR = re.compile(r"\s+(?!(?:if|else|and|or|not|mod|where|with)\b)(?:[^\W\d]|\()")
#: What letters are that stand for one thing.
_NAMES = frozenset(
    "KL CE JS BN LN SE MA NN Tr Id Re Im Du Dv ID MI EM ML GP If Or In Is MSE SSE BCE MAE NLL MLP"
    " RNN GRU CNN Sum Max Min Var Std Pi Xi Mu Nu Eta Rho Tau Phi Chi Psi ELU".split()
)


def with_products_apart(text: str) -> str:
    """A text with blanks between letters that are factors."""
    if "\\" not in text:
        text = _GREEK.sub(r"\1 ", text)
    text = _NUMBERED.sub(r"\1 ", text)
    text = _WEIGHTED.sub(r"\1 ", text)
    given = set(re.findall(r"(?:^|[;\n])\s*([^\W\d_]\w*)[^=;\n]*=(?!=)", text))

    def apart(match: re.Match[str]) -> str:
        name, behind = match[1], text[match.end() :]
        one_name = name in given or name in _NAMES
        used = re.search(rf"(?<![^\W\d]){name}(?:[\[_(]|\s*=(?!=))", text)
        if one_name or used or (len(name) == 3 and name.isupper()):
            return name
        lower = name[-1].islower() and name[0].isupper()
        return name if lower and _FACTOR.match(behind) else " ".join(name)

    return _ROW.sub(apart, _LINE.sub(apart, _CAPITALS.sub(apart, text)))
