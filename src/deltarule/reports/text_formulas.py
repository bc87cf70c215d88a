"""Formulas that are text already, such as those of a proof, as LaTeX in mathematics mode."""

from __future__ import annotations

import re

from deltarule.reports.prose import prose, sign_of
from deltarule.spelling.visible import visible

_TOKENS = re.compile(
    r"_\{[^{}]*\}|_[^\W_]+(?:_[^\W_]+)*|█+|[^\W\d_][\u0302\u0303\u0304\u0305]|[A-Za-z]{2,}"
    r"|.",
    re.S,
)
#: Blanks between two words or numbers, which mathematics mode would leave out.
_BETWEEN = re.compile(r"(?<=[^\W_]) +(?=[^\W_])")
_WORDS = re.compile(r"[a-z]{2,},? [a-z]{2,}")
_ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar"}
_OWN = {sign: rf"\{sign}" for sign in "{}%&#$"} | {"~": r"\sim ", "\u00a0": r"\ "}


def formula_latex(formula: str) -> str:
    """A formula between dollars, with subscripts; one that is half a sentence as `prose`.

    It may be broken over lines as any text. Bars (█) become rules of their length.
    """
    if _WORDS.search(formula):
        return prose(formula)
    return f"${_mathematics(visible(formula))}$"


def _mathematics(formula: str) -> str:
    apart = _BETWEEN.sub("\u00a0", _decomposed(formula))
    return "".join(map(_token, _TOKENS.findall(apart)))


def _decomposed(formula: str) -> str:
    """Letters apart from their accents: ŷ is y and a hat."""
    return formula.translate({ord("ŷ"): "y\u0302", ord("ȳ"): "y\u0304", ord("ã"): "a\u0303"})


def _token(token: str) -> str:
    if token.startswith("_{"):
        return f"{{}}_{{{_mathematics(token[2:-1])}}}"
    if token[0] == "_" and len(token) > 1:
        name = token[1:].replace("_", r"\_")
        return f"{{}}_{{{name if len(name) == 1 else _upright(name)}}}"
    if token[0] == "█":
        return rf"\ \rule{{{len(token) * 0.4:.1f}em}}{{1.4ex}}"
    if len(token) == 2 and token[1] in _ACCENTS:
        return rf"\{_ACCENTS[token[1]]}{{{_token(token[0])}}}"
    if token.isascii() and token.isalpha() and len(token) > 1:
        return rf"\mathrm{{{token}}}"
    if token in _OWN or token == "_":
        return _OWN.get(token, r"\_")
    sign = sign_of(token)
    if sign is None:
        return token if token.isascii() else prose(token).strip("$")
    if sign[0] in "_^":
        return f"{{}}{sign}"
    return f"{sign.strip()} " if sign[0] == "\\" else sign


def _upright(name: str) -> str:
    return rf"\mathrm{{{''.join(sign_of(c) or c for c in name)}}}"
