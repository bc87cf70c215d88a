"""Signs of lectures that stand for words: KL(q‖p), N(x; μ, σ²), |Σ|, p_{j|i}, (x ∗ w)[n], ℓ.

KL(q‖p), D_KL(q || p)       KL(q, p)
N(x; μ, σ²)                 exp(−(x − μ)²/(2·σ²))/√(2·π·σ²)
N(x; μ, Σ), |Σ|^{−1/2}      the density of a vector; exp(−½·log det(Σ))
p_{j|i}, (x ∗ w)[n] = …     p_{ji}, y[n] = …
α_t(j), p_t(y_t)            α[t, j], p[t, y[t]]
"""

from __future__ import annotations

import re

from deltarule.spelling.name_parts import CAPITALS, GREEK
from deltarule.typed.lecture_notation.covariances import with_covariances
from deltarule.typed.lecture_notation.log_determinants import in_bars
from deltarule.typed.lecture_notation.logarithm_bases import with_logarithms

_GREEK = re.compile(r"\\(var)?([a-z]{2,7})(?![A-Za-z])")
_PLAIN = r"[^()‖|;,=]+"
#: The Beta function that a density is divided by: x^{a−1} (1 − x)^{b−1}/B(a, b).
_BETA = re.compile(r"(/\s*|\}\s*\{\s*)(?:B|\\mathrm\{B\})\((?=[^()=;]*,[^()=;]*\))")
_KL = re.compile(
    rf"(?<![\w\\])(?:D_?\{{?\s*(?:\\(?:text|mathrm)\{{)?KL\}}?\}}?|KL)\s*\(({_PLAIN})(?:‖|∥|\|\||\\\|)({_PLAIN})\)"
)
_NORMAL = re.compile(
    r"(?<![\w\\])(?:N|𝒩|\\mathcal\{N\})\s*\(\s*([^;|,()]+?)\s*(?:;|\||\\mid)\s*([^,()]+?)\s*,\s*([^,()]+?)\s*\)(?!\s*=(?!=))"
)
_BETWEEN = re.compile(r"_\{\s*([a-z])\s*\|\s*([a-z])\s*\}")
_RAISED_DET = re.compile(
    rf"\|\s*(Sigma|[{CAPITALS}])\s*\|\s*\^\s*(?:\{{([-−]?[\d/½.]+)\}}|\(([-−]?[\d/½.]+)\)|([-−]?[\d½]+))"
)
_CONVOLVED = re.compile(
    r"(^|[;\n])\s*\([^\W\d]\w*\s*[*∗⋆]\s*[^\W\d]\w*\)\s*\[(?=[^=\n;]*\]\s*=(?!=))"
)
_AT_TIME_LEFT = re.compile(r"(?:^|[;\n])\s*[^\W\d]\w*_\{?[a-z]\}?\s*\([a-z]\)\s*=(?!=)")
_AT_TIME = re.compile(
    r"(?<![\w\\])([^\W\d_]\w*?)_(?:\{([^{}]*)\}|([a-z]))\s*\(\s*([a-z])(?:_\{?([a-z])\}?)?\s*\)"
)
_LABELLED = re.compile(r"(?<![\w\\])([a-z])_([a-z])\(\s*([ytaow])_\2\s*\)")
_ENTRY = re.compile(r"\)_(?:\{\s*([a-z])_([a-z])\s*\}|([a-z])_([a-z])(?!\w))")


def in_plain_signs(text: str) -> str:
    """A text with words and brackets for these signs."""
    text = _GREEK.sub(_letter, text)
    text = text.replace("ℓ", "ell").replace("\\ell", "ell")
    text = _KL.sub(r"KL(\1, \2)", _BETA.sub(r"\1Beta(", text))
    text = with_logarithms(with_covariances(text))
    text = _NORMAL.sub(_density, text)
    text = _RAISED_DET.sub(lambda m: f"exp(({m[2] or m[3] or m[4]})·log det({m[1]}))", text)
    text = in_bars(text)
    text = _CONVOLVED.sub(r"\1 y[", text)
    text = _LABELLED.sub(r"\1[\2, \3[\2]]", text)
    text = _ENTRY.sub(lambda m: f")[{m[1] or m[3]}[{m[2] or m[4]}]]", text)
    if _AT_TIME_LEFT.search(text):
        text = _AT_TIME.sub(_at_time, text)
    return _BETWEEN.sub(r"_{\1\2}", text)


def _letter(match: re.Match[str]) -> str:
    """A Greek letter of LaTeX, apart from a word before it: \\log\\sigma."""
    if match[2] in ("pi", "psi") or match[2] not in GREEK:
        return match[0]
    behind_word = match.string[max(match.start() - 1, 0) : match.start()].isalpha()
    return " " * behind_word + GREEK[match[2]]


def _density(match: re.Match[str]) -> str:
    """The density of a Gaussian at x, by its mean and its variance or covariance."""
    x, mean, variance = match.groups()
    if variance in ("Sigma", "S", "C", "K"):
        apart = f"({x} − {mean})"
        return f"exp(−½·{apart}ᵀ {variance}⁻¹ {apart} − ½·log det(2 π {variance}))"
    return f"(exp(−({x} − {mean})²/(2·({variance})))/√(2·π·({variance})))"


def _at_time(match: re.Match[str]) -> str:
    below, at = match[2] or match[3], match[4] + (f"[{match[5]}]" if match[5] else "")
    return f"{match[1]}[{below.replace('−', '-')}, {at}]"
