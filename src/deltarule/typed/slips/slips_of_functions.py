"""Slips about functions: without what they are of, of too many numbers, or of no name known."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from deltarule.errors import did_you_mean
from deltarule.expressions.functions import FUNCTIONS
from deltarule.formulas.no_functions import NO_FUNCTIONS, refused_like
from deltarule.language.catalogue import catalogue
from deltarule.nearest import edit_distance
from deltarule.typed.lecture_notation.nesting import split_at
from deltarule.typed.lecture_notation.signs_of_sums import SUM_SIGN
from deltarule.typed.quantities.usual_letters import is_number
from deltarule.typed.slips.slip_parts import (
    KNOWN,
    LETTERS,
    NAME,
    OF_NUMBERS,
    SUGGESTED,
    Slip,
    argument,
)

_OF_ANOTHER = re.compile(
    r"(?<![\w.\\])([pqP])\s*\(\s*[^\W\d]\w*\s*(?:\||;)\s*[^()=]*\)(?!\s*=(?!=))"
)
_BETWEEN = (
    "where",
    "with",
    "for",
    "first",
    "and",
    "let",
    "end",
    "begin",
    "cases",
    "over",
    "otherwise",
)
#: Functions of which a word may be a misspelling, the most frequent ones first.
_SPELLINGS = (
    "tanh",
    "sigmoid",
    "softmax",
    "log",
    "exp",
    "sin",
    "cos",
    "sqrt",
    "relu",
    "abs",
    "sign",
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
    """Functions that may be any, then word by word what is wrong with each."""
    yield from _of_any_function(part)
    for match in re.finditer(NAME, part):
        behind = part[match.end() :].lstrip()
        if behind[:1] == "(":
            inside = argument(part, match.end())
            end = part.find("(", match.end()) + len(inside)
            yield from _in_parentheses(match, inside[1:-1], end)
            yield from _not_known(match, end)
        else:
            yield from _without_parentheses(match, behind)


def of_other_lines(part: str) -> Iterator[Slip]:
    """p(y|x), of which no line says how it is computed."""
    for match in _OF_ANOTHER.finditer(part):
        name = match[1].lower()
        yield Slip(
            f"{match[0]} does not say how {name} is computed",
            *match.span(),
            f"write its equation, as {name} = softmax(W x); L = −log {name}[y]",
        )


def _of_any_function(part: str) -> Iterator[Slip]:
    """p(x | y) and f_1(x), which have no formula."""
    yield from of_other_lines(part)
    for match in _MIXED.finditer(part):
        if _is_product(match):
            continue
        yield Slip(
            f"{match[0]} may be any function",
            *match.span(),
            f"write the function itself, as in wᵀ x + b or σ(W x); {match[1]}·(…) is a product",
        )


def _without_parentheses(match: re.Match[str], behind: str) -> Iterator[Slip]:
    """A function that is of nothing, and a word that may be one."""
    word = match[0]
    powered = re.match(r"\^\s*\{?\d+\}?\s*(?:\(|[^\W\d])", behind)  # sin^2(x)
    if word in OF_NUMBERS and not powered and (not behind or behind[0] in "+*/),;]^="):
        yield Slip(
            f"{word} is a function and stands without what it is of",
            *match.span(),
            f"write {word}(x[n])",
        )


def _in_parentheses(match: re.Match[str], inside: str, end: int) -> Iterator[Slip]:
    """A function of one number that is of none, or of several."""
    word = match[0]
    if word in OF_NUMBERS and not inside.strip():
        yield Slip(f"{word}() is of nothing", match.start(), end, f"write {word}(x[n])")
    count = len(split_at(inside, ","))
    if word in OF_NUMBERS and count > 1:
        yield Slip(f"{word} of {count} numbers", match.start(), end, f"it is of one: {word}(x[n])")


def _not_known(match: re.Match[str], end: int) -> Iterator[Slip]:
    """A word before parentheses that is no function, or none that is read."""
    word, part = match[0], match.string
    elsewhere = re.search(rf"(?<!\w){re.escape(word)}(?!\w)\s*(?!\s*[\w(])", part)
    of_log = word == "det" and re.search(r"\b(?:log|ln)\s*\(?\s*$", part[: match.start()])
    indexed = "[" in part and word in NO_FUNCTIONS
    refused = refused_like(word) if indexed or word not in KNOWN else None
    if refused and word not in FUNCTIONS and not of_log and not elsewhere:
        fact, _, remedy = NO_FUNCTIONS[refused].partition(": ")
        yield Slip(f"{word} {fact}", match.start(), end, remedy)
    if word in LETTERS and word not in KNOWN:
        yield Slip(
            f"{word}( ) may be any function",
            *match.span(),
            f"write {word}·(…) for a product, and the function's name otherwise",
        )
    layer = word.lower() in catalogue()
    long = word.isascii() and (layer or _LONG.match(word)) and len(word) > 2
    if long and word not in KNOWN and not elsewhere:
        remedy = did_you_mean(word, SUGGESTED) or _WRITE_OUT
        if layer:
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


def before_names(part: str, given: Collection[str]) -> Iterator[Slip]:
    """Words right before a name, as sgm of sgm x_i: functions, or numbers. `given` are the names
    that lines give."""
    for match in re.finditer(NAME, part):
        word, behind = match[0], part[match.end() :]
        if not re.fullmatch("[a-z]{3,}", word) or {word} & {*KNOWN, *LETTERS, *given, *_BETWEEN}:
            continue
        followed = re.match(
            r"\s+(?!(?:if|else|and|or|not|mod|where|with|for)\b)([^\W\d]\S*|√\S*)", behind
        )
        used = rf"(?<![\w\\]){word}(?!\w)\s*(?![\w(√\s\\]|$)"
        if not followed or is_number(word) or re.search(used, part):
            continue
        near = (n for n in OF_NUMBERS if sorted(n) == sorted(word) and edit_distance(n, word) == 1)
        meant = next(near, "") or next((n for n in _SPELLINGS if edit_distance(n, word) == 1), "")
        asked = (
            f"did you mean '{meant}'? for" if meant else "write a function with parentheses; for"
        )
        yield Slip(
            f"{word} before {behind.split()[0]} may be a function, or a number",
            *match.span(),
            f"{asked} a number write {word} ·",
        )
