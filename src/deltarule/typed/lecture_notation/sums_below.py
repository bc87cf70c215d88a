"""Sums that something is divided by, with a factor behind them: exp(y_i)/Σ_k exp(y_k) log p_i.

What has the index of the sum is below the line. A factor behind it that has not may be below the
line, too, or be multiplied with the quotient.
"""

from __future__ import annotations

from collections.abc import Sequence

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.formulas.commas import parted_tokens
from deltarule.formulas.tokens import CLOSING, OPENING, Token
from deltarule.typed.lecture_notation.sums_of_terms import over

_ENDS = (",", ";", "=", "<", ">", "≤", "≥", "≠", "+", "-", "/", "|", "‖")


def refuse_sums_below(formula: str, place: str) -> None:
    """Raises DeltaruleError for such a factor."""
    found = parted_tokens(formula, place)
    for k, token in enumerate(found[:-1]):
        if token.text != "/" or found[k + 1].kind != "reduction":
            continue
        begin, letters = over(found, k + 1)
        starts = _factors(found, begin)
        inside = [_reads(found, a, b, letters) for a, b in starts]
        if True not in inside or all(inside):
            continue
        first = next((j for j, has in enumerate(inside) if not has and any(inside[:j])), None)
        if first is None or any(inside[first:]):
            continue  # Σ_j w b x_j
        at, end = found[starts[first][0]].start, _end(found, starts[-1][1], formula)
        whole, rest = formula[found[k + 1].start : at].rstrip(" ·*"), formula[at:end].strip()
        raise DeltaruleError(
            f"it is not clear whether {shortened(rest)} is below the line",
            place,
            f"write /({whole})·{rest} or /({whole}·{rest})",
        )


def _end(found: Sequence[Token], k: int, formula: str) -> int:
    return found[k].start if k < len(found) else len(formula)


def _factors(found: Sequence[Token], begin: int) -> list[tuple[int, int]]:
    """Where the factors of a product begin and end; a word and its parentheses are one."""
    starts, depth, k = list[int](), 0, begin
    while k < len(found):
        token = found[k]
        if depth == 0 and (token.text in CLOSING or token.text in _ENDS):
            break
        opens = token.text in OPENING
        beside = k > begin and opens and found[k - 1].kind in ("name", "call", "primed")
        before = found[k - 1] if k > begin else None
        of_word = before is not None and before.kind == "name" and _is_word(before.text)
        power = token.text == "^" or token.kind in ("superscript", "transposed")
        raised = before is not None and before.text == "^"
        if depth == 0 and not (beside or of_word or power or raised or token.text in ("*", "⊙")):
            starts.append(k)
        depth += opens - (token.text in CLOSING)
        k += 1
    return list(zip(starts, [*starts[1:], k], strict=True)) if starts else []


def _reads(found: Sequence[Token], begin: int, end: int, letters: Sequence[str]) -> bool:
    """Whether a factor has one of some letters that no sum of its own is over."""
    bound = [
        i for k in range(begin, end) if found[k].kind == "reduction" for i in over(found, k)[1]
    ]
    return any(t.text in letters and t.text not in bound for t in found[begin:end])


def _is_word(text: str) -> bool:
    return len(text) > 1 and text.islower() and text.isascii()
