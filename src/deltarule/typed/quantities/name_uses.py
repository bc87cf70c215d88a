"""How names stand in a formula: transposed, in exponents, on diagonals, below a line, beside ⊙."""

from __future__ import annotations

from collections.abc import Iterable

from deltarule.formulas.commas import parted_tokens
from deltarule.formulas.tokens import CLOSING, OPENING, deeper
from deltarule.spelling.names import canonical
from deltarule.typed.quantities.typed_names import WORDS, tensor_of
from deltarule.typed.quantities.usual_letters import COUNTS, usual_rank

#: Capitals that say how many, and the identity, of which what stands behind is a number.
_NO_MATRICES = ("N", "M", "T", "B", "I")
#: Letters of numbers that are vectors where they stand behind a matrix.
_NOISE = ("epsilon", "alpha", "delta", "zeta", "eta")
_BEFORE_SUMS = ("C", "β", "γ", "μ", "θ", "beta", "gamma", "mu", "theta")


def turned_in(formula: str, place: str) -> set[str]:
    """The names that are transposed: α of αᵀ K α."""
    found = parted_tokens(formula, place)
    pairs = zip(found, found[1:], strict=False)
    return {tensor_of(a, place) for a, b in pairs if a.kind == "name" and b.kind == "transposed"}


def by_entries_alone(formula: str, place: str) -> set[str]:
    """Names of numbers beside which ⊙ stands, as σ ⊙ ε and λ ⊙ h, which are vectors then."""
    found, names = parted_tokens(formula, place), set()
    for before, sign, behind in zip(found, found[1:], found[2:], strict=False):
        if sign.text != "⊙":
            continue
        for token, other in ((before, behind), (behind, before)):
            beside = other.kind in ("name", "primed") or other.text in OPENING
            word = token.text in WORDS and token.text not in ("σ", "sigma")
            if token.kind == "name" and not word and beside:
                name = tensor_of(token, place)
                names |= set() if usual_rank(name) else {name}
    return names


def behind_matrices(formula: str, place: str) -> set[str]:
    """Names of numbers that stand behind a matrix at once, as ε of μ + L ε and α of K α: vectors,
    as numbers stand before matrices."""
    found, names = parted_tokens(formula, place), set()
    for k, token in enumerate(found[1:], 1):
        before, behind = found[k - 1], found[k + 1 : k + 2]
        matrix = before.kind == "name" and before.text not in (*WORDS, *_NO_MATRICES)
        plain = not behind or behind[0].text in ("+", "-", ")", "‖", "|", ",")
        if token.kind == "name" and plain and matrix and usual_rank(before.text) == 2:
            name = tensor_of(token, place)
            names |= {name} if name.partition("_")[0] in _NOISE else set()
    return names


def in_lengths(formula: str, place: str) -> set[str]:
    """Names of numbers that are terms of what a length is of, as ε of ‖ε − W x‖: vectors."""
    found, names, opened = parted_tokens(formula, place), set(), False
    for before, token, behind in zip(found, found[1:], found[2:], strict=False):
        opened ^= before.text == "‖"
        ends = before.text in ("‖", "+", "-") and behind.text in ("‖", "+", "-")
        if opened and ends and token.kind == "name" and token.text not in WORDS:
            name = tensor_of(token, place)
            names |= {name} if name.partition("_")[0] in _NOISE else set()
    return names


def before_matrices(formula: str, place: str) -> set[str]:
    """Names of vectors that stand before a matrix, a length or a sum at once, as β of β ΦᵀΦ, γ of
    γ ‖x − y‖², μ of μ Σ_i log x_i and s of s I − A: numbers, as no column stands there."""
    found, names, opened = parted_tokens(formula, place), set(), False
    for before, token, behind in zip(found, found[1:], [*found[2:], None], strict=False):
        opened ^= before.text == "‖"
        length = token.text == "‖" and not opened
        matrix = token.kind == "name" and token.text not in WORDS and usual_rank(token.text) == 2
        called = behind is not None and behind.text in ("[", "(")
        plain = before.kind == "name" and before.text in ("β", "γ", "beta", "gamma")
        identity = token.text == "I" and before.kind == "name" and before.text not in WORDS
        if identity and not called and usual_rank(before.text) == 1:
            names.add(tensor_of(before, place))
        if token.kind == "reduction" and before.kind == "name" and before.text in _BEFORE_SUMS:
            names.add(tensor_of(before, place))
        if plain and (length or matrix and not called):
            names.add(tensor_of(before, place))
    return names


def exponents(formula: str, place: str) -> set[str]:
    """The names in exponents, which are numbers: d of (xᵀ y + c)^d and (2π)^{−d/2}."""
    found, names = parted_tokens(formula, place), set()
    for k, token in enumerate(found):
        if token.text not in ("^", "**") or (k and found[k - 1].text == "e"):
            continue  # e^x is of vectors, too
        of_number = k and found[k - 1].kind == "number"  # and so is 2^x
        depth = 0
        for inner in found[k + 1 :]:
            depth += deeper(inner.text)
            free = of_number and inner.text in ("x", "z")
            if inner.kind == "name" and inner.text not in WORDS and not free:
                names.add(tensor_of(inner, place))
            if depth <= 0 and inner.text != "-":
                break
    return names


def on_diagonals(formulas: Iterable[tuple[str, str]]) -> set[str]:
    """The names that stand in diag( ) alone, which are vectors whatever their letter; the formulas
    come with their places."""
    inside: set[str] = set()
    elsewhere: set[str] = set()
    for formula, place in formulas:
        found = parted_tokens(formula, place)
        for k, token in enumerate(found):
            if token.kind == "name":
                there = [t.text for t in found[max(k - 2, 0) : k]] == ["diag", "("]
                (inside if there else elsewhere).add(token.text)
    return {canonical(name) for name in inside - elsewhere}


def divisors(formula: str, place: str) -> set[str]:
    """The names in a formula that say how many: N, √D, which stand below a line alone."""
    below: dict[str, bool] = {}
    inside, opened = [False], False
    found = parted_tokens(formula, place)
    for k, token in enumerate(found):
        if token.text == "/" and formula[token.start] != ".":  # ./ is entry by entry
            opened = True
        elif token.text in OPENING:
            inside.append(inside[-1] or opened)
            opened = False
        elif token.text in CLOSING:
            inside = inside[:-1] or [False]
        elif token.text.partition("_")[0] in COUNTS:
            ahead = found[k + 1].text if k + 1 < len(found) and found[k + 1].kind == "name" else ""
            vector = ahead and ahead.islower() and usual_rank(ahead) and ahead not in COUNTS
            if token.text.isupper() and vector and ahead not in WORDS:
                opened = False  # K of a/(K v) is a matrix
                below[token.text] = False
                continue
            below[token.text] = below.get(token.text, True) and (inside[-1] or opened)
            opened = False
        elif token.text not in ("sqrt", "√"):
            opened = False
    return {name for name, alone in below.items() if alone}
