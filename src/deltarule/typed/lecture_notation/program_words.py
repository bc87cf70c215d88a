"""Choices as programs write them: a ? b : c, if x > 0: y = a, lambda x: x², A \\ b.

c ? a : b                  where(c, a, b)
A.'                        A'
y = lambda x: x**2         y = x**2
"""

from __future__ import annotations

import re

from deltarule.formulas.tokens import CLOSING, deeper

#: Behind these the condition of a choice begins, and behind = and the bracket around it.
_BEGINS = ",;\n?:"
_LAMBDA = re.compile(r"\blambda\s+[^\W\d]\w*(?:\s*,\s*[^\W\d]\w*)*\s*:\s*(?=\S)")


def in_words_of_equations(text: str) -> str:
    """A text with where(c, a, b) for c ? a : b, and with what a lambda gives for it."""
    text = _LAMBDA.sub("", text).replace(".'", "'")
    while (at := text.rfind("?")) >= 0:  # the last one is the innermost of those in a row
        colon = _end(text, at + 1, ":")
        begin, end = _begin(text, at), _end(text, colon + 1, ",;\n") if colon < len(text) else 0
        if not end:
            break
        choice = (text[begin:at], text[at + 1 : colon], text[colon + 1 : end])
        blank = " " * (len(text[begin:]) - len(text[begin:].lstrip()))
        written = ", ".join(part.strip() for part in choice)
        text = f"{text[:begin]}{blank}where({written}){text[end:]}"
    return text


def _begin(text: str, at: int) -> int:
    """Where the statement before ? begins."""
    depth = 0
    for k in range(at - 1, -1, -1):
        depth -= deeper(text[k])
        equals = (
            text[k] == "=" and text[k - 1 : k] not in (*"<>!=:",) and text[k + 1 : k + 2] != "="
        )
        if depth < 0 or (depth == 0 and (text[k] in _BEGINS or equals)):
            return k + 1
    return 0


def _end(text: str, start: int, signs: str) -> int:
    """Where what follows ends: at one of some signs, or where the bracket around it closes."""
    depth = 0
    for k in range(start, len(text)):
        if depth == 0 and (text[k] in signs or text[k] in CLOSING):
            return k
        depth += deeper(text[k])
    return len(text)
