r"""Equations that a comma parts, as papers set a loss beside the definitions behind it.

L = −Σ_i y_i log p_i,  p_i = exp(z_i)/Σ_j exp(z_j)       L = −Σ_i y_i log p_i; p_i = …
L = …, \quad \text{where} \quad f_i = …                  L = …; f_i = …

A comma in brackets, before a size, K = 3, and before what an index runs through, k = 1, …, K, is
none of these.
"""

from __future__ import annotations

import re

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.formulas.tokens import CLOSING, OPENING
from deltarule.typed.lecture_notation.nesting import closed

_WORD = (
    r"(?:\\(?:text|textrm|textnormal|mathrm|mbox)\s*\{\s*,?\s*(?:where|with|and)\s*\}"
    r"|(?:where|with|and)(?=\s))"
)
_BLANK = r"(?:\s|~|\\q?quad(?![A-Za-z])|\\[,;:! ])"
#: What parts two equations, if a left side stands behind it.
_BETWEEN = re.compile(
    rf"{_BLANK}*(?:,|\\q?quad(?![A-Za-z])|(?=\\){_WORD}){_BLANK}*(?:{_WORD}{_BLANK}*)?"
)
_EQUALS = re.compile(r"(?<![<>!:=])\s*:?=(?!=)")
#: A left side: a name with accents, subscripts, powers and arguments, and no blank but at these.
_NAME = re.compile(
    r"(?:\\(?:bar|hat|tilde|dot|vec|mathbf|mathcal|mathrm|boldsymbol|bm|widehat|overline)\s+)?"
    r"(?:\\[A-Za-z]+|[^\W\d_])"
    r"(?:\\[A-Za-z]+|[\w'′ᵀ\u0300-\u036f²³⁺]|\s*[_^]\s*[\w*+\\]?|<>)*(?: <>)?"
)
_PLAIN = re.compile(r"(?:\\[A-Za-z]+|[^\W\d_])(?:[^\W_])*")
_NUMBER = re.compile(r"\s*\d+\s*(?:$|[,;\n:…⋯]|\.\.|\\[lc]?dots)")
_RANGE = re.compile(
    r"(?:for\s+)?[a-z]\s*=\s*[01]\s*(?:,|\\,|\s)*(?:…|⋯|\.\.\.?|\\[lc]?dots)(?:,|\\,|\s)*\w+"
    r"(?:\s*[-−]\s*1)?"
)
_TABLE = re.compile(r"\\begin\{(\w+\*?)\}.*?\\end\{\1\}", re.DOTALL)


def with_commas_parted(text: str) -> str:
    """A text with semicolons for the commas between its equations. Raises DeltaruleError for the
    range of an index behind one, as it says nothing that the index does not."""
    if "," not in text and "quad" not in text and "\\text" not in text:
        return text
    at, begin, parted = 0, 0, ""
    has_left = False
    while at < len(text):
        sign = text[at]
        if sign in OPENING or text.startswith("\\begin", at):
            table = _TABLE.match(text, at)
            end = table.end() if table else closed(text, at) if sign in OPENING else at + 1
            if not end:  # an interval, (0, 1], or a bracket that is missing
                return text
            at = end
            continue
        if sign in CLOSING:
            return text
        if sign in ";\n":
            has_left = False
        elif sign == "=":
            has_left = True
        between = _BETWEEN.match(text, at) if has_left else None
        if between and (said := _RANGE.match(text, between.end())):
            raise DeltaruleError(
                f"{said[0].strip()} is the range of an index",
                f"the formula {shortened(text)}",
                "leave it out: an index left of = runs over the whole axis",
            )
        if between and _begins_equation(text[between.end() :]):
            parted += f"{text[begin:at].rstrip()}; "
            at = begin = between.end()
            has_left = False
            continue
        at += 1
    return parted + text[begin:]


def _begins_equation(text: str) -> bool:
    """Whether a left side and = stand here, and neither a size nor the range of an index."""
    left, at = "", 0
    while at < len(text) and text[at] not in "=,;\n":
        end = closed(text, at) if text[at] in OPENING else 0
        if not end and text[at] in OPENING + CLOSING:
            return False
        left += "<>" if end else text[at]
        at = end or at + 1
    left = left.removesuffix(":").strip()
    equals = _EQUALS.match(text, at - 1 if text[at - 1 : at] == ":" else at)
    if not equals or not _NAME.fullmatch(left):
        return False
    return not (_PLAIN.fullmatch(left) and _NUMBER.match(text, equals.end()))
