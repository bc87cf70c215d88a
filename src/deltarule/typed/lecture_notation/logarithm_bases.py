r"""Logarithms to a base, and those of quotients of determinants.

−Σ_i p_i log₂ p_i, \log_2 p          log2(…), without parentheses, too
log₃ x                               log x/log(3)
log(|Σ₂|/|Σ₁|), log \frac{…}{…}      log det(Σ₂) − log det(Σ₁)
"""

from __future__ import annotations

import re

from deltarule.spelling.lowered import DIGITS
from deltarule.spelling.name_parts import CAPITALS

_BASE = re.compile(
    r"(?<![A-Za-z_])\\?log\s*(?:([₀-₉]+)|_(?:(\d+)(?!\w)|\{\s*(\d+)\s*\}))\s*(?=\s*([(\\\w]?))"
)
#: log 2π and log 2πσ², of all of what stands up to the next sign.
_OF_NUMBER = re.compile(
    r"(?<![A-Za-z_])(\\?(?:log|ln))\s+(?!1\s*[-−+])(\d+\s*(?:(?:π|\\pi)\s*)?(?:·exp\(1\)\s*)?(?:σ²|\\sigma\^2|σ\^2)?)"
    r"(?=\s*(?:$|[-−+)};\n]))"
)
_LARGE = rf"[{CAPITALS}]\w*"
_DET = rf"(?:\|\s*(?:{_LARGE})\s*\||\\?det\s*\(\s*{_LARGE}\s*\)|\\?det\s+{_LARGE})"
_QUOTIENT = re.compile(
    rf"(?<![A-Za-z_])\\?(?:log|ln)\s*(?:\(\s*({_DET})\s*/\s*({_DET})\s*\)|({_DET})\s*/\s*({_DET})"
    rf"|\\[dt]?frac\s*\{{\s*({_DET})\s*\}}\s*\{{\s*({_DET})\s*\}})"
)


def with_logarithms(text: str) -> str:
    """The text with logarithms of one argument, to base e, 2 or 10."""

    def quotient(match: re.Match[str]) -> str:
        top, bottom = (re.sub(r"\\?det|[\s|()]", "", part) for part in match.groups() if part)
        return f"(log det({top}) − log det({bottom}))"

    text = re.sub(r"(?<=\dπ)\s*e(?![A-Za-z^(_])", "·exp(1) ", text)
    text = _OF_NUMBER.sub(r"\1(\2)", text)
    return _BASE.sub(_named, _QUOTIENT.sub(quotient, text))


def _named(match: re.Match[str]) -> str:
    base = (match[1] or match[2] or match[3]).translate(DIGITS)
    if base in ("2", "10"):
        return f" log{base} " if match[4] != "(" else f" log{base}"
    return f"(1/log({base}))·log "
