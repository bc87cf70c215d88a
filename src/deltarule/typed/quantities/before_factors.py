"""What a letter is before parentheses or another factor: a function, a number, a factor."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deltarule.formulas.tokens import Token, deeper

ANY_FUNCTION = ("f", "g", "φ", "phi", "ϕ", "F", "G")
#: Steps that have two letters: x + dt (A x + B u).
_STEPS = ("dt", "Δt", "lr")
_PRODUCTS = ("W", "A")
_LETTER_BELOW = re.compile(r"[^\W\d_A-Z]_[a-z\d]")


def is_factor(found: Sequence[Token], k: int) -> bool:
    """Whether a name, a sum or a parenthesis stands at a token, V of V x_u before it."""
    kinds = ("name", "primed", "reduction")
    return k < len(found) and (found[k].kind in kinds or found[k].text == "(")


def is_number_before(token: Token, opening: Token) -> bool:
    """Whether a letter with one below it stands before parentheses and a blank: α_t (1 − p_t)."""
    apart = opening.start > token.start + len(token.text)
    stem = token.text.partition("_")[0]
    if token.text in _STEPS:
        return apart
    return apart and bool(_LETTER_BELOW.fullmatch(token.text)) and stem not in ANY_FUNCTION


def of_several(found: Sequence[Token], k: int) -> bool:
    """Whether a comma stands in the parentheses that open at a token, and in no others."""
    depth = 0
    for token in found[k:]:
        depth += deeper(token.text)
        if not depth:
            return False
        if token.text == "," and depth == 1:
            return True
    return False


def is_of_sum(token: Token, behind: Sequence[Token]) -> bool:
    """Whether an h stands right before a sum in parentheses, as the activation h(Σ_i w_i x_i)."""
    close = behind[0].start == token.start + len(token.text)
    inside = behind[1] if len(behind) > 1 else None
    sums = inside is not None and (inside.kind == "reduction" or inside.text in ("Σ", "∑"))
    return token.text == "h" and close and sums


def is_logistic(before: Sequence[Token], token: Token, opening: Token) -> bool:
    """Whether Λ stands right before parentheses, and behind nothing that it is multiplied with: the
    logistic function, or a matrix."""
    factor = before and before[-1].kind not in ("sign", "reduction")
    return token.text == "Λ" and opening.start == token.start + 1 and not factor


def is_call(token: Token, behind: Sequence[Token]) -> bool:
    """Whether a capital stands right before a name in parentheses, as the discriminator D(x) and
    the energy E(x) do; W(x) and A(x) are products."""
    close = behind[0].start == token.start + len(token.text)
    alone = [t.text for t in behind[2:3]] == [")"] and behind[1].kind in ("name", "primed")
    capital = len(token.text) == 1 and token.text.isupper() and token.text not in _PRODUCTS
    return close and alone and capital
