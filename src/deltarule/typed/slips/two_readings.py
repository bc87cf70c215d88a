"""What can be read in two ways, and would be read in one of them without a word.

G = g + 1; w' = G'           G′ is the transpose, a derivative, or a name of its own
x' = σ (y − x)               σ is the sigmoid, or a number
y = σ W x + b, σ Σ_j w_j x_j σ is the sigmoid of a product, of a sum of them, or a number
log 1 − p, √1 − x²           the function is of 1, or of all of it; ε of log p + ε too
L = x·y/‖x‖‖y‖, a/(b)(c)     what stands behind the divisor is divided by, or a factor
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from deltarule.errors import DeltaruleError
from deltarule.spelling.names import name_or_none, pretty
from deltarule.typed.lecture_notation.nesting import closed
from deltarule.typed.quantities.usual_letters import COUNTS, usual_rank

_RATE = re.compile(r"\s*\w+\s*['′]\s*=(?!=)")
_SIGMOID = re.compile(
    r"(?<![^\W\d_])σ(\s*)\(\s*([^\W\d_Σ∑]\w?)\s*([-−+])\s*([^\W\d_Σ∑]\w?)\s*\)(?!\s*[ᵀ^²])"
)
#: A matrix and what it is multiplied with, a sum, or an input, behind σ and a blank.
_OF_PRODUCT = re.compile(
    r"(?<![\w·*])σ\s+((?!d[A-Z])(?:[A-Z]\w*(?:\[[^\[\]]*\])?ᵀ?\s+(?!d[A-Z])[^\W\d_]\w*(?:\[[^\[\]]*\])?"
    r"|[xhas](?:_?\w)?(?:\[[^\[\]]*\])?(?=\s*(?:$|[-+−)]))|[Σ∑]))"
)
#: What says that σ is a standard deviation, or a number elsewhere.
_DEVIATION = re.compile(r"σ\s*(?:[²³^_/]|\*\*)|/\s*σ|[εξμηζ√]|σ\s*[·*⊙]|[·*⊙]\s*σ(?!\s*\()|dW|sqrt")
#: A function of a bare 1, and of a name beside what keeps it from 0.
_OF_ONE = re.compile(
    r"(?<![\w\\])(?:(?P<of>log|ln|√|sqrt)\s*(?P<arg>1(?![\w.(])|\(1\))"
    r"|(?P<of2>log|ln)\s+(?P<arg2>[^\W\d]\w*(?:\[[^\[\]]*\]|_\{[^{}]*\})?))"
    r"\s*(?P<sign>[-−+])\s*(?P<more>(?:\d+(?:\.\d+)?(?:e-?\d+)?|exp\([^()]*\)|[^\W\d][\w′]*(?:\[[^\[\]]*\]|_\{[^{}]*\})?)"
    r"(?:\^\{[^{}]*\}|\^\w)?)"
)
_GUARD = re.compile(r"ε|eps|epsilon|1e-\d+|0\.0+1")
#: A vector beside one of several of the same letter: x − x_i, x_iᵀ x.
_BESIDE_ENTRY = re.compile(
    r"(?<![\w\\])([xzuvh])(?![\w\u0300-\u036f\[(ᵀ^²′'])\s*[-−]\s*\1_(?:\{([a-z])\}|([a-z]))(?![\w(])"
    r"|(?<![\w\\])([xzuvh])_(?:\{([a-z])\}|([a-z]))\s*(?:[-−]|ᵀ|\^\{?T\}?)\s*\4"
    r"(?![\w\u0300-\u036f\[(ᵀ^²′'])"
)
_DIVISOR = re.compile(r"/\s*(?=‖|\(|√|sqrt\()")
_POWER = re.compile(r"\s*(?:[²³⁴]|\^\s*\{?\d+\}?|\*\*\s*\d+)")
#: What stands before a line, where all of it is one number: 1, ½, λ, N.
_BEFORE = re.compile(r"([^\W_]\w*|[½¼¾])\s*$")


def refuse_two_readings(formula: str, place: str) -> None:
    """Raises DeltaruleError for σ (y − x) with a blank or in a rate of change, and for x/‖x‖‖y‖."""
    found = _SIGMOID.search(formula)
    if found and (found[1] or _RATE.match(formula)):
        _, a, sign, b = found.groups()
        kind = "sum" if sign == "+" else "difference"
        raise DeltaruleError(
            f"{found[0]} is the sigmoid of a {kind}, or σ times it",
            place,
            f"write sigmoid({a} {sign} {b}) for the former, σ·({a} {sign} {b}) for the latter",
        )
    for found in _OF_ONE.finditer(formula):
        word, argument = found["of"] or found["of2"], (found["arg"] or found["arg2"]).strip("()")
        if argument != "1" and not (found["sign"] == "+" and _GUARD.fullmatch(found["more"])):
            continue
        rest = f" {found['sign']} {found['more']}"
        raise DeltaruleError(
            f"{word} {argument}{rest} may be {word}({argument}){rest}, or {word}({argument}{rest})",
            place,
            "write the one that is meant, with its parentheses",
        )
    found = _OF_PRODUCT.search(formula)
    if found and not _DEVIATION.search(formula):
        what = found[1].strip()
        inside, factor = ("Σ …", "(Σ …)") if what in "Σ∑" else (what, what)
        raise DeltaruleError(
            f"σ before {inside} may be the sigmoid of it, or a number",
            place,
            f"write σ({inside}) for the sigmoid, with all that it is of in the parentheses; for a "
            f"number σ·{factor}",
        )
    if found := _BESIDE_ENTRY.search(formula):
        letter, index = found[1] or found[4], found[2] or found[3] or found[5] or found[6]
        other = "u" if letter == "z" else "z"
        entry = f"{letter}_{index}"
        raise DeltaruleError(
            f"{letter} stands beside {entry}, and may be all of them or a vector of its own",
            place,
            f"write {other} for one of its own, or an index for each: {entry} − {letter}_k",
        )
    for match in _DIVISOR.finditer(formula):
        end = _end_of_factor(formula, match.end())
        behind = formula[end:]
        if end and _is_either(formula, match, end):
            other = behind.lstrip()[: max(_end_of_factor(behind.lstrip(), 0), 1)]
            below = formula[match.end() : end].strip()
            raise DeltaruleError(
                f"/{below}{behind[: len(behind) - len(behind.lstrip())]}{other} can be read in "
                "two ways",
                place,
                f"write /({below}·{other}), or /{below}·{other}",
            )


def _end_of_factor(formula: str, start: int) -> int:
    """Where a length, a root or a parenthesis ends that begins at a place; 0 for none."""
    if formula.startswith("‖", start):
        end = formula.find("‖", start + 1) + 1
        below = re.match(r"_(?:\w|\{[^{}]*\})|[₀-₉]", formula[end:]) if end else None
        end += below.end() if below else 0
    else:
        root = re.match(r"√\s*|sqrt", formula[start:])
        begin = start + (root.end() if root else 0)
        word = re.match(r"\w+(?:\[[^\[\]]*\])?", formula[begin:]) if root else None
        end = closed(formula, begin) if formula[begin : begin + 1] == "(" else 0
        end = end or (begin + word.end() if word else 0)
    power = _POWER.match(formula[end:]) if end else None
    return end + (power.end() if power else 0)


def _is_either(formula: str, line: re.Match[str], end: int) -> bool:
    """Whether what stands behind a divisor may belong to it: a further length, or a further root or
    parenthesis at once, where no number is divided."""
    sign, behind = formula[line.end()], formula[end:]
    if sign == "‖":
        return behind.lstrip().startswith("‖")
    if sign == "(":
        before = _BEFORE.search(formula[: line.start()])
        return behind.startswith("(") and not (before and _is_number(before[1]))
    return behind.startswith(("√", "sqrt"))


def _is_number(text: str) -> bool:
    """Whether a number or the name of one is divided."""
    return not text[0].isalpha() or text in COUNTS or not usual_rank(name_or_none(text) or text)


def refuse_primes_of_given(
    names: Collection[str], reads_at: Iterable[tuple[Iterable[str], str]]
) -> None:
    """Raises DeltaruleError for G′ that no line gives, where one gives G; `reads_at` is what each
    equation reads, with its place."""
    for reads, place in reads_at:
        for name in reads:
            stem = name.removesuffix("prime")
            if name != stem and stem in names and name not in names:
                shown = pretty(stem)
                raise DeltaruleError(
                    f"{shown}′ stands beside {shown}, which has a line, and may be its transpose, "
                    "its derivative, or a name of its own",
                    place,
                    f"write {shown}ᵀ for the transpose, or another name, such as {shown}2",
                )
