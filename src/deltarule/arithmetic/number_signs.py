"""The signs of numbers in every script and typography, as ASCII: `−０．６２` is -0.62."""

from __future__ import annotations

import re
import unicodedata

_SIGNS = {
    "-": "−–—‐‑‒﹣－⁻➖", "+": "＋﹢⁺", ".": "．﹒٫", ",": "，﹐", "/": "⁄∕／", "%": "％﹪٪",
    " ": "\u00a0\u2009\u202f\u2007\u3000", "": "\u200b\u2060\ufeff",
    "(": "（", ")": "）", "'": "＇٬",
}  # fmt: skip
_ASCII = str.maketrans({sign: plain for plain, signs in _SIGNS.items() for sign in signs})
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_POWER = re.compile(rf"(?<=10)([⁺⁻]?[{_RAISED}]+)\Z")
_LOWERED = str.maketrans(_RAISED + "⁺⁻", "0123456789+-")
_VULGAR = re.compile(r"([+-]?)\s*([0-9]{0,9})\s*([½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒])", re.ASCII)
_MATHEMATICS = re.compile(r"\$+(.*?)\$+|\\\((.*)\\\)")
#: LaTeX in numbers: 2.75\\cdot 10^{0}, 62\\%.
_TYPESET = {"\\cdot": "·", "\\times": "·", "\\%": "%", "\\,": "", "\\approx": "≈"}
_COMMANDS = re.compile(r"\\(?:cdot|times|approx)(?![A-Za-z])|\\[%,]")
_PERCENT = re.compile(r"\s*(?:percent|per cent|pct\.?)\Z", re.IGNORECASE)


def in_ascii(text: str) -> str:
    """A number's text with plain digits and signs, and without what only sets it.

    Raised digits count as the exponent of a 10 alone: 0.6² is not the number that stands there.
    """
    plain = text.strip().strip("\u200b\u2060\ufeff").strip()
    set_apart = _MATHEMATICS.fullmatch(plain)
    if set_apart:
        plain = (set_apart[1] or set_apart[2] or "").strip()
    plain = _COMMANDS.sub(lambda found: _TYPESET[found[0]], plain)
    plain = _POWER.sub(lambda power: "^" + power[1].translate(_LOWERED), plain)
    plain = "".join(map(_digit, plain)).translate(_ASCII)
    plain = _PERCENT.sub("%", plain.removesuffix(";").rstrip())
    vulgar = _VULGAR.fullmatch(plain)
    return _written_out(*vulgar.groups()) if vulgar else plain


def _digit(sign: str) -> str:
    """A digit of any script as an ASCII one; other signs as they are."""
    return str(unicodedata.decimal(sign)) if not sign.isascii() and sign.isdecimal() else sign


def _written_out(minus: str, whole: str, vulgar: str) -> str:
    """1½ as 3/2."""
    over, under = map(int, unicodedata.normalize("NFKC", vulgar).split("\u2044"))
    return f"{minus}{int(whole or 0) * under + over}/{under}"
