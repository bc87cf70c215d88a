"""Sums as calls, sum(n, x[n,d]·y[n,k]), and letters below, xₙ, as Σ_{n}(…) and x_{n}."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deltarule.errors import DeltaruleError
from deltarule.formulas.limits import check_length
from deltarule.formulas.tokens import Token, deeper, tokens

_WORDS = {"sum": "Σ", "Sum": "Σ", "prod": "∏", "Prod": "∏"}
#: Reductions as files write them: Sum[d](x[n,d]·W[d,m]), of which what stands behind is no part.
_BRACKETED = {"Sum": "Σ", "Prod": "∏", "Product": "∏", "Max": "max", "Mean": "mean"}
#: Words of what goes over indices as programs write them: mean[k](…) for Mean[k](…).
LARGE = {
    "sum": "Sum", "mean": "Mean", "max": "Max", "min": "Min", "prod": "Prod", "var": "Var",
    "std": "Std", "norm": "Norm", "logsumexp": "LogSumExp", "product": "Product",
}  # fmt: skip
#: Words of files that are sums and maxima of something: {0} are the indices, {1} what is behind.
_WRITTEN_OUT = {
    "Softmax": "(exp({1})/(Σ_{{{0}}}(exp({1}))))",
    "LogSoftmax": "({1}-log(Σ_{{{0}}}(exp({1}))))",
    "Var": "(mean_{{{0}}}(({1}-(mean_{{{0}}}({1})))^2))",
    "Std": "sqrt(mean_{{{0}}}(({1}-(mean_{{{0}}}({1})))^2))",
    "Norm": "sqrt(Σ_{{{0}}}(({1})^2))",
    "LogSumExp": "log(Σ_{{{0}}}(exp({1})))",
    "Min": "(-(max_{{{0}}}(-({1}))))",
}
#: Letters and signs that stand below a name; digits may stand between them.
_BELOW = dict(zip("ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₊₋₀₁₂₃₄₅₆₇₈₉", "aehijklmnoprstuvx+-0123456789", strict=True))
_WORD = re.compile(r"\w+")
_LETTERS = re.compile("[ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ][ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₊₋₀-₉]*")


def with_letters_below(formula: str) -> str:
    """xₙ as x_{n}, Σₙ as Σ_{n} and hₜ₋₁ as h_{t-1}; the numbers of layers stay at their names."""
    return _LETTERS.sub(lambda m: "_{" + "".join(_BELOW[c] for c in m[0]) + "}", formula)


def with_index_calls(formula: str, place: str) -> str:
    """sum(n, k, x[n]·y[k]) as Σ_{n,k}(x[n]·y[k]): what stands before the last comma are indices
    where each of them is a subscript behind it. Sum[n, k](…) is read so, too."""
    formula = _with_brackets(formula, place)
    if not any(word + "(" in formula.replace(" ", "") for word in _WORDS):
        return formula
    found = tokens(formula, place)
    for k in range(len(found) - 1, -1, -1):  # from the end, so that places in front stay
        call = _call(found, k)
        if call is None:
            continue
        indices, begin, end = call
        sign = _WORDS[found[k].text]
        inside = formula[found[begin].start : found[end].start]
        behind = formula[found[end].start + 1 :]
        # All of it is one part: what stands behind the call is not summed.
        formula = f"{formula[: found[k].start]}({sign}_{{{','.join(indices)}}}({inside})){behind}"
        found = tokens(formula, place)
    return formula


def _with_brackets(formula: str, place: str) -> str:
    """Sum[d](…) as (Σ_{d}(…)), and Max, Prod, Mean, Softmax, LogSumExp and Min alike."""
    words = (*_BRACKETED, *_WRITTEN_OUT)
    if not any(word + "[" in formula.replace(" ", "") for word in words):
        return formula
    found = tokens(formula, place)
    for k in range(len(found) - 1, -1, -1):  # from the end, so that places in front stay
        word = found[k].text
        if word not in words or [t.text for t in found[k + 1 : k + 2]] != ["["]:
            continue
        close = _closing(found, k + 1)
        end = _closing(found, close + 1) if close else 0
        if not end or found[close + 1].text != "(":
            raise DeltaruleError(
                f"{found[k].text}[…] has nothing to go over", place, f"write {found[k].text}[d](…)"
            )
        over = formula[found[k + 1].start + 1 : found[close].start]
        inside = formula[found[close + 1].start : found[end].start + 1]
        behind = formula[found[end].start + 1 :]
        if word in _WRITTEN_OUT:
            whole = _WRITTEN_OUT[word].format(over, inside)
        else:
            whole = f"({_BRACKETED[word]}_{{{over}}}{inside})"
        formula = formula[: found[k].start] + whole + behind
        check_length(formula, place)
        found = tokens(formula, place)
    return formula


def _closing(found: list[Token], k: int) -> int:
    """Where the bracket closes that the k-th token opens; 0 for nowhere."""
    depth = 0
    for end in range(k, len(found)):
        depth += deeper(found[end].text)
        if depth == 0:
            return end
    return 0


def _call(found: list[Token], k: int) -> tuple[list[str], int, int] | None:
    """The indices of a sum that is called, and where what is summed begins and ends."""
    if found[k].text not in _WORDS or [t.text for t in found[k + 1 : k + 2]] != ["("]:
        return None
    commas, depth = [], 0
    for end in range(k + 1, len(found)):
        text = found[end].text
        depth += deeper(text)
        if depth == 0:
            break
        if text == "," and depth == 1:
            commas.append(end)
    else:
        return None
    if not commas:
        return None
    firsts = [k + 2, *(c + 1 for c in commas[:-1])]
    alone = all(comma == first + 1 for first, comma in zip(firsts, commas, strict=True))
    indices = [found[f].text for f in firsts]
    if not alone or any(found[f].kind != "name" for f in firsts):
        return None
    begin = commas[-1] + 1
    return (indices, begin, end) if set(indices) <= names_below(found[begin:end]) else None


def names_below(found: Sequence[Token]) -> set[str]:
    """The names that stand in brackets."""
    depth, names = 0, set()
    for token in found:
        depth += (token.text in ("[", "{")) - (token.text in ("]", "}"))
        if depth and token.kind == "name":
            names.add(token.text)
        if token.kind == "entries":
            names.update(_WORD.findall(token.text))
    return names
