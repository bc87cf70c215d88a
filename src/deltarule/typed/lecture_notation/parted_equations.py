"""What is an equation of its own in a typed formula: a softmax of which entries are read, inverses.

softmax(z)[k]        p[k] with p = softmax(z)
tanh(W x)[0]         v[0] with v = tanh(W x)
inv(XᵀX + λI)        inv(S) with S = XᵀX + λI
A⁻¹ b                A_inv b with A_inv = inverse(A)
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from deltarule.expressions.functions import FUNCTIONS
from deltarule.formulas.spelled import ALIASES, SPELLED
from deltarule.typed.lecture_notation.lecture_spelling import INVERSE, bound_letters

_SOFTMAX = re.compile(r"\b(?:log_)?softmax\(")
#: What may have entries behind its parentheses: softmax(W x)[k], tanh(s)[n, t[n]], (x + m)[n].
_WORDS = sorted({*SPELLED, *ALIASES, *FUNCTIONS, "softmax", "log_softmax"})
_ENTRIES_OF = re.compile(rf"(?<![\w.])(?:{'|'.join(_WORDS)})?\(")
#: What is of a matrix that has a line of its own: inv(XᵀX + λI), log det(A + B).
_OF_MATRICES = re.compile(
    r"(?<![\w.])(?:(?:np|torch)\.linalg\.|torch\.)?inv(?:erse)?\(|\blog det\s*\("
)

#: Names of one letter with subscripts left of =: p of p_i = softmax(z)_i.
_GIVEN = re.compile(r"(?:^|[;\n])\s*([a-z])(?=_[^=;\n]*=(?!=))")


def parted_off(
    formula: str, taken: str, left: Iterable[str] = (), rows: bool = False
) -> tuple[str, str, tuple[str, ...], str] | None:
    """What is an equation of its own: (formula with a name in its place, name, its indices, its
    right side).

    That is a softmax of which single entries are read, and the inverse of a matrix. `taken` is all
    that is typed, whose names are not given again; with `rows`, what is softmax's has indices.
    """
    taken += "".join(f" {n}" for n in _GIVEN.findall(taken))
    for match in _ENTRIES_OF.finditer(formula):
        end = _closed(formula, match.end())
        inside = formula[match.end() : end - 1]
        shares = bool(_SOFTMAX.fullmatch(match[0]))
        if re.match(r"\[[^\[\]]*[<>=≠≤≥]", formula[end:]):
            continue
        if rows and shares and end and formula[end : end + 1] == "[" and "[" in inside:
            at = tuple(dict.fromkeys(re.findall(r"(?<=\[)\s*([a-z])\s*(?=\])", inside)))
            name = next(
                (n for n in ("p", "q") if not re.search(rf"(?<!\w){n}(?!\w)", taken)), "p_z"
            )
            whole = formula[match.start() : end]
            first = "".join(f"{i}," for i in at)
            return formula.replace(f"{whole}[", f" {name}[{first}"), name, at, whole
        if end and formula[end : end + 1] == "[" and "[" not in inside:
            names = ("p", "q") if shares else ("v", "u", "g", "r")
            free = (n for n in names if not re.search(rf"(?<!\w){n}(?!\w)", taken))
            name = next(free, "softmax_z" if shares else "value")
            whole = formula[match.start() : end]
            rest = formula.replace(whole, f" {name}")
            if not re.fullmatch(r"\s*[^\W\d]\w*\s*", inside):
                return rest, name, (), whole
            letters = _letters_at(formula, end, {*bound_letters(formula), *left})
            return rest, name, letters, f"{match[0]}{inside.strip()}[{','.join(letters)}])"
    for match in _OF_MATRICES.finditer(formula):
        end = _closed(formula, match.end())
        inside = formula[match.end() : end - 1]
        if end and "[" not in inside and not re.fullmatch(r"\s*[^\W\d]\w*\s*", inside):
            free = (n for n in ("S", "G", "B", "S_1") if not re.search(rf"(?<!\w){n}(?!\w)", taken))
            name = next(free, "S_whole")
            rest = f"{formula[: match.end()]}{name}{formula[end - 1 :]}"
            return rest, name, (), inside.strip()
    match = INVERSE.search(formula)
    if match and match[0].strip() != formula.strip():
        plain = (match["name"] or match["called"]).replace("Σ", "Sigma")
        return formula.replace(match[0], f"{plain}_inv "), f"{plain}_inv", (), f"inverse({plain})"
    return None


def _letters_at(formula: str, start: int, bound: set[str]) -> tuple[str, ...]:
    """An index for each subscript in the brackets that open at a place: those there that are
    indices, once each."""
    found = [t.strip() for t in _subscripts_at(formula, start)]
    free = (c for c in "kcjlimnd" if not re.search(rf"(?<!\w){c}(?!\w)", formula))
    plain = [t in bound and found.count(t) == 1 for t in found]
    return tuple(t if own else next(free) for t, own in zip(found, plain, strict=True))


def _subscripts_at(formula: str, start: int) -> list[str]:
    parts, depth = [""], 0
    for sign in formula[start:]:
        depth += (sign in "[(") - (sign in "])")
        if not depth:
            break
        if sign == "," and depth == 1:
            parts.append("")
        elif sign != "[" or depth > 1:
            parts[-1] += sign
    return parts


def _closed(formula: str, start: int) -> int:
    """Where the parenthesis that opened before `start` is closed; 0 for nowhere."""
    depth = 1
    for k in range(start, len(formula)):
        depth += (formula[k] == "(") - (formula[k] == ")")
        if depth == 0:
            return k + 1
    return 0
