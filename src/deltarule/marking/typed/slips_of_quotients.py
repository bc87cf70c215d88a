"""A quotient before a product without a sign: x²/2σ² and xᵀ A x / xᵀ x can be read in two ways."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deltarule.marking.typed.slip_parts import Slip

_POWER = r"(?:[²³⁴]|\s?\^\s?\d+|\s?\*\*\s?\d+)?"
#: A number and a letter that follows at once, which is no function and no sum: 2σ², not 2 Σ_n.
_COEFFICIENT = re.compile(
    rf"/\s*(\d+(?:\.\d+)?)(?![eE][-+]?\d)((?![Σ∑Π∏]|(?:Sum|Mean|Max|Min|Product)\b)[^\W\d]\w*)"
    rf"(?![\w(])({_POWER})"
)
_TURNED = r"\s*(?:ᵀ|⊤|\^\{?[T⊤]\}?(?!\w)|\.T\b)"
_ROW = re.compile(
    rf"/\s*([^\W\d]\w*{_TURNED}(?:\s*[^\W\d]\w*(?![\w(\[])){{1,3}})(?!{_TURNED})(?![(\[])"
)


def in_quotients(part: str) -> Iterator[Slip]:
    """Quotients of which it is not said how far what divides goes."""
    for match in _COEFFICIENT.finditer(part):
        number, name, power = match.groups()
        yield Slip(
            f"/{number}{name}{power} can be read in two ways",
            match.start(),
            match.end(),
            f"write /({number}·{name}{power}), or /{number}·{name}{power}",
        )
    for match in _ROW.finditer(part):
        below = match[1].strip()
        yield Slip(
            f"/ {below} can be read in two ways",
            match.start(),
            match.end(),
            f"write parentheses around what divides: /({below})",
        )
