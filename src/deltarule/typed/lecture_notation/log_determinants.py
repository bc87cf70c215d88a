"""Determinants and their logarithms in lectures' spellings: log|Σ|, logdet(A), ln det A, det(X).

det(X) is exp(log det(X)), of a matrix with a determinant above 0: its gradient is det(X)·X⁻ᵀ.
"""

from __future__ import annotations

import re

from deltarule.spelling.name_parts import CAPITALS
from deltarule.typed.lecture_notation.covariances import with_covariances
from deltarule.typed.lecture_notation.nesting import closed

#: What is said of a determinant.
DETERMINANT = "det(X) is exp(log det(X)): of a matrix with a determinant above 0."
_DET = re.compile(
    r"(?<!log )(?<!ln )(?<![\w.\\])(?:(?:np|numpy|torch|jnp)\.)?(?:linalg\.)?det\s*"
    rf"(?:(\()|([{CAPITALS}]\w*)(?![\w(\[]))"
)
_SIGMA = re.compile(r"(?<!log )(?<!ln )(?<!log)(?<!ln)(?<!log\()(?<!ln\()\|\s*(Sigma\d?)\s*\|")
#: A matrix in bars that is made of others: log|K + σ²I|, log|2πΣ|.
_LOG_OF_MATRIX = re.compile(
    rf"\b(?:log|ln)\s*\|((?:[^|a-z\[\]]|Sigma\d?|(?<=[α-ω])_\{{?[a-z]\}}?)*(?:[{CAPITALS}]|Sigma)"
    r"(?:[^|a-z\[\]]|Sigma\d?|(?<=[α-ω])_\{?[a-z]\}?)*)\|"
)
#: log|Σ| and log(|Σ|).
_LOG_IN_BARS = re.compile(
    rf"\b(?:log|ln)\s*(?P<open>\(\s*)?\|\s*(?P<name>[{CAPITALS}Σ]\w*)\s*\|(?(open)\s*\))"
)
_LOG_DET = re.compile(
    r"\blog det\s*(?:(?P<alone>[^\W\d]\w*)(?!\s*[\[\w])"
    r"|\(\s*(?P<name>[^\W\d]\w*)\s*(?:\[(?P<at>[^\[\]]*)\])?\s*\))"
)


def with_log_det(formula: str) -> str:
    """log|Σ|, logdet(A) and ln det A as log det A; |x| of a vector or number is |x|."""
    formula = _LOG_IN_BARS.sub(_log_det, formula)
    formula = _LOG_OF_MATRIX.sub(lambda m: m[0] if m[1] in "Σ" else f"log det({m[1]})", formula)
    formula = re.sub(r"\b(?:logdet|slogdet|ln\s+det)\b", "log det", formula)
    formula = re.sub(r"\b(?:log|ln)\s*\(\s*det\s*\(([^()]*)\)\s*\)", r"log det(\1)", formula)
    formula = re.sub(r"\b(?:log|ln)\s*\(\s*det\s+(?P<name>[^\W\d]\w*)\s*\)", _log_det, formula)
    return _with_det(formula)


def note_of_det(text: str) -> str:
    """What is said of a text with a determinant that no logarithm is taken of."""
    plain = in_bars(with_covariances(text).replace("\\det", " det"))
    return DETERMINANT if "exp(log det" in with_log_det(plain) else ""


def in_bars(text: str) -> str:
    """|det(X)| and |Sigma| as det(X) and det(Sigma), which are above 0 here."""
    text = _SIGMA.sub(r"det(\1)", text)
    return re.sub(rf"\|\s*(\\?det\s*(?:\([^()|]*\)|[{CAPITALS}]\w*))\s*\|", r"\1", text)


def _with_det(formula: str) -> str:
    for match in reversed(list(_DET.finditer(formula))):
        if match[2]:
            formula = f"{formula[: match.start()]}exp(log det({match[2]})){formula[match.end() :]}"
            continue
        end = closed(formula, match.end() - 1) or len(formula)
        inside = formula[match.end() : end - 1]
        formula = f"{formula[: match.start()]}exp(log det({inside})){formula[end:]}"
    return formula


def _log_det(match: re.Match[str]) -> str:
    name = match["name"].replace("Σ", "Sigma")
    return f"log det {name}"


def log_dets(formula: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """The log-determinants in a formula: as it is written, the matrix, and the indices there."""
    found = []
    for match in _LOG_DET.finditer(formula):
        at = tuple(i.strip() for i in (match["at"] or "").split(",") if i.strip())
        found.append((match[0], match["alone"] or match["name"], at))
    return found
