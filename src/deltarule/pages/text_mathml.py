"""Formulas that are text already, such as those of a proof or of students' code, in MathML."""

from __future__ import annotations

import re
import unicodedata
from html import escape

from deltarule.pages.mathml import mathml
from deltarule.spelling.visible import visible

#: A subscript in braces or of letters, a number, a word, a letter with an accent; or any sign.
_TOKENS = re.compile(
    r"_\{[^{}]*\}|_[^\W_]+(?:_[^\W_]+)*|\d+(?:\.\d+)?|[A-Za-z]{2,}|[^\W\d_][\u0302\u0303\u0304\u0305]"
    r"|.",
    re.DOTALL,
)
#: Blanks but those between two words or numbers: signs have their own space around them.
_BLANK = re.compile(r"(?<![^\W_]) +| +(?![^\W_])")
_SENTENCE = re.compile(r"[a-z]{2,},? [a-z]{2,}")
_OVER = {"\u0302": "^", "\u0303": "~", "\u0304": "¯", "\u0305": "¯"}
#: What a subscript stands below, not beside.
_BIG = ("Σ", "Π", "∏", "∑", "max", "min", "argmax", "argmin")
_PRIMES = "′″"
_PLAIN, _CLOSE = "()[]|", ' lspace="0" rspace="0"'


def is_sentence(formula: str) -> bool:
    """Whether it is words with signs among them: a condition, a rule half in words."""
    return bool(_SENTENCE.search(formula))


def formula_mathml(formula: str, block: bool = False) -> str:
    """A formula of text as an element, with its indices below and its powers above the line."""
    return mathml(_row(visible(" ".join(formula.split()))), block)


def _row(formula: str) -> str:
    """The elements of a formula; a subscript or a power takes the element before it."""
    found: list[tuple[str, str]] = []
    for token in _TOKENS.findall(_BLANK.sub("", _apart(formula))):
        before = found[-1][0] if found else "<mrow></mrow>"
        base = found[-1][1] if found else ""
        low = _subscript(token)
        if low:
            tag = "munder" if base in _BIG else "msub"
            found[-1:] = [(f"<{tag}>{before}<mrow>{low}</mrow></{tag}>", base)]
        elif high := _superscript(token):
            found[-1:] = [(f"<msup>{before}{high}</msup>", base)]
        else:
            found.append((_element(token), token))
    return "".join(element for element, _ in found)


def _apart(formula: str) -> str:
    """Letters apart from the accents over them: ŷ is y and a hat."""
    return "".join(
        unicodedata.normalize("NFD", c) if unicodedata.normalize("NFD", c)[1:2] in _OVER else c
        for c in formula
    )


def _subscript(token: str) -> str:
    """What stands below: `_{n, d}`, `_hf` or ₁; nothing for another token."""
    if token.startswith("_") and len(token) > 1:
        return _row(token[2:-1]) if token[1] == "{" else _row(token[1:].replace("_", ","))
    return _moved(token, "<sub>")


def _superscript(token: str) -> str:
    """What stands above: ², ᵀ or a prime; nothing for another token."""
    return f"<mo>{token}</mo>" if token in _PRIMES else _moved(token, "<super>")


def _moved(token: str, where: str) -> str:
    """The sign that another is, above or below the line (Unicode's decompositions)."""
    kind, _, code = (
        unicodedata.decomposition(token).partition(" ") if len(token) == 1 else ("",) * 3
    )
    return _element(chr(int(code, 16))) if kind == where else ""


def _element(token: str) -> str:
    """A number, a letter or word, or a sign."""
    if token[1:2] and token[1] in _OVER:
        over = f'<mo stretchy="false">{_OVER[token[1]]}</mo>'
        return f'<mover accent="true"><mi>{token[0]}</mi>{over}</mover>'
    if token in " √":
        return "<mtext>\u00a0</mtext>" if token == " " else "<mtext>√</mtext>"
    if token[0].isdigit():
        return f"<mn>{token}</mn>"
    if token in _BIG[:4]:
        return f'<mo class="big" largeop="false" movablelimits="false">{token}</mo>'
    if token in _BIG:
        return f'<mo movablelimits="false">{token}</mo>'
    if token.isalpha():
        return f"<mi>{token}</mi>"
    kept = ' stretchy="false"' if token in _PLAIN else _CLOSE if token == "/" else ""
    return f"<mo{kept}>{escape(token)}</mo>"
