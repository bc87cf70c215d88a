"""Sentences with mathematical signs in them, as LaTeX text that any engine sets."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from deltarule.spelling.name_parts import GREEK
from deltarule.spelling.visible import visible

_ESCAPED = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": "$<$", ">": "$>$", "|": r"$\mid$",
    "“": "``", "”": "''", "’": "'", "–": "--", "…": r"\ldots{}",
}  # fmt: skip
_SIGNS = {
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
_UP = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-"))
_DOWN = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-"))


def prose(text: str) -> str:
    """Text with LaTeX's own characters escaped and mathematical signs in mathematics mode."""
    pieces: list[str] = []
    for character in _apart(visible(text)):
        if character in _ACCENTS and pieces:
            pieces[-1:] = [rf"$\{_ACCENTS[character]}{{{pieces[-1].strip('$')}}}$"]
        elif character in _ESCAPED:
            pieces.append(_ESCAPED[character])
        elif (sign := sign_of(character)) is not None:
            pieces.append(f"${sign.strip()}$")
        elif character not in _ACCENTS:
            pieces.append(character)
    return "".join(pieces)


def _apart(text: str) -> Iterator[str]:
    """The characters of a text, accented letters as a letter and its accent."""
    for character in text:
        yield from character if character in _SIGNS else unicodedata.normalize("NFD", character)


def sign_of(character: str) -> str | None:
    """The LaTeX of a mathematical sign; None for an ordinary character."""
    if character in _SIGNS:
        return _SIGNS[character]
    if character in _GREEK:
        word = _GREEK[character]
        return rf"\{word}" if word not in _UPRIGHT else rf"\mathrm{{{_UPRIGHT[word]}}}"
    if character in _UP:
        return f"^{{{_UP[character]}}}"
    if character in _DOWN:
        return f"_{{{_DOWN[character]}}}"
    return None


# Greek letters that LaTeX has no command for.
_UPRIGHT = dict(
    zip(
        "Alpha Beta Epsilon Zeta Eta Iota Kappa Mu Nu Omicron Rho Tau Chi omicron".split(),
        "A B E Z H I K M N O P T X o".split(),
    )
)
