"""Brackets that group, as books have them behind a sum: Σ_n [t_n log y_n + (1 − t_n) log(1 − y_n)].

Brackets behind a name are subscripts; with a comparison inside they are 1 or 0; with a comma they
put together. Elsewhere they are parentheses, and so are those a blank away from a name that hold
what no index is: c [x_i² − y_i], 4 ε [(σ/r)^12 − (σ/r)^6].
"""

from __future__ import annotations

import re

from deltarule.formulas.tokens import CLOSING, OPENING
from deltarule.typed.lecture_notation.nesting import closed
from deltarule.typed.lecture_notation.signs_of_sums import SIGMA

#: What stands before a bracket that opens no subscripts: a sign, or a sum and what it is over.
_BEFORE = re.compile(
    rf"(?:^|[-−+·*/=(]|\\left\s*|{SIGMA}\s*_(?:\{{[^{{}}]*\}}|\w)"
    r"(?:\s*\^\s*(?:\{[^{}]*\}|\w))?)\s*$"
)
#: What a bracket is multiplied by, a blank before it; an expectation, E [x²], is none.
_FACTOR = re.compile(r"(?:\\[A-Za-z]+|[\w)}\]'′])(?:\s|~|\\[,;:! ])+$")
_EXPECTED = re.compile(
    r"(?:(?<![\w\\])(?:E|Var|Std)|𝔼|\{\s*(?:E|Var|Std)\s*\})(?:_(?:\w|\{[^{}]*\}))?\s*$"
)
#: What stands in no index: powers, sums, roots, quotients, functions, and terms with subscripts.
_NO_INDEX = re.compile(
    r"[\^²³√Σ∑Π∏]|\*\*|\\(?:sum|prod|frac|sqrt|log|ln|exp|tanh)|\b(?:log|ln|exp|tanh)\b"
)
#: W x, and neither S n, a stride, nor n mod N.
_PRODUCT = re.compile(r"(?<!\w)(?!(?:[SDP]|mod)\s)[^\W\d_]\w*\s+(?!mod\b)[^\W\d_]")
_TERMS = re.compile(r"[^\s\-−+*/·][^\-−+]*[-−+]")
_OTHERWISE = re.compile(r"[<>≠≤≥,;‖|=:]|\\(?:le|ge|neq|ne|lt|gt|in)\b|∈")


def with_parentheses(text: str) -> str:
    """The text with parentheses for brackets that group."""
    at = 0
    while (at := text.find("[", at)) >= 0:
        end = closed(text, at)
        if not end:
            break
        inside = text[at + 1 : end - 1]
        line = re.split(r"[;\n]", text[:at])[-1]
        groups = _BEFORE.search(line) or _multiplied(line, inside)
        if inside.strip() and groups and not _OTHERWISE.search(_outside(inside)):
            begin = at
            before = re.search(r"\\left\s*$", text[:begin])
            inner = re.sub(r"\\right\s*$", "", inside) if before else inside
            begin = before.start() if before else begin
            text = f"{text[:begin]}({inner}){text[end:]}"
        at += 1
    return text


def _multiplied(line: str, inside: str) -> bool:
    """Whether a bracket behind a line is a factor, as what stands in it is no index."""
    if not _FACTOR.search(line) or _EXPECTED.search(line.rstrip()):
        return False
    if _NO_INDEX.search(inside):
        return True
    terms = _TERMS.match(_outside(inside).strip())
    return bool(terms and ("_" in inside or _PRODUCT.search(inside)))


def _outside(text: str) -> str:
    """What stands in no brackets or parentheses within."""
    depth, found = 0, []
    for sign in text:
        depth -= sign in CLOSING
        if depth == 0 and sign not in OPENING + CLOSING:
            found.append(sign)
        depth += sign in OPENING
    return "".join(found)
