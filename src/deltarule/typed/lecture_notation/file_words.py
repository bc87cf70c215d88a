"""Words and signs of other notations, put into the one that equations have.

delta(i, j), δ[i, t[n]], δ_{ij}     [i = j], Kronecker's
x[i // 2], x[i % N]                 x[⌊i/2⌋], x[i mod N]
a && b, a ∧ ¬b, (a) | (b)           a and b, a and not b, (a) or (b)
LogDet(G), Inverse[i, j](G[i, j])   log det(G), inverse(G[i, j])[i, j]
softmax_k(z[k]), Sum[k=1..K](…)     Softmax[k](z[k]), Sum[k](…)
"""

from __future__ import annotations

import re

from deltarule.typed.lecture_notation.means_over import with_means_over
from deltarule.typed.lecture_notation.nesting import closed, split_at

_DELTA = re.compile(r"(?<![\w.\\])(?:delta|δ)\s*([(\[])")
_BELOW = re.compile(
    r"(?<![\w.\\])(?:delta|δ)_(?:\{\s*([a-z])\s*,?\s*([a-z])\s*\}|([a-z])([a-z])(?![\w(]))"
)
_NAMED_SO = re.compile(r"(?:^|[;\n])\s*(?:delta|δ)\s*(?:[\[_(][^=;\n]*)?=")
_WHOLE_RANGE = re.compile(
    r"(?<=[\[,{])\s*([a-z])\s*=\s*(?:1\s*(?:\.\.\.?|…|:)\s*([A-Z])|0\s*(?:\.\.\.?|…|:)\s*([A-Z])\s*[-−–]\s*1)"
    r"\s*(?=[\],}])"
)
_INDICATOR = re.compile(r"(?<![\w.\])])(?:1\s*(?=\{)|[𝟙𝕀I]\s*(?=[\[({]))")
_STATEMENT = re.compile(r"[<>=≠≤≥]|\\(?:leq?|geq?|neq?|lt|gt)(?![A-Za-z])")
_OVER = re.compile(r"\b(softmax|logsumexp|log_softmax)_(?:([a-z])(?=\s*[(\[])|\{([a-z])\})")
_LOG_DET = re.compile(r"(?<![\w.])(?:LogDet|logdet)\s*(?:\[[^\[\]]*\]\s*)?(?=\()")
_INVERTED = re.compile(r"(?<![\w.])Inverse\s*(?:\[([^\[\]]*)\]\s*)?(?=\()")
_CALLED = {"softmax": "Softmax", "logsumexp": "LogSumExp", "log_softmax": "LogSoftmax"}
_QUOTIENT = re.compile(
    r"(\d+|[^\W\d]\w*(?:\[[^\[\]]*\])?|\([^()]*\))\s*//\s*(\d+|[^\W\d]\w*|\([^()]*\))"
)


def gives_delta(text: str) -> bool:
    """Whether a text writes a quantity of its own that is called delta."""
    return bool(_NAMED_SO.search(text))


def in_own_words(part: str, delta: bool) -> str:
    """An equation without the words of other notations; `delta` is Kronecker's."""
    part = _of_matrices(part)
    part = part.replace("&&", " and ").replace("∧", " and ").replace("∨", " or ")
    part = re.sub(r"(?<=\))\s*&\s*(?=[(~¬])", " and ", part)
    part = re.sub(r"[¬~]\s*(?=[(\w])", " not ", part)
    part = _with_or(part)
    part = _QUOTIENT.sub(r"⌊\1/\2⌋", part)
    part = re.sub(r"(?<=[\w)\]])\s*%\s*(?=[\w(])", " mod ", part)
    part = _with_indicators(part)
    part = _WHOLE_RANGE.sub(_whole, part)
    part = re.sub(r"(?<=[Σ∑∏Π]_\{)([a-z])([a-z])([a-z]?)(?=\})", _apart, part)
    part = with_means_over(_OVER.sub(lambda m: f"{_CALLED[m[1]]}[{m[2] or m[3]}]", part))
    if not delta:
        return part
    for match in reversed(list(_BELOW.finditer(part))):
        part = _compared(
            part, match.start(), match.end(), match[1] or match[3], match[2] or match[4]
        )
    for match in reversed(list(_DELTA.finditer(part))):
        end = closed(part, match.end() - 1)
        sides = _parted(part[match.end() : end - 1]) if end else []
        if len(sides) == 2:
            part = _compared(part, match.start(), end, *sides)
    return part


def _with_indicators(part: str) -> str:
    """[y_n = t_n] for 1{y_n = t_n}, 𝟙{…}, I(…) and I[…] of a statement."""
    for match in reversed(list(_INDICATOR.finditer(part))):
        end = closed(part, match.end())
        inside = part[match.end() + 1 : end - 1] if end else ""
        if _STATEMENT.search(inside):
            part = f"{part[: match.start()]}[{inside}]{part[end:]}"
    return part


def _of_matrices(part: str) -> str:
    """LogDet(G) and LogDet[i, j](G[i, j]) as log det; Inverse[i, j](G[i, j]) as
    inverse(G[i, j])[i, j]."""
    part = _LOG_DET.sub("log det", part)
    for match in reversed(list(_INVERTED.finditer(part))):
        end = closed(part, match.end()) if match[1] else 0
        behind = f"[{match[1]}]" if end else ""
        part = f"{part[: match.start()]}inverse{part[match.end() : end or None]}{behind}" + (
            part[end:] if end else ""
        )
    return part


def _compared(part: str, start: int, end: int, one: str, other: str) -> str:
    """[i = j] for what stands between two places, with the sign of a product before it."""
    before = part[:start].rstrip()
    dot = "·" if re.search(r"[\w)\]²³]$", before) else ""
    return f"{part[:start]}{dot}[{one} = {other}]{part[end:]}"


def _apart(match: re.Match[str]) -> str:
    """i, j of Σ_{ij}."""
    return ",".join(letter for letter in match.groups() if letter)


def _whole(match: re.Match[str]) -> str:
    """k of k=1..K and k=0..K−1, which is the whole axis."""
    return match[1] if (match[2] or match[3]).lower() == match[1] else match[0]


def _with_or(part: str) -> str:
    """(a) | (b) as (a) or (b), where a comparison stands in each."""
    return re.sub(r"(\([^()|]*[<>=≤≥≠][^()|]*\))\s*\|\s*(?=\([^()|]*[<>=≤≥≠])", r"\1 or ", part)


def _parted(inside: str) -> list[str]:
    """What stands between commas that are in no brackets."""
    return [part.strip() for part in split_at(inside, ",")]
