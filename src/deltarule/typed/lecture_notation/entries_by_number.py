r"""Entries of what sums run over that are named by a number, or by a sum's end: x_1, x_N.

    Σ_{i=1}^{N} x_i² + x_1² + x_N      x[0] and x[N−1], as entries are counted from 0 here
    Σ_{k=0}^{K} a_k x^k + a_1          a[1]
    Σ_i x_i² + x_1                     refused: x_1 may be an entry, or a name of its own
    Σ_{k=0}^{N−1} x_k² + x_N²          refused, where no line goes on to x_{k+1}

A number of such a name would be beside x, and x have no part in it. w_0 is nearly always that.
"""

from __future__ import annotations

import re

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.spelling.lowered import DIGITS
from deltarule.typed.lecture_notation.counted_from_one import ahead_of, is_from_one
from deltarule.typed.lecture_notation.ends_in_texts import End, ends_of
from deltarule.typed.lecture_notation.ends_of_one_letter import counts, is_index, scope

_NAME = r"(?<![\w\\^])(\\?[^\W\d_Σ∑Π∏][\u0300-\u036f]*)"
_NUMBERED = re.compile(
    rf"{_NAME}(?:_(\d+)(?![A-Za-z0-9_(])|_\{{\s*(\d+)\s*\}}|([₀-₉]+))"
    rf"|{_NAME}_(?:([A-Za-z])(?![A-Za-z0-9_(])|\{{\s*([A-Za-z])\s*\}})"
)
_PLAIN_SUM = re.compile(
    r"(?:[Σ∑Π∏]|\\(?:sum|prod))\s*_\s*(?:\{\s*([a-z])\s*\}|([a-z])(?![A-Za-z=]))"
)


def with_numbered_entries(text: str) -> str:
    """The text with brackets for such entries."""
    first, last = _counted(text)
    given = set(re.findall(rf"(?:^|[;\n])\s*{_NAME}(?=[^=;\n]*=(?!=))", text))
    ahead = ahead_of(text)

    def written(match: re.Match[str]) -> str:
        stem = match[1] or match[5]
        if stem not in first or (stem in given and stem not in ahead):
            return match[0]
        number = match[2] or match[3] or (match[4] or "").translate(DIGITS)
        if not number:
            return _at_end(match, stem, last.get((stem, match[6] or match[7])), ahead, text)
        begin = first[stem]
        if stem in ahead or (int(number) == 0 and begin != 0):
            return match[0]
        if begin is None:
            raise DeltaruleError(
                f"{match[0]} may be an entry of {stem}, or a name of its own",
                f"the formula {shortened(text)}",
                f"write {stem}[{int(number) - 1}] for the entry, as they are counted from 0, and "
                "another letter for what is none",
            )
        return f"{stem}[{int(number) - begin}]"

    return _NUMBERED.sub(written, text)


def _counted(text: str) -> tuple[dict[str, int | None], dict[tuple[str, str], End]]:
    """The number of the first entry of what is read at the index of a sum, None where no sum says
    it; and the ends of sums over what begins at 0 (a number above −1 is counted along)."""
    first: dict[str, int | None] = {}
    last: dict[tuple[str, str], End] = {}
    for match, index, low, high in ends_of(text, numbers=True):
        if low.name or low.number > 1 or (high.name and not counts(high.name, text)):
            continue
        if high.name and is_index(high.name, text):
            continue
        one = is_from_one(index, low, high, text[match.end() :], text)
        for stem in _read_at(index, text[match.end() : scope(text, match, index)]):
            first.setdefault(stem, int(one))
            if high.name and not (one and high.number):
                last.setdefault((stem, high.name), End("1" if one else "0", high.number))
    for one, other in _PLAIN_SUM.findall(text):
        for stem in _read_at(one or other, text):
            first.setdefault(stem, None)
    return first, last


def _read_at(index: str, text: str) -> list[str]:
    return re.findall(rf"{_NAME}(?:_{index}(?![A-Za-z0-9_])|_\{{\s*{index}\s*\}})", text)


def _at_end(match: re.Match[str], stem: str, end: End | None, ahead: set[str], text: str) -> str:
    """x[N−1] for x_N of Σ_{i=1}^{N} x_i."""
    letter = match[6] or match[7]
    if end is None:
        return match[0]
    if end.name == "0" and end.number == 0:
        return f"{stem}[{letter}]"
    if end.name == "0" and stem not in ahead:
        raise DeltaruleError(
            f"{match[0]} stands behind the last entry of a sum, and {stem} has none there",
            f"the formula {shortened(text)}",
            f"write another letter for it, such as z, or the line that gives {stem}_{{k+1}}",
        )
    return f"{stem}[{letter}-1]"
