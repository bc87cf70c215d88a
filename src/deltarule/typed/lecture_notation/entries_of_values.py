"""Entries of a value that has no name: softmax[c](z[n, c])[n, t[n]], (x[n, c] − m[c])[n, t[n]].

The value gets a line of its own, p[n, c] = …, and is read there: p[n, t[n]]. A subscript that is
one of its indices stands for that one, and another one for what is left over.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.formulas.commas import parted_tokens
from deltarule.formulas.tokens import CLOSING, OPENING, Token, deeper
from deltarule.spelling.counted import counted
from deltarule.typed.lecture_notation.nesting import closed, opened, split_at
from deltarule.typed.quantities.typed_names import LABELS

#: What stands between brackets of entries: n, 0, t[n]. One further, n + 1, makes a state of a name.
_ENTRY = re.compile(r"\d+|[^\W\d_]\w*\[[^\[\]]*\]|[a-z]['′]*|" + "|".join(LABELS))
#: A word of a function before its parenthesis, and those of whole matrices, of which entries are
#: read as such.
_WORD = re.compile(r"(?:(?<=[^\w.])|^)((?:[a-z]+\.)*[^\W\d]\w*)\s*$")
_OF_MATRICES = ("inverse", "inv", "Inverse")
_NAMES = ("v", "u", "g", "r", "v_1")
_BRACED = {"{": "}", "[": "]"}


class Parted(NamedTuple):
    """A formula with a name in the place of a value, and that name's own line."""

    formula: str
    name: str
    indices: tuple[str, ...]
    whole: str


def entries_off(formula: str, taken: str, functions: frozenset[str], place: str) -> Parted | None:
    """The first value in a formula of which entries are read; None where there is none.

    `taken` is all that is typed, whose names are not given again. Raises DeltaruleError where it is
    not certain which of its indices the entries are of.
    """
    for match in re.finditer(r"\)\s*(?=\[)", formula):
        end = closed(formula, match.end())
        subscripts = [s.strip() for s in split_at(formula[match.end() + 1 : end - 1], ",")]
        if not end or not all(_ENTRY.fullmatch(s) for s in subscripts):
            continue
        begin = max(opened(formula, match.start()), 0)
        word = _WORD.search(formula[:begin])
        named = word is not None and word[1].rpartition(".")[2] in functions
        if word is not None and word[1] in _OF_MATRICES:
            continue
        start = word.start(1) if named and word is not None else begin
        whole = formula[start : match.start() + 1]
        found = _in_order(whole, subscripts, place) if "[" in whole else {}
        if not found:  # of whole arrays, as softmax(V h[T-1])[y]: its entries are read elsewhere
            continue
        free = (n for n in _NAMES if not re.search(rf"(?<!\w){n}(?!\w)", f"{taken} {formula}"))
        if "exp(" in whole:
            free = (n for n in ("p", "q", *_NAMES) if not re.search(rf"(?<!\w){n}(?!\w)", taken))
        name = next(free, "value")
        rest = f"{formula[:start]} {name}[{','.join(found.values())}]{formula[end:]}"
        return Parted(rest, name, tuple(found), whole)
    return None


def _in_order(whole: str, subscripts: list[str], place: str) -> dict[str, str]:
    """Each index of a value with the subscript that it is read at; none for one of whole arrays."""
    reads = _free_reads(parted_tokens(whole, place))
    letters = list(dict.fromkeys(i for read in sorted(reads, key=len)[::-1] for i in read))
    if not letters:
        return {}
    same = {i: i for i in letters if subscripts.count(i) == 1}
    rest = [i for i in letters if i not in same]
    others = [s for s in subscripts if s not in same]
    certain = len(rest) < 2 or any([i for i in read if i in rest] == rest for read in reads)
    if len(rest) != len(others) or not certain:
        axes = ", ".join(letters)
        raise DeltaruleError(
            f"{shortened(whole)} has the indices {axes}, and is read at [{', '.join(subscripts)}]",
            place,
            f"give it a line of its own, v[{axes}] = …, and read v with "
            f"{counted(len(letters), 'index')}",
        )
    return {**{i: i for i in letters}, **dict(zip(rest, others, strict=True))}


def _free_reads(found: list[Token]) -> list[list[str]]:
    """The indices at which tensors are read, without those that sums are over."""
    reads: list[list[str]] = []
    bound: list[tuple[set[str], int]] = []  # letters, and the depth at which they end
    depth = 0
    for k, token in enumerate(found):
        depth += token.text in OPENING
        if token.kind == "reduction":
            bound.append((_letters(found, k + 1), depth))
        if token.text == "[" and k and found[k - 1].kind in ("name", "primed"):
            hidden = set().union(*(letters for letters, _ in bound))
            reads.append([i for i in _plain_subscripts(found, k) if i not in hidden])
        depth -= token.text in CLOSING
        ends = token.text in CLOSING or token.text in ("+", "-", ",")
        bound = [b for b in bound if not (ends and depth < b[1] + (token.text in "+-,"))]
    return [read for read in reads if read]


def _plain_subscripts(found: list[Token], k: int) -> list[str]:
    """The indices in the brackets that open at a place, without those of labels in them: n of
    p[n, t[n]]."""
    at, depth = [], 0
    for token, behind in zip(found[k:], [*found[k + 1 :], found[-1]], strict=True):
        depth += deeper(token.text)
        if depth == 0:
            break
        plain = re.fullmatch(r"[a-z]['′]*", token.text) and behind.text != "["
        at += [token.text] if depth == 1 and plain else []
    return list(dict.fromkeys(at))


def _letters(found: list[Token], k: int) -> set[str]:
    """What a sum's sign before a place is over."""
    closing = _BRACED.get(found[k].text) if k < len(found) else None
    if closing is None:
        return {t.text for t in found[k : k + 1]}
    end = next((m for m in range(k, len(found)) if found[m].text == closing), len(found))
    return {t.text for t in found[k + 1 : end] if t.kind == "name"}
