"""Sums of several terms without parentheses: Σ_d x_d log f_d + (1 − x_d) log(1 − f_d).

A sum goes as far as a product. Terms behind it that have its index, which nothing else binds, can
only belong to it, as papers leave them: log p(x|z) = Σ_d x_d log f_d + (1 − x_d) log(1 − f_d).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from deltarule.formulas.commas import parted_tokens
from deltarule.formulas.tokens import Token, deeper, subscript_at

_SIGNS = ("Σ", "∑", "Σ_", "∑_", "sum_")


def with_whole_sums(formula: str, left: Collection[str], place: str) -> str:
    """A right side with parentheses around what such sums are of; `left` are the indices left of
    the equality sign, at which a term may stand alone."""
    if not any(sign in formula for sign in _SIGNS):
        return formula
    found = parted_tokens(formula, place)
    marks: dict[int, str] = {}
    for k, token in enumerate(found):
        if token.kind != "reduction" or token.text not in _SIGNS or _of_a_word(found, k):
            continue
        begin, letters = over(found, k)
        end = 0 if {*letters} & {*left} else _end_of_terms(found, begin, letters, left)
        if end:
            marks[found[begin].start] = marks.get(found[begin].start, "") + "("
            after = found[end].start if end < len(found) else len(formula)
            marks[after] = ")" + marks.get(after, "")
    for at in sorted(marks, reverse=True):
        formula = f"{formula[:at]}{marks[at]}{formula[at:]}"
    return formula


def _of_a_word(found: Sequence[Token], k: int) -> bool:
    """Whether a function's word stands before a sum: log Σ_k exp(z_k) + b_k is of the sum alone."""
    return k > 0 and found[k - 1].kind in ("name", "call") and len(found[k - 1].text) > 1


def over(found: Sequence[Token], k: int) -> tuple[int, list[str]]:
    """Where what a sum is of begins, and the letters that it is over."""
    if [t.text for t in found[k + 1 : k + 2]] not in (["{"], ["["]):
        return k + 2, [t.text for t in found[k + 1 : k + 2]]
    close = next((j for j in range(k, len(found)) if found[j].text in ("}", "]")), k)
    return close + 1, [t.text for t in found[k + 2 : close] if t.kind == "name"]


def _end_of_terms(
    found: Sequence[Token], begin: int, letters: Collection[str], left: Collection[str]
) -> int:
    """Behind the last of the terms that belong to a sum; 0 where it ends as it is written."""
    depth, starts = 0, list[int]()
    end = len(found)
    for k in range(begin, len(found)):
        token = found[k]
        depth += deeper(token.text)
        if depth < 0 or not depth and token.text in (",", ";", "=", "<", ">", "≤", "≥", "≠"):
            end = k
            break
        if not depth and token.text in ("+", "-") and k > begin and not _is_signed(found, k):
            starts.append(k)
    last, bounds = 0, [*starts, end]
    for one, two in zip(bounds, bounds[1:], strict=False):
        if not _reads(found, one, two, letters) or left and not _reads(found, one, two, left):
            break  # b_j of y_i = Σ_j W_ij x_j + b_j is a slip
        last = two
    return last


def _is_signed(found: Sequence[Token], k: int) -> bool:
    """Whether a sign belongs to a number or an exponent, as in 2·−x and e^−x."""
    return found[k - 1].text in ("*", "/", "^", "⊙", "@")


def _reads(found: Sequence[Token], begin: int, end: int, letters: Collection[str]) -> bool:
    """Whether a term is read at one of some letters, over which no sum of its own goes."""
    for k in range(begin, end):
        if found[k].kind == "reduction" and {*over(found, k)[1]} & {*letters}:
            return False
    return any(
        found[k].text in letters and any(subscript_at(list(found), j) for j in range(begin, k))
        for k in range(begin, end)
    )
