r"""Φ(x), the distribution function of the standard normal, and its density φ(x) beside it.

    \log\Phi(x_i^\top β)             log(normcdf(x_iᵀ β))
    (μ − f) Φ(z) + σ φ(z)            … + σ·exp(−z²/2)/√(2π)

Φ is read so where it stands before parentheses alone and no line gives it; φ alone is any function.
Φ(x)ᵀ w and W Φ(x) are features, and refused as before.
"""

from __future__ import annotations

import re

from deltarule.typed.lecture_notation.nesting import closed

_CALL = re.compile(r"(?<![\w\\])(?:(log|ln|\\log|\\ln)\s*)?(?:(Φ)|(\\Phi))\s*(?:\\left\s*)?\(")
_GLUED = re.compile(r"(\\(?:log|ln))(?=\\Phi(?![A-Za-z]))")
_DENSITY = re.compile(r"(?<![\w\\])(?:φ|ϕ|\\(?:var)?phi(?![A-Za-z]))\s*(?:\\left\s*)?\(")
_ANY = re.compile(r"(?<![\w])(?:Φ|\\Phi(?![A-Za-z]))")
_GIVEN = re.compile(r"(?:^|[;\n])\s*(?:Φ|\\Phi)\s*(?:_\w+|\([^()]*\))?\s*:?=(?!=)")
_TURNED = re.compile(r"\s*(?:ᵀ|⊤|\^\s*\{?\s*(?:T|\\top|⊤|\\mathsf))")
#: A matrix right before it, whose features it would be.
_MATRIX = re.compile(r"(?:[A-Z](?:_\w+)?|\\mathbf\{[A-Z]\}|ᵀ|⊤|\^\{?(?:T|\\top)\}?)\s*$")
#: What is said of such a text.
NORMAL = "Φ is the distribution function of the standard normal distribution."
DENSITY = "Φ is the distribution function of the standard normal distribution, φ its density."


def with_normal_distribution(text: str) -> str:
    """A text with words for these."""
    return _read(text)[0]


def note_of_normal(text: str) -> str:
    """What is said of a text that has some."""
    return _read(text)[1]


def _read(text: str) -> tuple[str, str]:
    plain = _GLUED.sub(r"\1 ", text)
    calls = list(_CALL.finditer(plain))
    if not calls or len(calls) != len(_ANY.findall(plain)) or _GIVEN.search(plain):
        return text, ""
    for match in calls:
        end = closed(plain, match.end() - 1)
        if not end or _TURNED.match(plain, end) or _MATRIX.search(plain[: match.start()]):
            return text, ""
    for match in reversed(calls):
        end = closed(plain, match.end() - 1)
        inside = plain[match.end() : end - 1].removesuffix("\\right")
        whole = f" normcdf({inside})"
        whole = f" log({whole})" if match[1] else whole
        plain = f"{plain[: match.start()]}{whole}{plain[end:]}"
    note = NORMAL
    while match := _DENSITY.search(plain):
        end = closed(plain, match.end() - 1)
        if not end:
            break
        inside = plain[match.end() : end - 1].removesuffix("\\right")
        before = plain[: match.start()].rstrip()
        times = "·" if before[-1:].isalnum() or before[-1:] in (*")]}", "²") else ""
        plain = f"{before}{times}(exp(−({inside})²/2)/√(2 π)){plain[end:]}"
        note = DENSITY
    return plain, note
