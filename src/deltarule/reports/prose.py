"""Sentences with mathematical signs in them, as LaTeX text that any engine sets."""

from __future__ import annotations

import unicodedata

from deltarule.reports.other_scripts import other_script
from deltarule.spelling.lowered import LOWERED
from deltarule.spelling.name_parts import GREEK
from deltarule.spelling.visible import visible

_ESCAPED = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": "$<$", ">": "$>$", "|": r"$\mid$",
    "“": "``", "”": "''", "’": "'", "–": "--", "…": r"\ldots{}",
}  # fmt: skip
SIGNS = {
    "∂": r"\partial ", "Σ": r"\sum", "Π": r"\prod", "·": r"\cdot ", "×": r"\times ", "−": "-",
    "≥": r"\ge ", "≤": r"\le ", "≠": r"\ne ", "⊙": r"\odot ", "∗": r"\ast ", "⋆": r"\star ",
    "⊗": r"\otimes ", "∘": r"\circ ", "∞": r"\infty ", "′": "'", "⌊": r"\lfloor ", "⌋": r"\rfloor ",
    "⌈": r"\lceil ", "⌉": r"\rceil ", "√": r"\surd ", "ᵀ": r"^{\top}", "°": r"^{\circ}",
    "½": r"\tfrac{1}{2}", "→": r"\to ", "←": r"\leftarrow ", "∈": r"\in ", "↦": r"\mapsto ",
    "≈": r"\approx ", "±": r"\pm ", "⟨": r"\langle ", "⟩": r"\rangle ", "∇": r"\nabla ",
    "‖": r"\| ", "✓": r"\checkmark ", "✗": r"\times ", "░": r"\square ", "▒": r"\boxtimes ",
    "▓": r"\blacksquare ", "█": r"\blacksquare ",
}  # fmt: skip
_GREEK = {letter: word for word, letter in GREEK.items()}
_ACCENTS = {"\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde"}
#: The same, and others, on letters of words.
_IN_WORDS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u",
    "\u0307": ".", "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d",
    "\u0327": "c", "\u0328": "k", "\u0331": "b",
}  # fmt: skip
#: Letters and signs of Latin scripts that every engine sets (T1, and the signs of TS1).
_LATIN = {
    "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "ø": r"\o{}", "Ø": r"\O{}", "œ": r"\oe{}",
    "Œ": r"\OE{}", "ł": r"\l{}", "Ł": r"\L{}", "đ": r"\dj{}", "Đ": r"\DJ{}", "ð": r"\dh{}",
    "Ð": r"\DH{}", "þ": r"\th{}", "Þ": r"\TH{}", "ı": r"\i{}", "ẞ": "SS", "§": r"\S{}",
    "„": r"\quotedblbase{}", "‚": r"\quotesinglbase{}", "‘": "`", "«": r"\guillemotleft{}",
    "»": r"\guillemotright{}", "‹": r"\guilsinglleft{}", "›": r"\guilsinglright{}", "—": "---",
    "€": r"\texteuro{}", "£": r"\pounds{}", "©": r"\copyright{}", "¿": "?`", "¡": "!`",
    "•": r"\textbullet{}", "\u00a0": "~",
}  # fmt: skip
UP = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-"))
DOWN = {low: sign.replace("−", "-") for sign, low in LOWERED.items()}


def prose(text: str) -> str:
    """Text with LaTeX's own characters escaped and mathematical signs in mathematics mode.

    Letters of other scripts, and pictures, stand in \\otherscript (`other_scripts.py`).
    """
    pieces: list[str] = []
    others: list[str] = []
    letters = _letters(visible(text))
    for k, letter in enumerate(letters):
        beside = (*letters[max(k - 1, 0) : k], *letters[k + 1 : k + 2])
        piece = _set(letter, any(one[0].isalpha() for one in beside))
        if piece is None:
            others.append(letter)
            continue
        if others:
            pieces.append(other_script("".join(others)))
            others = []
        pieces.append(piece)
    return "".join(pieces) + (other_script("".join(others)) if others else "")


def _letters(text: str) -> list[str]:
    """The characters of a text, each with the accents that stand on it."""
    found: list[str] = []
    for character in text:
        for part in character if character in SIGNS else unicodedata.normalize("NFD", character):
            if found and unicodedata.combining(part):
                found[-1] += part
            else:
                found.append(part)
    return found


def _set(letter: str, in_word: bool) -> str | None:
    """A letter with its accents in LaTeX; None for what needs a font of another script."""
    base, *accents = letter
    if base.isascii():
        plain = _ESCAPED.get(base, base)
    elif base in _ESCAPED or base in _LATIN:
        plain = _ESCAPED.get(base) or _LATIN[base]
    else:
        sign = sign_of(base)
        plain = None if sign is None else f"${sign.strip()}$"
    if plain is None or not accents:
        return plain
    if len(accents) > 1:
        return None
    (accent,) = accents
    if accent in _IN_WORDS and (in_word or accent not in _ACCENTS) and base.isascii():
        return rf"\{_IN_WORDS[accent]}{{{plain}}}"
    return rf"$\{_ACCENTS[accent]}{{{plain.strip('$')}}}$" if accent in _ACCENTS else None


def sign_of(character: str) -> str | None:
    """The LaTeX of a mathematical sign; None for an ordinary character."""
    if character in SIGNS:
        return SIGNS[character]
    if character in _GREEK:
        word = _GREEK[character]
        return rf"\{word}" if word not in _UPRIGHT else rf"\mathrm{{{_UPRIGHT[word]}}}"
    if character in UP:
        return f"^{{{UP[character]}}}"
    if character in DOWN:
        return f"_{{{DOWN[character]}}}"
    return None


# Greek letters that LaTeX has no command for.
_UPRIGHT = dict(
    zip(
        "Alpha Beta Epsilon Zeta Eta Iota Kappa Mu Nu Omicron Rho Tau Chi omicron".split(),
        "A B E Z H I K M N O P T X o".split(),
    )
)
