"""Entropies as functions of probabilities: H(p), H((p + q)/2), and H(p, q), the cross-entropy.

    H(p)        −Σ p log p, over the entries of p
    H(p, q)     −Σ p log q

H is read so where probabilities alone stand in its parentheses, p, q, m and softmax( ), or two
small letters, H(y, ŷ), and no line gives an H. Another H(…) may be any function, and its product
has a sign: H·(x + y).
"""

from __future__ import annotations

import re

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.typed.lecture_notation.nesting import closed, split_at

_CALL = re.compile(r"(?<![\w\\])(?:\\(?:mathrm|text)\{H\}|H)\s*\(")
_GIVEN = re.compile(r"(?:^|[;\n])\s*H\s*(?:\[[^\]]*\]|_\w+|\([^()]*\))?\s*:?=(?!=)")
#: What probabilities are called, with what may stand below.
_PROBABILITY = re.compile(r"[pqm](?:_\w+|[₀-₉\d])?[\u0300-\u036f]*")
_SMALL = re.compile(r"\s*[a-zŷ](?:_\w+|[₀-₉\d])?[\u0300-\u036f]*\s*")
_WORD = re.compile(r"\\?[^\W\d][\w\u0300-\u036f]*")
_SOFTMAX = re.compile(r"\\?softmax\s*\(")
#: What is said of such a text.
ENTROPY = "H(p) is the entropy, −Σ p log p."
CROSS_ENTROPY = "H(p, q) is the cross-entropy, −Σ p log q."


def with_entropies(text: str) -> str:
    """A text with sums for entropies. Raises DeltaruleError for H(…) of anything else."""
    if not _CALL.search(text) or _GIVEN.search(text):
        return text
    for match in reversed(list(_CALL.finditer(text))):
        end = closed(text, match.end() - 1)
        parts = split_at(text[match.end() : end - 1], ",;") if end else []
        named = len(parts) == 2 and all(map(_SMALL.fullmatch, parts))
        if not named and (len(parts) not in (1, 2) or not all(map(_is_probability, parts))):
            if end and (match[0] == "H(" or len(parts) > 1):
                raise DeltaruleError(
                    f"{shortened(text[match.start() : end])} may be any function",
                    f"the formula {shortened(text)}",
                    "write H·(…) for a product; of probabilities p, H(p) is the entropy",
                )
            continue
        one, two = parts[0], parts[-1]
        text = f"{text[: match.start()]}(−sum(({one}) ⊙ log({two}))){text[end:]}"
    return text


def note_of_entropies(text: str) -> str:
    """What is said of a text that has some."""
    if with_entropies(text) == text:
        return ""
    found = [closed(text, m.end() - 1) and m for m in _CALL.finditer(text)]
    insides = [text[m.end() : closed(text, m.end() - 1) - 1] for m in found if m]
    crossed = [len(split_at(inside, ",;")) > 1 for inside in insides]
    return " ".join(filter(None, (ENTROPY * (not all(crossed)), CROSS_ENTROPY * any(crossed))))


def _is_probability(part: str) -> bool:
    while match := _SOFTMAX.search(part):
        end = closed(part, match.end() - 1)
        part = f"{part[: match.start()]} p {part[end:]}" if end else ""
    words = _WORD.findall(part)
    return bool(words) and all(_PROBABILITY.fullmatch(w) for w in words) and "[" not in part
