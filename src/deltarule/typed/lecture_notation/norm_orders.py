r"""Lengths with an order: ‖x‖_p, ‖x‖_1, ‖x‖_∞, ‖A‖_F, ‖x − μ‖_{Σ^{-1}}, as calls that are read.

‖x‖_2, ‖A‖_F                     ‖x‖, ‖A‖: the root of the sum of all squares
‖x‖_1, ‖x‖_3, ‖x‖_p              pnorm(x, p): (Σ_n |x[n]|^p)^{1/p}
‖x‖_∞                            maxnorm(x): max_n |x[n]|
‖x‖1, ‖x‖2², ‖x‖∞, ‖A‖F          the same without _, right behind the closing bars
‖x − μ‖_{Σ⁻¹}, ‖x‖_A             √((x − μ)ᵀ Σ⁻¹ (x − μ))
"""

from __future__ import annotations

import re
from collections.abc import Callable

from deltarule.errors import DeltaruleError
from deltarule.formulas.tokens import CLOSING, OPENING
from deltarule.spelling.name_parts import CAPITALS
from deltarule.typed.lecture_notation.nesting import closed

_NORM = re.compile(
    r"‖([^‖]+)‖\s*(?:([₀-₉])|_\s*(Sigma|\d+|[A-Za-z]|[∞*])(?![A-Za-z0-9])"
    r"|_\{((?:[^{}]|\{[^{}]*\})*)\})"
    r"(\s*(?:²|\^\s*2(?!\w)|\^\{\s*2\s*\}|\*\*\s*2(?!\w)))?(?:\s*\^\s*\{?\s*([a-z])(?!\w)\s*\}?)?"
)
_CALLED = re.compile(
    r"(?<![\w.])(?:(?:np|numpy|torch|jnp)\.)?(?:linalg\.)?(?:vector_)?norm\(([^(),]+),\s*"
    r"(?:(?:ord|p)\s*=\s*)?(\d+|∞|p|q|['\"]fro['\"])\s*\)"
)
_BARS = re.compile(r"(?<![|\w)])\|([^|‖]+)\|(?=_(?:[1-9]|∞|\{\s*(?:[1-9]|∞)\s*\}))")
#: A kind without _, right behind bars: no factor stands there without a blank.
_RIGHT_BEHIND = re.compile(r"(?:\d(?![\d.])|∞|F(?!(?!²)\w))")
_ORDER_CALLED = re.compile(r"\b(?:pnorm|powersum)\([^()]*(?:\([^()]*\)[^()]*)*,\s*([a-z])\)")
_BELOW = "₀₁₂₃₄₅₆₇₈₉"
_NUCLEAR = "write ‖A‖_F, or ½(‖U‖_F² + ‖V‖_F²) of factors, A = U Vᵀ, whose least value it is"
_REFUSED = {
    "0": ("‖·‖_0 counts entries, and its derivative is 0", "write ‖x‖_1, which bounds it"),
    "*": ("‖·‖_* is the sum of the singular values, and is not read", _NUCLEAR),
}
#: The calls, of which the second is the sum without its root, ‖x‖_p^p.
CALLS = ("pnorm", "powersum", "maxnorm")


def with_orders(formula: str, place: str) -> str:
    """A right side with calls for lengths of an order. Raises DeltaruleError for what is none."""

    def call(match: re.Match[str]) -> str:
        inside, square, raised = match[1], match[5] or "", match[6]
        behind = f"^{raised}" if raised else ""
        order = str(_BELOW.index(match[2])) if match[2] else (match[3] or match[4]).strip()
        if order in _REFUSED or "," in order:
            raise _refused(order, place)
        if order in ("2", "F"):
            single = re.fullmatch(rf"\s*[{CAPITALS}](?:_\w+)?\s*", inside)
            if order == "2" and single and not square:
                raise DeltaruleError(
                    f"‖{inside}‖_2 of a matrix is its largest singular value, or the root of all "
                    "squares",
                    place,
                    f"write ‖{inside}‖_F for the latter, or uᵀ {inside} v with singular vectors "
                    "u and v for the former",
                )
            return f"‖{inside}‖{square}" + behind
        if order == "∞":
            return f" maxnorm({inside}){square}" + behind
        if re.search(r"[A-Z]", order):
            whole = f"(√(({inside})ᵀ {order}·({inside}))){square}"
            return whole + behind
        if raised == order:
            return f" powersum({inside}, {order})"
        return f" pnorm({inside}, {order}){square}" + behind

    formula = _with_signs_below(formula)
    formula = _CALLED.sub(lambda m: f"‖{m[1]}‖_{'F' if 'fro' in m[2] else m[2]} ", formula)
    return _NORM.sub(call, _BARS.sub(r"‖\1‖", formula))


def _with_signs_below(formula: str) -> str:
    """‖x‖_1 for ‖x‖1; bars that open are no end of a length, and one that is in brackets with no
    other parts what is stacked."""
    opened: list[int] = []
    depth, ends = 0, []
    for k, sign in enumerate(formula):
        if sign in OPENING or sign in CLOSING:
            depth += 1 if sign in OPENING else -1
            opened = [d for d in opened if d <= depth]
        elif sign == "‖" and opened and opened[-1] == depth:
            opened.pop()
            if _RIGHT_BEHIND.match(formula, k + 1):
                ends.append(k + 1)
        elif sign == "‖":
            opened.append(depth)
    for end in reversed(ends):
        formula = f"{formula[:end]}_{formula[end:]}"
    return formula


def _refused(order: str, place: str) -> DeltaruleError:
    if order in _REFUSED:
        return DeltaruleError(_REFUSED[order][0], place, _REFUSED[order][1])
    return DeltaruleError(
        f"‖·‖_{{{order}}} is over rows or over columns, as books differ",
        place,
        "write the sum, as Σ_i √(Σ_j A_ij²)",
    )


def orders_in(formula: str) -> set[str]:
    """The letters that orders are: p of ‖x‖_p."""
    return set(_ORDER_CALLED.findall(formula))


def of_rows_written(formula: str, written: Callable[[str], str | None], letter: str) -> str:
    """The calls as sums and maxima over an index; `written` gives what is inside at it, or None
    where that has no rows."""
    for match in reversed(list(re.finditer(r"\b(pnorm|powersum|maxnorm)\(", formula))):
        end = closed(formula, match.end() - 1) or len(formula)
        inside, order = formula[match.end() : end - 1], ""
        if match[1] != "maxnorm":
            inside, _, order = inside.rpartition(",")
        entry = written(inside)
        if entry is None:
            continue
        size = f"abs({entry})"
        if order.strip() == "1":
            whole = f"(Σ_{{{letter}}} {size})"
        elif order:
            whole = f"(Σ_{{{letter}}} ({size}^({order})))"
            whole = whole if match[1] == "powersum" else f"({whole}^(1/({order})))"
        else:
            whole = f"(max_{{{letter}}} {size})"
        formula = f"{formula[: match.start()]}{whole}{formula[end:]}"
    return formula
