"""Brackets of Mathematica's: Tanh[x], x[[i]], Sum[x[[i]], {i, 1, n}] and Max[x, 0].

Read by their word, Tanh[x] would be entry x of a tensor Tanh.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deltarule.formulas.no_functions import NO_FUNCTIONS
from deltarule.formulas.spelled import ALIASES
from deltarule.typed.lecture_notation.nesting import closed, split_at
from deltarule.typed.slips.slip_parts import NAME, REDUCTION, SUGGESTED, Slip

_TABLE = re.compile(r"(?<![\w.])(Sum|Product|Table)\s*\[(.*),\s*\{\s*([a-z])\b[^{}]*\}\s*\]")
_EXTREMES = ("Max", "Min")
#: What Mathematica calls functions otherwise.
_CALLED = {"Log": "log", "Sqrt": "sqrt", "Exp": "exp", "Abs": "abs", "LogisticSigmoid": "sigmoid",
           "Ramp": "relu", "UnitStep": "step", "ArcTan": "atan", "If": "where"}  # fmt: skip


def of_brackets(part: str) -> Iterator[Slip]:
    """Brackets that are no subscripts, of a function or of a list."""
    for match in _TABLE.finditer(part):
        word, body, index = match[1], _single(match[2]), match[3]
        written = f"y[{index}] = {body}" if word == "Table" else f"{word}[{index}]({body})"
        yield Slip(
            f"{word}[…, {{{index}, …}}] is another program's", *match.span(), f"write {written}"
        )
    for match in re.finditer(rf"({NAME})\(((?:\s*(?:\d+|:)\s*,)+\s*(?:\d+|:)\s*)\)", part):
        if match[1] in (*SUGGESTED, *NO_FUNCTIONS):
            continue
        at = [str(int(i) - 1) if i.strip().isdecimal() else ":" for i in match[2].split(",")]
        yield Slip(
            f"{match[0]} has MATLAB's brackets, which count from 1",
            *match.span(),
            f"write {match[1]}[{', '.join(at)}]",
        )
    for match in re.finditer(rf"({NAME})\[\s*([a-z])\s*:\s*\2\s*\+\s*(\w+)\s*\]", part):
        name, index, length = match.groups()
        k = next(c for c in "kjl" if c != index)
        yield Slip(
            f"{match[0]} is a window of {length} entries",
            *match.span(),
            f"write Sum[{k}]({name}[{index}+{k}]*w[{k}]), in which {k} goes over the window",
        )
    for match in re.finditer(rf"({NAME})\[\s*(?:\w+\.)*a?range\([^()]*\)\s*,\s*(\w+)\s*\]", part):
        name, label = match.groups()
        yield Slip(
            f"{match[0]} reads an entry of each row",
            *match.span(),
            f"write {name}[n, {label}[n]], and what is summed over n",
        )
    for match in re.finditer(rf"({NAME})\s*\[\[([^\[\]]*)\]\]", part):
        first = match[2].strip().isdecimal()  # there entries are counted from 1
        at = str(int(match[2]) - 1) + "], as entries count from 0" if first else f"{match[2]}]"
        yield Slip(f"{match[0]} has its brackets twice", *match.span(), f"write {match[1]}[{at}")
    for match in re.finditer(rf"({NAME})\s*\[", part):
        word, end = match[1], closed(part, match.end() - 1)
        inside = part[match.end() : end - 1]
        if not end or re.match(r"\s*\(", part[end:]):
            continue
        of_two = word in _EXTREMES and len(split_at(inside, ",")) > 1
        if not of_two and (re.fullmatch(REDUCTION, word) or not _is_function(word)):
            continue
        written = _with_parentheses(part[match.start() : end])
        fact = f"{word}[…] has the brackets of subscripts"
        yield Slip(fact, match.start(), end, f"write {written}")


def _single(text: str) -> str:
    """x[i] for x[[i]]."""
    return text.replace("[[", "[").replace("]]", "]").strip()


def _with_parentheses(text: str) -> str:
    """log(1 + exp(x)) for Log[1 + Exp[x]]."""
    for match in reversed(list(re.finditer(rf"({NAME})\s*\[", text))):
        word, end = match[1], closed(text, match.end() - 1)
        if end and (_is_function(word) or word in _EXTREMES):
            plain = _CALLED.get(word) or (word.lower() if word.lower() in SUGGESTED else word)
            inside = text[match.end() : end - 1].strip()
            text = f"{text[: match.start()]}{plain}({inside}){text[end:]}"
    return text


def _is_function(word: str) -> bool:
    """Whether a word of capitals is that of a function, and no tensor's: Tanh, ArcTan, Exp."""
    known = word.lower() in SUGGESTED or word.lower() in ALIASES
    return word in _CALLED or (len(word) > 2 and word[0].isupper() and known and not word.isupper())
