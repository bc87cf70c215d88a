"""What a name is made of: a stem that may be Greek or carry accents, digits, and subscripts.

Theta2    Theta, 2
W2_h_f    W, 2, h and f
yhat      y and a hat
"""

from __future__ import annotations

import re

_LOWER = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu "
    "nu xi omicron pi rho sigma tau upsilon phi chi psi omega"
).split()
_LETTERS = "αβγδεζηθικλμνξοπρστυφχψω"
GREEK = dict(zip(_LOWER, _LETTERS)) | {
    word.capitalize(): letter.upper() for word, letter in zip(_LOWER, _LETTERS)
}
#: Capitals as a class of a pattern has them, with Greek ones: not Σ and Π, which are signs, nor Δ,
#: a step.
CAPITALS = "A-ZΓΘΛΞΦΨΩ"

#: What a letter may carry, and the sign that does.
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "prime": "′",
           "dot": "\u0307", "ddot": "\u0308"}  # fmt: skip
#: A stem, and the digits at its end.
HEAD = re.compile(r"(?P<stem>[A-Za-z]+)(?P<digits>[0-9]*)", re.ASCII)


def accent(stem: str) -> tuple[str, str] | None:
    """`yhat` -> ("y", "hat") when the rest can carry it: any word a prime, a letter the others."""
    for word in ACCENTS:
        rest = stem.removesuffix(word)
        if rest and rest != stem:
            inner = rest
            while word != "prime" and (deeper := accent(inner)) and deeper[1] != "prime":
                inner = deeper[0]
            if word == "prime" or len(inner) == 1 or inner in GREEK:
                return rest, word
    return None


def split(name: str) -> tuple[str, str, list[str]]:
    """`W2_h_f` -> ("W", "2", ["h", "f"]); a head like conv1x1 keeps its digits."""
    head, *subs = name.split("_")
    found = HEAD.fullmatch(head)
    return (found["stem"], found["digits"], subs) if found else (head, "", subs)


def is_greek(subscript: str) -> bool:
    """v_Theta2 is the v of Θ₂; the xi of W_xi goes from x to i."""
    stem = subscript.rstrip("0123456789")
    return len(stem) > 3 and stem in GREEK
