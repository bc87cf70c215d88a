"""Slips about words: those of derivation files, and labels, where a tensor would be read.

Read as a tensor, Norm[k](x[n,k]) is a learned vector times x, whose gradient is no norm's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.formulas.tokens import Token
from deltarule.language import words
from deltarule.typed.slips.slip_parts import KNOWN, LETTERS, NAME, REDUCTION, Slip

_IN_FILE = "write it in a derivation file, {0}, or with the functions that equations have"
#: How a word stands in a derivation file.
_LINES = {
    "ArgMax": "W[ArgMax[k](s[n, k]), d]", "ArgMin": "W[ArgMin[k](s[n, k]), d]",
    "TopK": "best = TopK[k](x[n, k], 2)", "Sort": "v[n, k] = Sort[k](x[n, k])",
    "gradient": "g = gradient(y, x)",
}  # fmt: skip


def _in_file(word: str) -> str:
    return _IN_FILE.format(f"as {_LINES[word]}" if word in _LINES else "with that word")


def of_words(part: str) -> Iterator[Slip]:
    for match in re.finditer(rf"({NAME})\s?\[[^\[\]]*\]\s*(?=\()", part):
        word = match[1]
        if re.fullmatch(REDUCTION, word):
            continue
        if word in words.__all__ and not word.islower():
            fact = f"{word}[…](…) is a word of derivation files, and none of equations"
            yield Slip(fact, *match.span(), _in_file(word))
        elif word in words.__all__ or word.lower() in KNOWN or _spelled(word):
            entry = match[0].strip()
            yield Slip(
                f"{entry}(…) may be a function {word}, or a product",
                *match.span(),
                f"write {entry}·(…) for a product; a function with indices stands in a "
                "derivation file",
            )
    for match in re.finditer(r"@\s*pi(?!\w)|(?<![\w.])pi\s*@", part):
        fact = "@ is a product of arrays, and pi is the number π"
        yield Slip(fact, *match.span(), "give the array another name, such as w, or write * for π")
    for match in re.finditer(r"(?<![\w.])gradient\s?\(", part):
        yield Slip("gradient(…) is a word of derivation files", *match.span(), _in_file("gradient"))


def _spelled(word: str) -> bool:
    """Whether it is spelled as a function's name: a word of three letters, and no Greek one."""
    return len(word) > 2 and word.isascii() and word.isalpha() and word not in LETTERS


def refuse_derivatives(found: list[Token], place: str) -> None:
    """Raises DeltaruleError for ∂E/∂x in a network: it is what is looked for."""
    for token in found:
        if token.kind in ("derivative", "entries"):
            raise DeltaruleError(
                f"{shortened(token.text)} is a derivative",
                place,
                "a network is written forwards, and derived from that; a quotient is (da)/(db)",
            )
