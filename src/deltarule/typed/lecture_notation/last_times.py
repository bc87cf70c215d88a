"""The last time of what has times: h_T of h_t = tanh(W h_{t−1} + U x_t).

    y = V h_T, E = ‖y − x_N‖²       V h[T−1], ‖y − x[N−1]‖²: entries are counted from 0 here

A name is read so where it stands at t somewhere in the text; elsewhere h_T is a name.
"""

from __future__ import annotations

import re

_NAME = r"(?<![\w\\])([^\W\d_ΣΠ]\w*?[\u0300-\u036f]*)"
_END = r"(?![A-Za-z0-9_(])"
_AT = re.compile(
    rf"{_NAME}(?:_([a-z]){_END}|\[\s*([a-z])(?=\s*[\],+−–-])|_\{{\s*([a-z])(?=\s*[}},+−–-]))"
)
_LAST = re.compile(rf"{_NAME}_(?:([A-Z]){_END}|\{{\s*([A-Z])\s*([-−–]\s*\d+)?\s*\}})")


def with_ends_below(text: str, index: str, end: str) -> str:
    """x_N as x_T of what stands at t, where sums over t end at N: Σ_{t=0}^{N−1} … + x_Nᵀ Q x_N."""
    at = {name for name, *letters in _AT.findall(text) if index in letters}

    def last(match: re.Match[str]) -> str:
        if match[1] not in at:
            return match[0]
        before, behind = match[0].rsplit(end, 1)
        return f"{before}{index.upper()}{behind}"

    return re.sub(rf"{_NAME}_(?:{end}{_END}|\{{\s*{end}\s*(?:[-−–]\s*\d+)?\s*\}})", last, text)


def with_last_times(text: str) -> str:
    """A text in which h_T is h[T−1], h_{T−1} is h[T−2], and so h_t is h[t]."""
    times: dict[str, set[str]] = {}
    for name, *letters in _AT.findall(text):
        times.setdefault(name, set()).update(i.upper() for i in letters if i)
    found: set[str] = set()

    def last(match: re.Match[str]) -> str:
        letter = match[2] or match[3]
        if letter not in times.get(match[1], ()):
            return match[0]
        found.add(letter.lower())
        back = int(re.sub(r"\D", "", match[4] or "0")) + 1
        return f"{match[1]}[{letter}-{back}]"

    text = _LAST.sub(last, text)
    return _AT.sub(lambda m: f"{m[1]}[{m[2]}]" if m[2] in found else m[0], text)
