"""Brackets that group, as books have them behind a sum: Σ_n [t_n log y_n + (1 − t_n) log(1 − y_n)].

Brackets behind a name are subscripts; with a comparison inside they are 1 or 0; with a comma they
put together. Elsewhere they are parentheses.
"""

from __future__ import annotations

import re

from deltarule.marking.typed.nesting import CLOSING, OPENING, closed

#: What stands before a bracket that opens no subscripts: a sign, or a sum and what it is over.
_BEFORE = re.compile(
    r"(?:^|[-−+·*/=(]|\\left\s*|(?:[Σ∑Π∏]|\\(?:sum|prod)(?:\\limits)?)\s*_(?:\{[^{}]*\}|\w)"
    r"(?:\s*\^\s*(?:\{[^{}]*\}|\w))?)\s*$"
)
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
        if inside.strip() and _BEFORE.search(line) and not _OTHERWISE.search(_outside(inside)):
            begin = at
            before = re.search(r"\\left\s*$", text[:begin])
            inner = re.sub(r"\\right\s*$", "", inside) if before else inside
            begin = before.start() if before else begin
            text = f"{text[:begin]}({inner}){text[end:]}"
        at += 1
    return text


def _outside(text: str) -> str:
    """What stands in no brackets or parentheses within."""
    depth, found = 0, []
    for sign in text:
        depth -= sign in CLOSING
        if depth == 0 and sign not in OPENING + CLOSING:
            found.append(sign)
        depth += sign in OPENING
    return "".join(found)
