"""Letters of which a product is meant, apart: softmax(QKᵀ/√d)V, ‖y − Xw‖², 2πσ², λI, w₁x₁ + b.

Letters are one name where an equation gives it, where it has subscripts or parentheses, or where a
factor stands behind: Wx x + Wh h.
"""

from __future__ import annotations

import re
from collections.abc import Container

from deltarule.spelling.name_parts import CAPITALS

#: What letters of a name stand before; powers and transposes are none of it.
_MORE = "[^\\W²³⁴ᵀ⁻¹⁰]"
#: What may stand right before a product: an operator, a power, a number that is part of no name.
_FREE = r"(?<![^\W\dᵀ²³⁴⁻¹½¼¾])(?<![\\∂])(?<![^\W\d]\d)"
#: A Greek letter at another one, or at a Latin one: λI, ηg, 2πσ²; λmax is a name.
_GREEK = re.compile(
    rf"(?<![^\W\d²³⁴ᵀ½¼¾])([αβγηκλμνρτωπ](?=[{CAPITALS}a-zα-ω])|σ(?=[α-ω]))"
    rf"(?=.(?!(?!_){_MORE}|\s*=(?!=)|\())"
)
#: A Greek letter at matrices and a vector: αBAx, ηAw.
_GREEK_AT_MATRICES = re.compile(
    rf"(?<![^\W\d²³⁴ᵀ½¼¾])([αβγηκλμνρτω])(?=[A-Z]{{2,3}}[a-zα-ω]?(?!{_MORE}|[(\[]|\s*=(?!=))"
    rf"|[A-Z][a-z](?!{_MORE}|[(\[]|\s*=(?!=)))"
)
_CAPITALS = re.compile(
    rf"(?<![^\Wᵀ²³⁻¹\d½¼¾])(?<!\\)(?<!∂)([{CAPITALS}]{{1,2}}[{CAPITALS}a-zα-ω])(?!{_MORE}|['′(\[{{]|\s*=(?!=))"
)
_LINE = re.compile(rf"{_FREE}([wmkabc]x)(?!{_MORE}|[(\[_'′]|\s*=(?!=))")
#: Two letters behind a number, and their power, which is of the last one: ½mv².
_SQUARED = re.compile(r"(?<=[\d½¼¾])(?<![^\W\d]\d)([a-zα-ω]{2})(?=[²³⁴]|\s?\^)")
#: A letter with a number, and what it is multiplied with: W_1x, w₂x₂, a₁b.
_NUMBERED = re.compile(
    r"(?<![^\W₀-₉²³⁴½¼¾ᵀ\d])(?<!\\)(?<![^\W\d]\d)([A-Za-zα-ω][₀-₉]+)(?=[A-Za-zα-ω√Σ])"
    r"|(?<![\w\\])([A-Za-zα-ω]_\d)(?=(?:[A-Za-zα-ω](?:[₀-₉]+|_\d)?)+(?!\w))"
)
#: An input at a matrix with a subscript: XW_Q, xW_K.
_WEIGHTED = re.compile(r"(?<![\w\\])([XHZxhz])(?=[A-Z]_\{?\w)")
#: A vector at a matrix, and another one behind: xW, yWx; dW is a change of W.
_ROW = re.compile(rf"{_FREE}([a-ce-z][WAUVXQ][a-z]?)(?!(?![₀-₉]){_MORE}|[(\[_'′]|\s*=(?!=))")
#: A number at the identity matrix, beside a matrix: sI − A.
_IDENTITY = re.compile(r"(?<=[(+−-])(\s*[b-ce-z])(?=I\s*[+−)-])|(?<=[+−-])(\s*[b-ce-z])(?=I\s*\))")
#: π at letters that it is multiplied by: 2πkn/N, sin(πkx), 2\\pi kn.
_PI = re.compile(
    r"(?<![A-Za-zα-ω_\\])(π|\\pi(?:\s+|(?=\\)))(?!old|new|ref|max|min)([A-Za-z]{2,3})(?![\w(\[{])"
)
#: Two numbers of how many below a fraction's line: 1/(nm), \\frac{2}{nm}.
_COUNTS = re.compile(r"((?:\}\s*\{|/\s*\()\s*\d*\s*)([nmkNMKTB]{2})(?=\s*[)}])")
_FACTOR = re.compile(r"\s+(?!(?:if|else|and|or|not|mod|where|with)\b)(?:[^\W\d]|\()")
#: What letters are that stand for one thing.
ONE_NAME = frozenset(
    "KL CE JS BN LN SE MA NN Tr Id Re Im Du Dv ID MI EM ML GP If Or In Is MSE SSE BCE MAE NLL MLP"
    " TP FP FN TN RNN GRU CNN Sum Max Min Var Std Pi Xi Mu Nu Eta Rho Tau Phi Chi Psi ELU"
    " pi xi mu nu ln lr wd dx dt dy dz sd se".split()
)


def with_products_apart(text: str) -> str:
    """A text with blanks between letters that are factors."""
    if "\\" not in text:
        text = _GREEK_AT_MATRICES.sub(r"\1 ", _GREEK.sub(r"\1 ", text))
    given = set(re.findall(r"(?:^|[;\n])\s*([^\W\d_]\w*)[^=;\n]*=(?!=)", text))
    text = _with_numbers_apart(text, given)
    text = _IDENTITY.sub(lambda m: f"{m[0]} ", _WEIGHTED.sub(r"\1 ", text))
    text = _PI.sub(lambda m: f"{m[1]} {' '.join(m[2])}", text)

    def apart(match: re.Match[str]) -> str:
        name, behind = match[1], text[match.end() :]
        one_name = name in given or name in ONE_NAME
        used = re.search(rf"(?<![^\W\d]){name}(?:[\[_(]|\s*=(?!=))", text)
        if one_name or used or (len(name) == 3 and name.isupper()):
            return name
        lower = name[-1].islower() and name[0].isupper()
        return name if lower and _FACTOR.match(behind) else " ".join(name)

    text = _COUNTS.sub(lambda m: m[0] if m[2] in given else m[1] + " ".join(m[2]), text)
    for pattern in (_CAPITALS, _LINE, _ROW, _SQUARED):
        text = pattern.sub(apart, text)
    return text


def _with_numbers_apart(text: str, given: Container[str]) -> str:
    """w₁x₁ as w₁ x₁, where no equation gives all of it."""

    def apart(match: re.Match[str]) -> str:
        whole = re.match(r"\w+", text[match.start() :])
        return match[0] if whole and whole[0] in given else f"{match[0]} "

    while (parted := _NUMBERED.sub(apart, text)) != text:
        text = parted
    return text
