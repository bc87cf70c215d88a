"""Texts of numbers alone: y = w x + b, f = x1·x2·sin(x3), (a − 1) log x − log B(a, b).

A letter is a vector as a rule. Where a column would stand times a column, all letters are small,
and nothing else makes them vectors, they are numbers, as in the lecture.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from deltarule.errors import DeltaruleError
from deltarule.spelling.name_parts import GREEK
from deltarule.typed.equation_texts import TypedEquation
from deltarule.typed.quantities.usual_letters import usual_rank

#: What a text that was read so says of itself.
NUMBERS = (
    "All letters are numbers here, as a vector times a vector can be read in several ways: "
    "write {0}ᵀ {1} or {0} ⊙ {1} for vectors."
)
#: What is said of a text of ratios.
RATIOS = "All letters are numbers here, as no matrix is divided by: write indices for matrices."
#: What is of a vector: its length, a sum over its entries.
_LENGTHS = re.compile(r"‖([^‖]*)‖|\b(?:norm|sum|mean|var|std|softmax|pnorm|maxnorm)\(([^()]*)\)")
#: Letters of numbers that vectors are multiplied by; w of w x may be wᵀ.
_SCALES = ("a", "c", "g", "r")
_THRESHOLDS = ("theta", "mu")
LETTER = re.compile(r"[^\W\d_A-Z](?:d?dot)?(?:_?\d+|[₀-₉]+|_(?:star|plus|minus))?")
_DOTS = re.compile(r"d?dot$")
_BELOW = re.compile(r"_[a-z]$")
#: A statement in brackets, 1[u < 0], which has no subscripts.
_INDICATOR = re.compile(r"(?<![^\W\d])1?\s*\[(?=[^\[\]]*[<>≤≥=≠])")
_OF_VECTORS = re.compile(
    r"[ᵀ⊤@⊙⊗‖∥Σ∑Π∏\[]|\.T\b|\^T\b"
    r"|\b(?:sum|mean|var|std|norm|prod|dot|outer|matmul|softmax|log_softmax|logsumexp|diag|max|min"
    r"|Sum|Mean|Max|Min|CE|BCE|KL|SSE|MSE|MAE|einsum)\b"
)
#: How a refusal ends that is about products of vectors.
SEVERAL_WAYS = "can be read in several ways"


def are_numbers(
    equations: Iterable[TypedEquation], names: Iterable[str], refused: DeltaruleError
) -> bool:
    """Whether a text that was refused for a column times a column is of numbers alone."""
    equations = list(equations)
    rates = all(e.name.endswith("prime") for e in equations)
    stems = [_BELOW.sub("", n) for n in names]  # p of p_t
    greek = {*GREEK, *GREEK.values()}
    small = all(
        LETTER.fullmatch(n) or _DOTS.sub("", n) in greek or (rates and n == "I") for n in stems
    )
    vectors = {*"xyzuvwh"} & {n[:1] for n in stems if len(n) < 3}
    divided = any(re.search(r"/\s*\(?\s*[a-z]", e.formula) for e in equations)  # G m₁ m₂/r²
    if divided and not vectors and not any(usual_rank(n) and n in greek for n in stems):
        small = small or all(LETTER.fullmatch(n) or re.fullmatch(r"[A-Z]", n) for n in stems)
    formulas = [_INDICATOR.sub("(", e.formula) for e in equations]
    return (
        small
        and refused.fact.startswith(("a column times a column", "a row times a row"))
        and refused.fact.endswith(SEVERAL_WAYS)
        and not any(_OF_VECTORS.search(f) for f in formulas)
        and not any(e.indices for e in equations)
    )


def are_ratios(equations: Iterable[TypedEquation]) -> bool:
    """Whether a text is of capitals alone, of which products, or words, are divided by others: F1
    of 2 P R/(P + R), of TP/(TP + FP), as no matrix is; or of which I is one factor: V = I R."""
    formulas = " ; ".join(e.formula for e in equations)
    words = re.findall(r"(?<!\w)[^\W\d](?:(?![²³⁴])\w)*", formulas)
    ratio = re.search(
        r"[A-Z]\w*\s*[·*]?\s*[A-Z]\w*\s*/\s*\(?[^()/]*[A-Z]|/\s*\(?\s*[A-Z]{2}"
        r"|[A-Z]\s*\^\s*\{?\(?\s*(?:[α-ω]|\d*\.\d|[\d.]+\s*[-−]\s*[α-ω])|(?<![\w)])I\s*[·*]?\s*[A-Zα-ω](?!\w)|[A-Z]\s*[·*]?\s*I(?![\w(])",
        formulas,
    )
    large = all(re.fullmatch(r"[A-Z]+(?:_?\d+)?|[α-ω]", w) for w in words)
    return bool(ratio) and large and not _OF_VECTORS.search(formulas)


def perhaps_numbers(
    equations: Iterable[TypedEquation], names: Iterable[str], refused: DeltaruleError
) -> list[str]:
    """The small letters of which one may be a number in a text that was refused for a column times
    a column: none whose length is taken, or over whose entries a sum goes."""
    if not refused.fact.endswith(SEVERAL_WAYS):
        return []
    equations = list(equations)
    formulas = " ; ".join(e.formula for e in equations)
    before = {n for n in names if _only_before(n, formulas)}
    before |= {n for n in names if _only_below(n, formulas)}
    scales = before | {n for n in names if n in _THRESHOLDS and _only_subtracted(n, formulas)}
    numbers = {*_SCALES, *_THRESHOLDS}
    return [n for n in names if n in numbers and n in scales - of_lengths(equations)]


def of_lengths(equations: Iterable[TypedEquation]) -> set[str]:
    """The names whose length is taken, or over whose entries a sum goes."""
    lengths = " ".join(" ".join(m) for e in equations for m in _LENGTHS.findall(e.formula))
    return set(re.findall(r"\w+", lengths))


def _only_below(name: str, formulas: str) -> bool:
    """Whether a letter is nothing but divided by, r of (α/r) B A x."""
    used = re.findall(rf"(?<!\w){name}(?!\w)", formulas)
    return bool(used) and len(re.findall(rf"/\s*{name}(?!\w)", formulas)) == len(used)


def _only_subtracted(name: str, formulas: str) -> bool:
    """Whether a letter is nothing but taken away, θ of y (y − θ) x."""
    sign = "|".join(re.escape(n) for n in (name, GREEK.get(name, name)))
    used = re.findall(rf"(?<!\w)(?:{sign})(?!\w)", formulas)
    return bool(used) and len(re.findall(rf"[−-]\s*(?:{sign})(?=\s*\))", formulas)) == len(used)


def _only_before(name: str, formulas: str) -> bool:
    """Whether a letter is nothing but a factor before a vector, g of g v and a of a (x − μ)."""
    used = re.findall(rf"(?<!\w){name}(?!\w)", formulas)
    factor = rf"(?<![\w)\]ᵀ])(?<![\w)\]ᵀ]\s){name}\s*[*·]?\s*(?=[a-zα-ω(])"
    return bool(used) and len(re.findall(factor, formulas)) == len(used)
