r"""Differential equations as lectures write them: x' = A x, dN/dt = r N (1 − N/K), ẋ = σ(W x).

dN/dt, \frac{dN}{dt}, Ṅ and \dot{N} left of = are N′, what comes out; what N is is given. So is the
next state x⁺ of a system.
"""

from __future__ import annotations

import re
from unicodedata import normalize

_START = r"((?:^|[;\n])\s*)(?:([^\W\d_])\s*[·*]?\s*)?"
_NAME = r"([^\W\d_]\w*)"
_EQUALS = r"\s*:?=(?!=)([^;\n]*)"
#: dx/dt, \frac{dx}{dt}, \dot{x} and \dot x; ẋ, of a letter with a dot, is parted before.
_RATE = re.compile(
    rf"{_START}(?:d\s?{_NAME}\s*/\s*d\s?t|\\frac\s*\{{\s*d\s?{_NAME}\s*\}}\s*\{{\s*d\s?t\s*\}}"
    rf"|\\dot\s*(?:\{{\s*{_NAME}\s*\}}|{_NAME})){_EQUALS}"
)
#: The next state: x⁺ = A x + B u.
_NEXT = re.compile(rf"((?:^|[;\n])\s*){_NAME}\s*(?:⁺|\^\{{?\+\}}?)\s*:?=(?!=)")
#: What is scaled left of =, m ẍ = −k x, and what keeps its name.
_SCALED = re.compile(
    r"((?:^|[;\n])\s*)([^\W\d_])\s*[·*]?\s*([^\W\d_][\u0307\u0308]|ẍ|ẋ|ẏ|ÿ|ż)\s*:?=(?!=)\s*([^;\n]*)"
)
_DOTTED = re.compile(r"([^\W\d_])\u0307(?=\s*:?=(?!=))")


def with_primes(text: str) -> str:
    """A text with N' for dN/dt and for Ṅ, where that stands left of =; τ dr/dt = … is divided
    by τ."""
    if "\u0307" in normalize("NFD", text):
        text = "".join(_parted(sign) for sign in text)
        rates = [m for m in _DOTTED.finditer(text) if text.count(m[0]) == 1]
        for match in reversed(rates):  # what is read, too, keeps its name
            text = f"{text[: match.start()]}\\dot{{{match[1]}}}{text[match.end() :]}"
    text = _SCALED.sub(r"\1\3 = (\4)/\2", text)
    text = _RATE.sub(_with_prime, text)
    for _, name in dict.fromkeys(_NEXT.findall(text)):  # and what reads the next state
        text = re.sub(rf"(?<![\w\\]){name}\s*(?:⁺|\^\{{\+\}}|\^\+(?![\w(]))", f"{name}' ", text)
    return text


def _parted(sign: str) -> str:
    """A letter with a dot as the letter and the dot."""
    parts = normalize("NFD", sign)
    return parts if len(parts) == 2 and parts[1] == "\u0307" else sign


def _with_prime(match: re.Match[str]) -> str:
    start, scale, *names, right = match.groups()
    name = next(filter(None, names))
    return f"{start}{name}' =" + (f" ({right.strip()})/{scale}" if scale else right)
