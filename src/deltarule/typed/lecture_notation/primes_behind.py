r"""Primes behind a subscript: v_i' = β v_i + g_i; w_i' = w_i − η v_i' reads the new v.

    v_i', v_{i}', v_i^\prime, v[i]'       vprime_{i}, vprime[i], where a line gives it
    x_i' A x_i, x_i x_i'                  the transpose of a row, of texts that give no such name

Anything else is refused: a transpose had an axis that nobody wrote.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.spelling.names import canonical

_NAME = r"(?<![\w\\])(\\[A-Za-z]+(?:\{\\?[A-Za-z]+\})?|[^\W\d_][\u0300-\u036f]*)"
_BELOW = r"(_[a-z]{1,4}|_\{[^{};\n]*\}|[ᵢⱼₖₗₙₘₜ]+|\[[^\[\]=;\n]*\])"
_PRIME = r"(?:['′’]|\s?\^\{?\s*\\prime(?![A-Za-z])\s*\}?)(?!['′’(\w\[])"
_BEHIND = re.compile(_NAME + _BELOW + _PRIME)
_LEFT = re.compile(rf"(?:^|[;\n])\s*{_NAME}{_BELOW}{_PRIME}(?=\s*:?=(?!=))")
#: What stands behind a transpose in its product.
_FACTOR = re.compile(r"\s*(?:[·*@]|\\cdot\b)?\s*(?:[^\W\d]|[(\[]|\\(?!right|quad|qquad)[A-Za-z])")
_WORD = re.compile(r"\s*(?:if|else|for|where|with|and|or|in|mod)\b")
_STYLES = ("mathbf", "boldsymbol", "bm", "vec", "mathrm")
_SIGNS = ("\\sum", "\\prod", "\\max", "\\min", "Σ", "∑", "Π", "∏")


def with_primes_before(text: str) -> str:
    """A text with the primes of such names before what stands below them. Raises DeltaruleError
    for one that no line gives and that is no transpose in a product."""
    given = {m[1] for m in _LEFT.finditer(text)}
    for match in _BEHIND.finditer(text):
        if match[1] not in given and match[1] not in _SIGNS:
            _refuse_unknown(match, bool(given))
    return _BEHIND.sub(lambda m: _named(m) if m[1] in given else m[0], text)


def _named(match: re.Match[str]) -> str:
    name, below = match[1], normalize("NFKC", match[2])
    if accent := re.fullmatch(r"\\([A-Za-z]+)\{\\?([A-Za-z]+)\}", name):
        plain = accent[1] in _STYLES
        name = accent[2] if plain else f"{accent[2]}{accent[1]}"
    below = below if below.startswith("[") else f"_{{{below.strip('_{}')}}}"
    return canonical(f"{name.removeprefix(chr(92))}'") + below


def _refuse_unknown(match: re.Match[str], new: bool) -> None:
    text, name = match.string, match[1]
    begin = max(text.rfind(";", 0, match.start()), text.rfind("\n", 0, match.start())) + 1
    line = re.split(r"[;\n]", text[begin:])[0]
    before, behind = text[begin : match.start()], text[match.end() :]
    factor = _FACTOR.match(behind) and not _WORD.match(behind)
    outer = re.search(rf"(?<!\w){re.escape(name)}{_BELOW}\s*[·*]?\s*$", before)
    if not new and (factor or outer):
        return
    raise DeltaruleError(
        f"no line gives {match[0]}, and {name}{match[2]} is a number, of which ' is no transpose",
        f"the formula {shortened(line.strip())}",
        f"write {name}'{match[2]} for a name of its own, or {name}{match[2]}ᵀ for a row's "
        "transpose in a product",
    )
