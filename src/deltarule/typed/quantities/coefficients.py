"""Coefficients of one sum: β of α x + β z and of α + β x is a number, as α is.

So is that of what a line gives anew, v' = β v + g, of shares, β m + (1 − β) g, and b of X w + b,
where each row of X is an example.

A β or γ that is added alone, or stands beside ⊙, is a vector as before: γ ⊙ tanh(α x) + β.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from deltarule.formulas.commas import parted_tokens
from deltarule.formulas.tokens import CLOSING, OPENING, Token
from deltarule.spelling.names import canonical
from deltarule.typed.quantities.typed_names import CALLED, tensor_of
from deltarule.typed.quantities.usual_letters import is_input, usual_rank

#: Letters of numbers beside which others in their series are numbers.
_NUMBERS = ("alpha", "lambda", "eta", "delta", "kappa", "rho", "tau", "zeta")
_VECTORS = ("beta", "gamma", "mu", "theta", "phi")
_EPSILON = ("ε", "ϵ", "epsilon", "eps")
#: Functions that have slopes of their own: softmax(β x), x σ(β x), e^{−β E}.
_OF_TEMPERATURES = ("softmax", "exp", "σ", "sigmoid", "tanh", "softplus", "log_softmax", "^")
_FACTORS = ("name", "primed", "call", "reduction")
_BIAS = re.compile(r"[bc](?:_?[0-9]+|[₀-₉]+)?")


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


def intercepts(formula: str, place: str) -> set[str]:
    """The names of biases beside a product of a matrix of examples with a vector: as a vector each
    example would have a bias of its own."""
    names: set[str] = set()
    found, opened = [*parted_tokens(formula, place)], False
    for k, token in enumerate(found):
        if token.text == "‖":
            opened = not opened
            found[k] = Token("sign", "(" if opened else ")", token.start)
    for terms in _sums(found):
        factors = [[t for t in term if t.text not in ("*", "@")] for term in terms]
        if any(_is_of_examples(term) for term in factors):
            alone = [term[0] for term in factors if len(term) == 1 and term[0].kind == "name"]
            names |= {tensor_of(t, place) for t in alone if _BIAS.fullmatch(t.text)}
    return names


def temperatures(formula: str, place: str) -> set[str]:
    """The names of vectors that lead what a function is of, as β of softmax(β x) and γ of
    exp(−γ D), where the other one of γ and β, of a normalisation, stands nowhere."""
    found, names = parted_tokens(formula, place), set()
    here = {token.text for token in found}
    for k, token in enumerate(found):
        pair = next((p for p in (("β", "γ"), ("beta", "gamma")) if token.text in p), None)
        if token.kind != "name" or pair is None or {*pair} <= here:
            continue
        minus = [t.text for t in found[max(k - 1, 0) : k]] == ["-"]
        before = [t.text for t in found[max(k - 2 - minus, 0) : k - minus]]
        behind = found[k + 1 : k + 3]
        behind = behind[1:] if [t.text for t in behind[:1]] == ["*"] else behind
        factor = behind and (behind[0].kind in _FACTORS or behind[0].text in ("(", "‖"))
        if len(before) == 2 and before[0] in _OF_TEMPERATURES and before[1] in "({" and factor:
            names.add(tensor_of(token, place))
    return names


def decays(formula: str) -> set[str]:
    """β and γ, with a number or without, of 1 − β₁ and 1 − β₁^t: no vectors then."""
    found = re.finditer(
        r"(?<![\w.])1\s*[-−]\s*((?:β|γ|beta|gamma)(?:_?\d|[₀-₉])?)(?![\w\[(])", formula
    )
    return {canonical(match[1]) for match in found}


def noises(formula: str, place: str) -> set[str]:
    """ε where it is noise and no guard, a vector then: of y = X β + ε and √(1 − α) ε; and σ that
    stands right before it, in z = μ + σ ε."""
    found, names = parted_tokens(formula, place), set()
    if not any(t.text in _EPSILON for t in found):
        return names
    for k, terms in enumerate(_sums(found)):
        for term in terms if len(terms) > 1 else ():
            bare = [t for t in term if t.text not in ("*", "⊙")]
            if not bare or bare[-1].text not in _EPSILON:
                continue
            before = bare[-2] if len(bare) > 1 else None
            factor = before and (before.kind in ("name", "primed") or before.text in (")", "}"))
            if (before is None and k == 0) or factor:
                names.add("epsilon")
                names |= {"sigma"} if before and before.text in ("σ", "sigma") else set()
    return names


def _is_of_examples(term: Sequence[Token]) -> bool:
    """Whether a term is X w or wᵀ X."""
    names = [t.text for t in term if t.kind == "name"]
    turned = [k for k, t in enumerate(term) if t.kind == "transposed"]
    if len(names) != 2 or len(term) != 2 + len(turned) or turned not in ([], [1]):
        return False
    matrix, vector = names[::-1] if turned else names
    return usual_rank(matrix) == 2 and is_input(matrix) and usual_rank(vector) == 1


def _sums(found: Sequence[Token]) -> list[list[list[Token]]]:
    """The terms of each sum, that of the whole and those in brackets; what stands in brackets
    inside a term is part of it."""
    sums: list[list[list[Token]]] = [[[]]]
    open_sums = [sums[0]]
    for token in found:
        if token.text in CLOSING and len(open_sums) > 1:
            open_sums.pop()
        if token.text in ("+", "-"):
            open_sums[-1].append([])
            for around in open_sums[:-1]:
                around[-1].append(token)
            continue
        for around in open_sums:
            around[-1].append(token)
        if token.text in OPENING:
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
