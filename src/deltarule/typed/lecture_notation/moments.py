r"""Variances and covariances of entries: Var[x], \operatorname{Var}(z^j), Cov(x, y), \mathbb{V}[x].

    Var(x), \mathbb{V}[x], Std[x]        var(x), std(x)
    Cov(x, y), Corr(x, y)                mean((x − mean(x)) ⊙ (y − mean(y))), over the deviations
    Var_i(z_ij)                          Var[i](z_ij)
    Σ_j √Var(z^j), Σ_j std(z_j)          Var[n](z[n,j]) of column j, std over row j of z

All divide by how many entries there are.
"""

from __future__ import annotations

import re

from deltarule.typed.lecture_notation.nesting import closed, split_at
from deltarule.typed.lecture_notation.signs_of_sums import SUM_SIGN

_UPRIGHT = re.compile(
    r"\\(?:mathrm|operatorname|text|mathsf)\s*\{\s*(Var|var|Std|std|SD|Cov|cov|Corr|corr)\s*\}"
    r"\s*(?=(?:_\{?\s*[a-z]\s*\}?\s*)?(?:\\(?:left|[Bb]igg?l?)\s*)?[(\[])"
)
_WORDS = (
    r"(?:(?<![\w\\.])(Var|Std|var|std|Cov|cov|Corr|corr)|(?<!\w)(?:\\mathbb\s*\{?\s*V\s*\}?|𝕍))"
)
_CALL = re.compile(
    _WORDS + r"\s*(?:_\s*\{?\s*([a-z])\s*\}?\s*)?(?:\\(?:left|[Bb]igg?l?)\s*)?([(\[])"
)
_COLUMN = re.compile(
    r"\s*([^\W\d_])(?:\s?\^(?:\{\s*([a-z])\s*\}|([a-z]))|_(?:\{\s*([a-z])\s*\}|([a-z])))\s*"
)
_RUNNING = re.compile(
    rf"{SUM_SIGN}\s*_\s*(?:([a-z])|\{{\s*([a-z])\s*(?:=[^{{}}]*)?\}})"
    r"|(?:^|[;\n])\s*[^\W\d]\w*?(?:_([a-z])|\[\s*([a-z])\s*\])\s*=(?!=)"
)
#: What is said of such a text.
DIVISOR = "Var, Std and Cov divide by the number of entries, N and not N − 1."


def with_moments(text: str) -> str:
    """A text with words for these that are read."""
    text = _UPRIGHT.sub(r"\1", text)
    for match in reversed(list(_CALL.finditer(text))):
        begin = match.end() - 1
        end = closed(text, begin)
        if text[end : end + 1] == "(":  # Var[i](z[i,j])
            continue
        inside = re.sub(r"\\(?:right|[Bb]igg?r?)\s*$", "", text[begin + 1 : end - 1])
        whole = _written((match[1] or "Var").lower(), match[2] or "", inside, text)
        if end and whole:
            text = f"{text[: match.start()]}{whole}{text[end:]}"
    return text


def note_of_moments(text: str) -> str:
    """What is said of a text that has some."""
    return DIVISOR if _CALL.search(_UPRIGHT.sub(r"\1", text)) else ""


def _written(word: str, over: str, inside: str, text: str) -> str:
    """What is read for a call; nothing where it stays as it is."""
    parts = split_at(inside, ",")
    if word in ("cov", "corr"):
        if len(parts) != 2 or over:
            return ""
        one, two = (f"({p.strip()})" for p in parts)
        whole = f"mean(({one} − mean{one}) ⊙ ({two} − mean{two}))"
        return f"({whole}/(std{one}·std{two}))" if word == "corr" else f" {whole}"
    if len(parts) > 1:
        return ""
    if over:
        return f" {word.capitalize()}[{over}]({inside})"
    column = _column(inside, text)
    if column:
        return f" {word.capitalize()}{column}"
    return f" {word}({inside})"


def _column(inside: str, text: str) -> str:
    """[n](z[n,j]) for z^j, and for the row z_j [n](z[j,n]), where j runs outside and z has no other
    entries in the text."""
    match = _COLUMN.fullmatch(inside)
    if match is None:
        return ""
    letter = next(g for g in match.groups()[1:] if g)
    running = {g for found in _RUNNING.findall(text) for g in found if g}
    uses = re.findall(rf"(?<![\w\\]){match[1]}(?![\w])[^\s)\]]*|(?<![\w\\]){match[1]}_\w+", text)
    if letter not in running or len({u.strip() for u in uses}) > 1:
        return ""
    fresh = next(c for c in "nmkiblp" if not re.search(rf"(?<![A-Za-z\\]){c}(?![A-Za-z])", text))
    above = bool(match[2] or match[3])
    return (
        f"[{fresh}]({match[1]}[{fresh},{letter}])"
        if above
        else (f"[{fresh}]({match[1]}[{letter},{fresh}])")
    )
