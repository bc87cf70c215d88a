r"""Indices above a name that has a letter below it: s_n^j of Σ_j exp(γ s_n^j) as s_n[j].

So it is where the index of a sum stands below nothing at all; x_n^j of Σ_j w_j x_n^j is a power.
"""

from __future__ import annotations

import re

from deltarule.typed.lecture_notation.signs_of_sums import SUM_SIGN

_OVER = re.compile(
    rf"{SUM_SIGN}\s*_\s*(?:([a-z])(?![A-Za-z0-9])|\{{\s*([a-z])\s*(?:=[^{{}}]*)?\}})"
)
_BELOW = re.compile(r"_(?:\{([^{}]*)\}|([a-z])(?![A-Za-z]))|\[([\w\s,+−-]*)\]")


def with_indices_above(text: str) -> str:
    """A text with brackets for them."""
    over = {one or other for one, other in _OVER.findall(text)}
    plain = _OVER.sub(" ", text)
    below = set(re.findall(r"[a-z]", " ".join(map("".join, _BELOW.findall(plain)))))
    for letter in sorted(over - below):
        above = rf"\^(?:\{{\s*{letter}\s*\}}|{letter}(?![A-Za-z0-9]))"
        name, label = r"(?<![\w\\])([A-Za-zα-ω])", r"_(?:\{\s*([a-z])\s*\}|([a-z]))"
        text = re.sub(name + label + above, _bracketed(letter), text)
        text = re.sub(name + above + label + r"(?![A-Za-z0-9])", _bracketed(letter), text)
    return text


def _bracketed(letter: str):
    return lambda m: f"{m[1]}_{m[2] or m[3]}[{letter}]"
