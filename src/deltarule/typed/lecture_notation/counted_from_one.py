r"""Indices that a text counts from 1, where they are more than places: Σ_{i=1}^{N} i x_i.

Entries are counted from 0 here, so that i of the text is i + 1:

    Σ_{i=1}^{N} i x_i, Σ_{t=1}^{T} γ^{t−1} r_t        Σ_i (i + 1) x_i, Σ_t γ^t r_t
    Σ_{k=1}^{K} w_k x_{i+k−1}, Σ_{k=1}^{K} a_k x_{t−k}      x_{i+k}, x_{t−k−1}

Differences and comparisons of two indices are what they were. A letter that some sum counts from 0
is no such index.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from deltarule.typed.lecture_notation.ends_in_texts import ENDS, End, ends_of
from deltarule.typed.lecture_notation.ends_of_one_letter import running, scope

_OVER = r"(?:[Σ∑Π∏]|\\(?:sum|prod)(?:\\limits)?(?![A-Za-z]))\s*_\s*(?:\{[^{}]*\}|\w)"
_PIECES = re.compile(
    rf"(?P<skip>{ENDS.pattern}|{_OVER}(?:\s*\^\s*(?:\{{[^{{}}]*\}}|\w))?|\^\s*\{{\s*\([^{{}}]*\)\s*\}}"
    r"|\\[A-Za-z]+|\b(?:Sum|Mean|Prod|Max|Min)\[[^\[\]]*\]|(?:delta|δ)\s*\([^()]*\))"
    r"|(?P<below>_\{[^{}]*\}|(?<=\w)\[[^\[\]<>=≠≤≥]*\]|_[A-Za-z0-9]+)"
    r"|(?P<letters>[^\W_]+)"
)
_TERM = re.compile(
    r"\s*([-−–+]?)\s*(?:(\d*)\s*[*·]?\s*([A-Z])?\s*[*·]?\s*([a-z])|(\d+)|([A-Z]))\s*(?=[-−–+]|$)"
)
_BEFORE = re.compile(
    r"(?<![\w}\])])([a-z])\s*(?:[-−–<>=≠≤≥]|\\(?:leq?|geq?|neq?|lt|gt)(?![A-Za-z]))\s*$"
)
_BEHIND = re.compile(
    r"\s*(?:[-−–<>=≠≤≥]|\\(?:leq?|geq?|neq?|lt|gt)(?![A-Za-z]))\s*([a-z])(?![\w(\[])"
)
#: A state, and its line: m_t = … m_{t−1} ….
_STATE = re.compile(
    r"(?:^|(?<=[;\n]))\s*(\S*?[^\W\d_]\S*?)_(?:\{\s*([a-z])\s*\}|([a-z]))\s*=(?!=)([^;\n]*)"
)
_AHEAD = re.compile(r"(?:^|[;\n])\s*([^\W\d_]+)_\{\s*[a-z]\s*\+\s*1\s*\}\s*=(?!=)")
_FACTOR = re.compile(r"(\\?)([^\W\d_][\w]*|[\]})])\s+$")
_FUNCTIONS = frozenset("log ln exp sin cos tan tanh sqrt sinh cosh lg".split())


def is_from_one(index: str, low: End, high: End, behind: str, text: str) -> bool:
    """Whether a sum counts its entries from 1; one to N − 1 over x_{i−1} counts from 0."""
    if low.name or low.number < 1 or index in from_zero(text):
        return False
    line = re.split(r"[;\n]", behind, maxsplit=1)[0]
    before = bool(re.search(rf"(?<!\w){index}\s*[-−]\s*1", line))
    return not high.name or high.number >= 0 or low.number > 1 or not before


def from_zero(text: str) -> set[str]:
    """The letters that some sum counts from 0."""
    return {i for _, i, low, _ in ends_of(text, numbers=True) if not low.name and not low.number}


def with_numbers_from_one(text: str) -> str:
    """The text with i + 1 for such an index i where it is a number, and subscripts to fit."""
    scopes = list(_scopes(text))
    if not scopes:
        return text
    letters, zero = running(text), from_zero(text)
    behind_sum, ahead = 0, ahead_of(text)
    below = re.findall(r"_\{[^{}]*\}|_[a-z]+|\[[^\[\]]*\]", re.sub(_OVER, " ", text))
    places = set(re.findall(r"[a-z]", " ".join(below)))

    def written(match: re.Match[str]) -> str:
        nonlocal behind_sum
        if match["skip"] and match["skip"][0] in "Σ∑Π∏\\SMP" and "_" in match["skip"]:
            behind_sum = match.end()
        active = {i for i, start, end in scopes if start <= match.start() < end}
        if match["skip"] or not active:
            return match[0]
        if match["below"]:
            stem = re.search(r"[^\W_]+$", text[: match.start()])
            extra = int(stem is not None and stem[0] in ahead)
            return _shifted(match["below"], active, (letters | active) - zero, extra)
        name = match["letters"]
        number = re.fullmatch(r"(\d*)([a-z])([²³⁴]*)", name)
        if not number or number[2] not in active:
            return match[0]
        before, behind = text[: match.start()], text[match.end() :]
        others = [m for m in (_BEFORE.search(before), _BEHIND.match(behind)) if m]
        if any(m[1] in letters - zero for m in others):
            return match[0]
        if before.rstrip().endswith("^") and number[2] not in places:
            return match[0]  # z^j of Σ_j, which stands below nothing, is an entry
        if before.rstrip().endswith("^"):
            return f"{{{number[1]}({number[2]} + 1)}}" if number[1] else f"{{{number[2]} + 1}}"
        factor = _FACTOR.search(before)
        factor = factor if text[behind_sum : match.start()].strip() else None
        sign = "· " if factor and factor[2] not in _FUNCTIONS else ""
        return f"{sign}{number[1]}({number[2]} + 1){number[3]}"

    return _PIECES.sub(written, text)


def counted_as_numbers(text: str) -> list[str]:
    """The indices that are counted from 1, where some are more than places."""
    if with_numbers_from_one(text) == text:
        return []
    return list(dict.fromkeys(i for i, _, _ in _scopes(text)))


def _scopes(text: str) -> Iterator[tuple[str, int, int]]:
    """The letters that are counted from 1, and from where to where in the text: the first of a
    state's times is 1, as before it there is m_0."""
    found: set[str] = set()
    for name, one, other, right in _STATE.findall(text):
        t = one or other
        before = rf"{re.escape(name)}_\{{\s*{t}\s*[-−–]\s*1\s*\}}"
        if t not in {*from_zero(text), *found} and re.search(before, right):
            found.add(t)
            yield t, 0, len(text)
    for match, index, low, high in ends_of(text, numbers=True):
        if is_from_one(index, low, high, text[match.end() :], text) or low.name in found:
            found.add(index)
            yield index, match.end(), scope(text, match, index)


