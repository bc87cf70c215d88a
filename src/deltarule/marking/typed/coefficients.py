"""Coefficients of one sum: β of α x + β z and of α + β x is a number, as α is.

So is that of what a line gives anew, v' = β v + g, and of shares, β m + (1 − β) g.

A β or γ that is added alone, or stands beside ⊙, is a vector as before: γ ⊙ tanh(α x) + β.
"""

from __future__ import annotations

from collections.abc import Sequence

from deltarule.marking.formulas.commas import parted_tokens
from deltarule.marking.formulas.tokens import Token
from deltarule.marking.typed.typed_names import CALLED, tensor_of

#: Letters of numbers beside which others in their series are numbers.
_NUMBERS = ("alpha", "lambda", "eta", "delta", "kappa", "rho", "tau", "zeta")
_VECTORS = ("beta", "gamma", "mu", "theta", "phi")
_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")


def coefficients(formula: str, place: str, left: str = "") -> set[str]:
    """The names of vectors that lead a term beside one that a number leads; `left` is the name left
    of =."""
    found = parted_tokens(formula, place)
    lengths = [k for k, t in enumerate(found) if t.text == "‖"]
    spans = [range(*ends) for ends in zip(lengths[::2], lengths[1::2], strict=False)]
    spans += [range(max(k - 1, 0), k + 2) for k, t in enumerate(found) if t.text == "⊙"]
    vectors = {
        tensor_of(found[k], place)
        for span in spans
        for k in span
        if k < len(found) and found[k].kind == "name" and found[k].text not in CALLED
    }
    names: set[str] = set()
    shares = [
        {tensor_of(t[0], place) if t[0].kind == "name" else t[0].text for t in terms}
        for terms in _sums(found)
        if len(terms) == 2 and all(len(t) == 1 for t in terms)
    ]
    stem = left.removesuffix("prime")
    pairs = [pair for pair in zip(found, found[1:], strict=False) if pair[0].kind == "name"]
    anew = {tensor_of(a, place) for a, b in pairs if b.kind == "name" and stem == b.text}
    for terms in _sums(found):
        leading = [lead for term in terms if (lead := _leading(term, place))]
        numbers = {sign for name, sign in leading if name.partition("_")[0] in _NUMBERS}
        alone = any(name == "alpha" and not sign for name, sign in leading)
        for name, sign in leading:
            share = {name, "1"} in shares or name in anew
            plain = sign == "beside" and (numbers - {""} or alone or share)
            if name in _VECTORS and (plain or (sign == "dot" and numbers - {""})):
                names.add(name)
        if "beta" in names and ("gamma", "") in leading:
            names.add("gamma")  # of α x² + β x + γ
    return names - vectors


def _sums(found: Sequence[Token]) -> list[list[list[Token]]]:
    """The terms of each sum, that of the whole and those in brackets; what stands in brackets
    inside a term is part of it."""
    sums: list[list[list[Token]]] = [[[]]]
    open_sums = [sums[0]]
    for token in found:
        if token.text in _CLOSING and len(open_sums) > 1:
            open_sums.pop()
        if token.text in ("+", "-"):
            open_sums[-1].append([])
            for around in open_sums[:-1]:
                around[-1].append(token)
            continue
        for around in open_sums:
            around[-1].append(token)
        if token.text in _OPENING:
            sums.append([[]])
            open_sums.append(sums[-1])
    return sums


def _leading(term: Sequence[Token], place: str) -> tuple[str, str] | None:
    """The Greek letter that leads a term behind its number, and how what is behind stands: beside
    it, behind a dot, or not at all; None where something else leads it or ⊙ and ᵀ are there."""
    while term and (term[0].kind in ("number", "superscript") or term[0].text in ("*", "/")):
        term = term[1:]
    if not term or term[0].kind != "name" or term[0].text in CALLED:
        return None
    name = tensor_of(term[0], place)
    if name.partition("_")[0] not in (*_NUMBERS, *_VECTORS):
        return None
    if any(t.text == "⊙" or t.kind == "transposed" for t in term):
        return None
    behind = term[1:]
    if not behind:
        return name, ""
    if behind[0].kind in ("name", "primed"):
        return name, "beside"
    dot = behind[0].text == "*" and behind[1:] and behind[1].kind in ("name", "primed")
    return (name, "dot") if dot else None
