r"""Brackets of print: of any size around an expectation, and with a plus below.

\mathbb{E}_t\left[x_t\right], \mathbb{E}\big[x\big]      \mathbb{E}_t[x_t], \mathbb{E}[x]
[1 − t y]_+, \left(x\right)_+^2                          max(0, 1 − t y), \max(0, x)^2
"""

from __future__ import annotations

import re

from deltarule.typed.lecture_notation.nesting import closed, opened, split_at

_SIZE = r"\\(?:left|right|[Bb]igg?[lr]?)(?![A-Za-z])\s*"
_EXPECTED = re.compile(
    r"((?:𝔼|\\mathbb\s*\{\s*E\s*\}|\\mathbb\s+E"
    r"|\\(?:mathrm|operatorname|text)\s*\{\s*(?:E|Var|Std)\s*\})"
    rf"\s*(?:_\s*(?:\w|\{{[^{{}}]*\}})\s*)?)(?:\\!\s*)*{_SIZE}(?=[\[(])"
)
#: The mean over a sample: \hat{\mathbb{E}}_t.
_SAMPLED = re.compile(r"\\(?:wide)?hat\s*\{\s*\\mathbb\s*(?:\{\s*E\s*\}|\s+E)\s*\}")
_SIZE_BEHIND = re.compile(rf"{_SIZE}$")
_PLUS = re.compile(r"[\])]\s*(?P<first>\^\s*(?:\w|\{[^{}]*\})\s*)?_\s*(?:\+|\{\s*\+\s*\})")


def in_plain_brackets(text: str) -> str:
    """A text without these spellings."""
    return _with_positive_parts(_with_expectations(_SAMPLED.sub(r"\\mathbb{E}", text)))


def _with_expectations(text: str) -> str:
    """Expectations in square brackets without a size."""
    for match in reversed(list(_EXPECTED.finditer(text))):
        end = closed(text, match.end())
        if end:
            inside = _SIZE_BEHIND.sub("", text[match.end() + 1 : end - 1])
            text = f"{text[: match.start()]}{match[1].rstrip()}[{inside}]{text[end:]}"
    return text


def _with_positive_parts(text: str) -> str:
    r"""max(0, x) for [x]_+; f(x)_+ and x[n]_+ stay, as their brackets hold arguments."""
    at = 0
    while match := _PLUS.search(text, at):
        at = match.end()
        begin = opened(text, match.start())
        if begin < 0:
            continue
        inside = text[begin + 1 : match.start()]
        size = _SIZE_BEHIND.search(text[:begin])
        before = text[: size.start() if size else begin]
        if not inside.strip() or len(split_at(inside, ",;=<>")) > 1:
            continue
        if not size and re.search(r"[^\W\d]$", before):
            continue
        word = "\\max" if "\\" in text else " max"
        inside = _SIZE_BEHIND.sub("", inside).strip()
        text = f"{before}{word}(0, {inside}){match['first'] or ''}{text[match.end() :]}"
        at = len(before)  # there may be others within
    return text
