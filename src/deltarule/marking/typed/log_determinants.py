"""Log-determinants in lectures' spellings: log|Σ|, logdet(A), ln det A."""

from __future__ import annotations

import re

_LOG_DET = re.compile(
    r"\blog det\s*(?:(?P<alone>[^\W\d]\w*)(?!\s*[\[\w])"
    r"|\(\s*(?P<name>[^\W\d]\w*)\s*(?:\[(?P<at>[^\[\]]*)\])?\s*\))"
)


def with_log_det(formula: str) -> str:
    """log|Σ|, logdet(A) and ln det A as log det A; |x| of a vector or number is |x|."""
    formula = re.sub(r"\b(?:log|ln)\s*\(?\s*\|\s*([A-ZΣ]\w*)\s*\|\s*\)?", _log_det, formula)
    formula = re.sub(r"\b(?:logdet|slogdet|ln\s+det)\b", "log det", formula)
    formula = re.sub(r"\b(?:log|ln)\s*\(\s*det\s*\(([^()]*)\)\s*\)", r"log det(\1)", formula)
    return re.sub(r"\b(?:log|ln)\s*\(\s*det\s+([^\W\d]\w*)\s*\)", _log_det, formula)


def _log_det(match: re.Match[str]) -> str:
    return f"log det {match[1].replace('Σ', 'Sigma')}"


def log_dets(formula: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """The log-determinants in a formula: as it is written, the matrix, and the indices there."""
    found = []
    for match in _LOG_DET.finditer(formula):
        at = tuple(i.strip() for i in (match["at"] or "").split(",") if i.strip())
        found.append((match[0], match["alone"] or match["name"], at))
    return found
