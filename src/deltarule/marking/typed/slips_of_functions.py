"""Slips about functions: without what they are of, of too many numbers, or of no name known."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deltarule.errors import did_you_mean
from deltarule.expressions.functions import FUNCTIONS
from deltarule.language.catalogue import catalogue
from deltarule.marking.formulas.no_functions import NO_FUNCTIONS, refused_like
from deltarule.marking.typed.signs_of_sums import SUM_SIGN
from deltarule.marking.typed.slip_parts import (
    KNOWN,
    LETTERS,
    NAME,
    OF_NUMBERS,
    SUGGESTED,
    Slip,
    argument,
    parted,
)
from deltarule.nearest import edit_distance

_OF_ANOTHER = re.compile(
    r"(?<![\w.\\])([pqP])\s*\(\s*[^\W\d]\w*\s*(?:\||;)\s*[^()=]*\)(?!\s*=(?!=))"
)
#: A word, or several with digits behind them, which W_1( ) and max_i( ) are not.
_LONG = re.compile(r"[A-Za-z]+$|[a-z]{3,}(?:_[a-z]{2,})*\d*$")
#: What sums before a place are over, and what stands below a name left of =.
_RUNNING = re.compile(
    rf"(?:{SUM_SIGN}\s*|^\s*[^\W\d_]\w*?)(_\{{[^{{}}]*\}}|_[a-z]{{1,4}}|\[[^\[\]]*\])"
)
_WRITE_OUT = "write out what it is, with exp, log, sqrt, abs, tanh, max, min, where and sums"
_MIXED = re.compile(r"(?<![\w.\\])([fghFGH]_\{?\w+\}?)\s*\(\s*[^\W\d]\w*[^()]*\)(?!\s*=(?!=))")


def of_functions(part: str) -> Iterator[Slip]:
    for match in _OF_ANOTHER.finditer(part):
        name = match[1].lower()
        yield Slip(
            f"{match[0]} does not say how {name} is computed",
            *match.span(),
            f"write its equation, as {name} = softmax(W x); L = −log {name}[y]",
        )
    for match in _MIXED.finditer(part):
        if _is_product(match):
            continue
        yield Slip(
            f"{match[0]} may be any function",
            *match.span(),
            f"write the function itself, as in wᵀ x + b or σ(W x); {match[1]}·(…) is a product",
        )
    for match in re.finditer(NAME, part):
        word, behind = match[0], part[match.end() :].lstrip()
        opened = behind[:1] == "("
        powered = re.match(r"\^\s*\{?\d+\}?\s*(?:\(|[^\W\d])", behind)  # sin^2(x)
        if (
            word in OF_NUMBERS
            and not opened
            and not powered
            and (not behind or behind[0] in "+*/),;]^=")
        ):
            yield Slip(
                f"{word} is a function and stands without what it is of",
                *match.span(),
                f"write {word}(x[n])",
            )
        if not opened:
            if meant := _exchanged(word, behind):
                yield Slip(
                    f"{word} before {behind.split()[0]} may be a function, or a number",
                    *match.span(),
                    f"did you mean '{meant}'? for a number write {word} ·",
                )
            continue
        inside = argument(part, match.end())
        end = part.find("(", match.end()) + len(inside)
        if word in OF_NUMBERS and not inside[1:-1].strip():
            yield Slip(f"{word}() is of nothing", match.start(), end, f"write {word}(x[n])")
        if word in OF_NUMBERS and len(parted(inside[1:-1])) > 1:
            yield Slip(
                f"{word} of {len(parted(inside[1:-1]))} numbers",
                match.start(),
                end,
                f"it is of one: {word}(x[n])",
            )
        used = rf"(?<!\w){re.escape(word)}(?!\w)\s*(?!\s*[\w(])"
        of_log = word == "det" and re.search(r"\b(?:log|ln)\s*\(?\s*$", part[: match.start()])
        indexed = "[" in part and word in NO_FUNCTIONS
        refused = refused_like(word) if indexed or word not in KNOWN else None
        if refused and word not in FUNCTIONS and not of_log and not re.search(used, part):
            fact, _, remedy = NO_FUNCTIONS[refused].partition(": ")
            yield Slip(f"{word} {fact}", match.start(), end, remedy)
        if word in LETTERS and word not in KNOWN:
            yield Slip(
                f"{word}( ) may be any function",
                *match.span(),
                f"write {word}·(…) for a product, and the function's name otherwise",
            )
        layer = word.lower() in catalogue() or _LONG.match(word)
        if word.isascii() and layer and len(word) > 2 and word not in KNOWN:
            if re.search(used, part):
                continue
            remedy = did_you_mean(word, SUGGESTED) or _WRITE_OUT
            if word.lower() in catalogue():
                remedy = f"write its equation, or use the layer alone: derive {word.lower()}"
            yield Slip(f"{word} is no function that is read here", *match.span(), remedy)


def _is_product(match: re.Match[str]) -> bool:
    """Whether entries stand before parentheses, F_ij (x_i − x_j): of a capital, or apart by a
    blank, at indices that run, and before more than a name; f_k(x) may be a function."""
    name, letters = match[1], re.findall(r"[a-z]", match[1].partition("_")[2])
    apart = name[0].isupper() or match.string[match.start() : match.end()].startswith(f"{name} ")
    inside = argument(match.string, match.end(1))[1:-1]
    running = " ".join(_RUNNING.findall(match.string[: match.start()]))
    sums = bool(re.search(r"[-+−–·*/]", inside))
    return apart and sums and set(letters) <= set(re.findall(r"[a-z]", running))


def _exchanged(word: str, behind: str) -> str:
    """The function whose letters a word before a name has in another order: log, of lgo p_k."""
    if len(word) < 3 or not word.islower() or {word} & {*KNOWN, *LETTERS}:
        return ""
    if not re.match(r"[^\W\d]", behind):
        return ""
    near = (n for n in OF_NUMBERS if sorted(n) == sorted(word) and edit_distance(n, word) == 1)
    return next(near, "")