def ahead_of(text: str) -> set[str]:
    """The names of states that lines give a step ahead: x of x_{k+1} = a x_k."""
    return set(_AHEAD.findall(text))


def _shifted(below: str, active: set[str], letters: set[str], extra: int) -> str:
    """A subscript, counted from 0: x_{i+k−1} as x_{i+k}, x_{t−k} as x_{t−k−1}; of a state that is
    given ahead `extra` is 1."""
    opening = re.match(r"_\{|\[", below)
    if extra and below[1:] in active:
        return f"_{{{below[1:]}+1}}"
    if not opening:
        return below
    parts = below[opening.end() : -1].split(",")
    own = [_counted_from_zero(p, active, letters, extra) for p in parts]
    return f"{opening[0]}{','.join(own)}{below[-1]}"


def _counted_from_zero(at: str, active: set[str], letters: set[str], extra: int) -> str:
    shift: dict[str, int] = {"": extra - 1}
    end, read, number = 0, set(), 0
    while end < len(at):
        term = _TERM.match(at, end)
        if term is None or (end and not term[1]):
            return at
        end, sign = term.end(), -1 if term[1] in ("-", "−", "–") else 1
        if term[5]:
            number += sign * int(term[5])
        elif term[4]:
            read.add(term[4])
            if term[4] in letters:
                key = term[3] or ""
                shift[key] = shift.get(key, 0) + sign * int(term[2] or 1)
    if not read & active or not any(shift.values()):
        return at
    shift[""] += number
    return _sum(at, shift)


def _sum(at: str, shift: Mapping[str, int]) -> str:
    """The terms with letters, and what is added to them."""
    terms = [t[0].strip() for t in _TERM.finditer(at) if not t[5]]
    for name, number in shift.items():
        if number:
            count = name if name and abs(number) == 1 else f"{abs(number)}{name}"
            terms.append(f"{'-' if number < 0 else '+'}{count}")
    return re.sub(r"^\+", "", "".join(t if t[0] in "-−–+" else f"+{t}" for t in terms))
