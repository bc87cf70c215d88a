"""Numbers' letters that are vectors, as their logarithm is summed: σ of ½ Σ(σ² + μ² − 1 − log σ²).

Of one number N log σ stands outside of the sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deltarule.formulas.commas import parted_tokens
from deltarule.formulas.tokens import CLOSING, Token, deeper
from deltarule.spelling.names import pretty
from deltarule.typed.quantities.typed_names import tensor_of
from deltarule.typed.quantities.usual_letters import has_accent, usual_rank

_SUMS = ("Σ", "∑", "sum", "mean")
_ENDS = ("+", "-", ",", "=", "*", "/")


def summed_logarithms(formula: str, place: str) -> set[str]:
    """The names of numbers that alone a logarithm is of, in a sum without an index; beside ρ̂, as
    in ρ log(ρ/ρ̂), a ρ is one number."""
    found, names = parted_tokens(formula, place), set()
    for k, token in enumerate(found):
        if token.text not in _SUMS or token.kind == "reduction":
            continue
        inside = _argument(found[k + 1 :], ("+", "-"))
        for at, word in enumerate(inside):
            if word.text in ("log", "ln"):
                names |= _numbers(_argument(inside[at + 1 :], _ENDS), place)
    return names


def note_of_vectors(names: Iterable[str]) -> str:
    """What is said of them."""
    shown = [pretty(n) for n in sorted(names)]
    if not shown:
        return ""
    kind = "vectors, whose logarithms are" if shown[1:] else "a vector, whose logarithm is"
    return f"{' and '.join(shown)} {'are' if shown[1:] else 'is'} {kind} summed."


def _argument(found: Sequence[Token], ends: Sequence[str]) -> Sequence[Token]:
    """What a function or a sum is of: parentheses, or all up to a sign."""
    depth = 0
    whole = bool(found) and found[0].text == "("
    for k, token in enumerate(found):
        if not depth and (token.text in CLOSING or (k and token.text in ends)):
            return found[:k]
        depth += deeper(token.text)
        if whole and not depth:
            return found[: k + 1]
    return found


def _numbers(argument: Sequence[Token], place: str) -> set[str]:
    """The names of an argument, where all of them are those of numbers; if some have an accent,
    these."""
    names = {tensor_of(t, place) for t in argument if t.kind in ("name", "primed")}
    names -= {"pi", "π"}
    if not names or any(usual_rank(n) for n in names):
        return set()
    return {n for n in names if has_accent(n)} or names
