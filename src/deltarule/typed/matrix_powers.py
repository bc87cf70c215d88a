"""Powers of matrices that need lines of their own: (XᵀX + λI)⁻¹, and D^{-1/2} of a diagonal D.

w = (XᵀX + λI)⁻¹ Xᵀ y          S = XᵀX + λI; S_inv = inverse(S); w = S_inv Xᵀ y
H = D^{-1/2} A D^{-1/2} X      D is given by its diagonal: diag(D^(-1/2)) A diag(D^(-1/2)) X
D_ii = Σ_j A_ij; H = D⁻¹ A X   the same, with D[i] = Σ_j A[i, j]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from deltarule.errors import DeltaruleError
from deltarule.typed.equal_lines import name_of_line
from deltarule.typed.equation_texts import TypedEquation

#: What diagonal matrices are called: of degrees, of eigenvalues, with their accents.
_DIAGONAL = ("D", "Lambda", "Λ")
_POWER = r"\s*(?:⁻(?:[¹²³½]|¹ᐟ²)|[²³½]|\^(?:\{[^{}]*\}|\([^()]*\)|[-−]?\s*[\d.½]+(?:/\d+)?))"
_NAMED = re.compile(
    rf"(?<![^\Wᵀ⁰-⁹²³¹½])([^\W\d_ᵀ](?:(?!ᵀ)\w)*[\u0300-\u036f]*)(?P<power>{_POWER})?"
)
_ROOT = re.compile(r"[-−⁻]?\s*(?:\d+\s*/\s*\d+|½|\.5|0\.5|¹ᐟ²)")
_WHOLE = re.compile(r"\s*diag\((.*)\)\s*")


class PowerOfMatrix(DeltaruleError):
    """A power below 0 of a matrix: where it ends in its formula, whether it is the inverse, and
    which equation it stands in."""

    end, inverse, equation = 0, False, 0


def with_inverse_line(
    equations: Sequence[TypedEquation], refused: PowerOfMatrix
) -> list[TypedEquation] | None:
    """The equations, with a line for the matrix in parentheses whose inverse one of them reads,
    and one for the inverse; None for a power that is none."""
    at = refused.equation
    whole = equations[at]
    before = whole.formula[: refused.end]
    close = before.rfind(")", 0, max(before.rfind("⁻"), before.rfind("^")) + 1)
    start = _opened(before, close)
    if not refused.inverse or start is None or re.search(r"(?!ᵀ)[\w\]]$", before[:start]):
        return None
    taken = {name for e in equations for name in (e.name, *e.reads())}
    matrix = before[start + 1 : close]
    known = name_of_line(equations[:at], matrix)
    name = known or next(n for n in ("S", "G", "B", "S1", "S2", "S3", "S4") if n not in taken)
    inverse = name_of_line(equations[:at], f"inverse({name})")
    rest = f"{before[:start]} {inverse or f'{name}_inv'} {whole.formula[refused.end :]}"
    lines = [
        *([] if known else [replace(whole, name=name, indices=(), formula=matrix)]),
        *([] if inverse else [_inverse_line(whole, name)]),
        replace(whole, formula=rest),
    ]
    return [*equations[:at], *lines, *equations[at + 1 :]]


def _inverse_line(beside: TypedEquation, name: str) -> TypedEquation:
    return replace(beside, name=f"{name}_inv", indices=(), formula=f"inverse({name})")


def with_diagonals(equations: Sequence[TypedEquation]) -> list[TypedEquation]:
    """The equations, with diag(D) for each diagonal matrix D, which is a vector then."""
    equations = list(equations)
    diagonal = {e.name for e in equations if _is_diagonal(e)}
    written = {e.name for e in equations}
    for e in equations:
        for match in _NAMED.finditer(e.formula):
            stem = match[1][:1]
            if match["power"] and _ROOT.search(match["power"]) and match[1] not in written:
                diagonal |= {match[1]} if stem in _DIAGONAL and "[" not in e.formula else set()
    if equations[-1].name in diagonal and not equations[-1].indices:
        diagonal.remove(equations[-1].name)
    if not diagonal:
        return equations
    return [_by_diagonals(e, diagonal) for e in equations]


def _is_diagonal(e: TypedEquation) -> bool:
    twice = len(e.indices) == 2 and len(set(e.indices)) == 1
    whole = _WHOLE.fullmatch(e.formula)
    return twice or bool(not e.indices and whole and _opened(e.formula.rstrip(), -1) == 4)


def _by_diagonals(e: TypedEquation, diagonal: set[str]) -> TypedEquation:
    """An equation that gives a diagonal matrix, by the diagonal; another, with diag(D) for D."""

    def written(match: re.Match[str]) -> str:
        if match[1] not in diagonal:
            return match[0]
        power = match["power"] or ""
        return f" diag({match[1]}{power.replace('⁻¹ᐟ²', '^(-1/2)')}) "

    formula = _NAMED.sub(written, e.formula)
    whole = _WHOLE.fullmatch(e.formula)
    if e.name in diagonal:
        return replace(e, indices=e.indices[:1], formula=whole[1] if whole else e.formula)
    return replace(e, formula=formula)


def _opened(text: str, close: int) -> int | None:
    """Where the parenthesis opens that is closed at a place."""
    depth, close = 0, close % len(text) if text else 0
    for k in range(close, -1, -1):
        depth += (text[k : k + 1] == ")") - (text[k : k + 1] == "(")
        if depth == 0:
            return k if text[k : k + 1] == "(" else None
    return None
