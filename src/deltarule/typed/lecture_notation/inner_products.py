"""Inner products in angle brackets, ⟨w, x⟩ of vectors and ⟨P, C⟩ of matrices.

⟨w, x⟩, ⟨A, B⟩_F          vdot(w, x), vdot(A, B): Σ_n w[n]·x[n], Σ_{m,n} A[m,n]·B[m,n]
⟨P, C⟩ beside P[i,j]      (Σ_{i,j} P[i,j]·C[i,j])
"""

from __future__ import annotations

import re

_BRACKETS = re.compile(r"[⟨<]([^⟨⟩<>,]+),([^⟨⟩<>,]+)[⟩>](?:\s*_(?:F(?!\w)|\{\s*F\s*\}))?")
_NAME = r"[^\W\d_][\w\u0300-\u036f]*"
_OF_NAMES = re.compile(rf"\bvdot\(\s*({_NAME})\s*,\s*({_NAME})\s*\)")


def with_inner_products(formula: str) -> str:
    """⟨w, x⟩ as vdot(w, x); in brackets, as [x < 1, x > 0], < compares."""

    def written(match: re.Match[str]) -> str:
        before = formula[: match.start()]
        compares = match.group()[0] == "<" and before.count("[") > before.count("]")
        return match.group() if compares else f" vdot({match.group(1)},{match.group(2)})"

    return _BRACKETS.sub(written, formula)


def with_inner_sums(formula: str) -> str:
    """vdot(P, C) beside P[i, j] as a sum: what has entries somewhere has them everywhere."""

    def written(match: re.Match[str]) -> str:
        one, two = match.groups()
        used = [
            re.search(rf"(?<![^\W_]){re.escape(n)}\[\s*([a-z](?:\s*,\s*[a-z])*)\s*\]", formula)
            for n in (one, two)
        ]
        at = next((found[1] for found in used if found), None)
        return f"(Σ_{{{at}}}({one}[{at}]·{two}[{at}]))" if at else match[0]

    return _OF_NAMES.sub(written, formula)
