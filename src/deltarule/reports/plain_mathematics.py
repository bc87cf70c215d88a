r"""LaTeX that somebody wrote between two $, as plain signs: \frac{a}{b} is a/b, h_1^\top is h₁ᵀ.

For pages that set no mathematics. What is not known is shown by its name; nothing is refused.
"""

from __future__ import annotations

import re
import unicodedata

from deltarule.reports.prose import DOWN, SIGNS, UP
from deltarule.spelling.name_parts import GREEK

_COMMANDS = {
    **{c.strip("\\ "): sign for sign, c in SIGNS.items() if re.fullmatch(r"\\\w+ ?", c)},
    **GREEK,
    "leq": "≤", "geq": "≥", "neq": "≠", "cdots": "…", "ldots": "…", "dots": "…", "top": "ᵀ",
    "intercal": "ᵀ", "prime": "′", "varepsilon": "ε", "varphi": "φ", "vartheta": "θ", "in": "∈",
    "mathbb": "", "mathrm": "", "mathbf": "", "mathit": "", "mathcal": "", "boldsymbol": "",
    "bm": "", "text": "", "operatorname": "", "left": "", "right": "", "quad": " ", "qquad": " ",
    "displaystyle": "", "limits": "", "big": "", "Big": "", "mid": "|", "forall": "∀",
    "exists": "∃", "subset": "⊂", "cup": "∪", "cap": "∩", "ell": "ℓ", "Vert": "‖", "lVert": "‖",
    "rVert": "‖",
}  # fmt: skip
_ACCENTS = {"hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304",
            "tilde": "\u0303", "widetilde": "\u0303", "dot": "\u0307", "vec": "\u20d7"}  # fmt: skip
_TOKEN = re.compile(r"\\[A-Za-z]+ ?|\\.|[{}^_]|\s+|.", re.DOTALL)
_RAISED = {low: high for high, low in UP.items()} | {
    "T": "ᵀ",
    "⊤": "ᵀ",
    "ᵀ": "ᵀ",
    "′": "′",
    "−": "⁻",
}
_LOWERED = {low: small for small, low in DOWN.items()}
#: Groups are read so deep; what lies deeper is shown as it is typed.
_DEEPEST = 30


def plain_mathematics(latex: str) -> str:
    """The formula in plain signs."""
    shown, _ = _read(_TOKEN.findall(latex), 0, 0)
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", shown).strip().replace("-", "−"))


def _read(tokens: list[str], at: int, depth: int, single: bool = False) -> tuple[str, int]:
    """What stands from a token on, to the end of its group, and where that is; `single` reads one
    token or one group."""
    found = ""
    while at < len(tokens):
        token, at = tokens[at], at + 1
        if token == "}" and not single:
            return found, at
        if token == "{" and depth < _DEEPEST:
            piece, at = _read(tokens, at, depth + 1)
        elif token.isspace() and single:
            continue
        elif token in "^_" and depth < _DEEPEST:
            inner, at = _read(tokens, at, depth + 1, True)
            piece = _shifted(inner, token)
        else:
            piece, at = _command(token, tokens, at, depth)
        found += piece
        if single:
            break
    return found, at


def _command(token: str, tokens: list[str], at: int, depth: int) -> tuple[str, int]:
    word = token.removeprefix("\\")
    word = word.rstrip() or word
    if word == token or depth >= _DEEPEST:
        return token, at
    if word in ("frac", "dfrac", "tfrac"):
        over, at = _read(tokens, at, depth + 1, True)
        under, at = _read(tokens, at, depth + 1, True)
        return f"{_bracketed(over)}/{_bracketed(under)}", at
    if word == "sqrt":
        inner, at = _read(tokens, at, depth + 1, True)
        return f"√{_bracketed(inner)}", at
    if word in _ACCENTS:
        inner, at = _read(tokens, at, depth + 1, True)
        return f"{inner[:1]}{_ACCENTS[word]}{inner[1:]}", at
    if not word[:1].isalpha():
        return {"|": "‖", "\\": " ", ",": " ", ";": " ", ":": " ", "!": ""}.get(word, word), at
    return _COMMANDS.get(word, word), at


def _bracketed(text: str) -> str:
    simple = re.fullmatch(r"[^\W_]*[^\s+\-−·/]*", text.strip())
    return text.strip() if simple else f"({text.strip()})"


def _shifted(text: str, mark: str) -> str:
    """Text raised or lowered: by signs that there are, else behind the mark."""
    signs = _RAISED if mark == "^" else _LOWERED
    inner = text.strip().replace("-", "−") if mark == "^" else text.strip()
    if inner and all(c in signs for c in inner):
        return "".join(signs[c] for c in inner)
    alone = len(inner) == 1 or re.fullmatch(r"\([^()]*\)", inner)
    return f"{mark}{inner}" if alone else f"{mark}({inner})"
