"""Letters of other scripts in LaTeX: set with a font that has them, where an engine knows one.

LuaLaTeX and XeLaTeX take the first of some fonts that the machine has. pdfLaTeX has none: it writes
the code points, and the document compiles all the same.
"""

from __future__ import annotations

import re
import unicodedata

#: Fonts to be tried for each kind of sign, the commonest first.
_FONTS = {
    "han": (
        "Noto Serif CJK SC", "Noto Sans CJK SC", "Source Han Serif SC", "FandolSong-Regular.otf",
        "Songti SC", "SimSun", "HaranoAjiMincho-Regular.otf", "WenQuanYi Micro Hei",
    ),
    "picture": ("Noto Emoji", "Segoe UI Emoji", "Apple Symbols", "Symbola", "DejaVu Sans"),
    "letter": (
        "CMU Serif", "FreeSerif", "DejaVu Serif", "Noto Serif", "Times New Roman",
    ),
}  # fmt: skip
_HAN = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "IDEOGRAPHIC", "BOPOMOFO")
_USED = re.compile(r"\\otherscript\{(\w+)\}")


def other_script(text: str) -> str:
    r"""Signs in \otherscript: their kind, they themselves, and their code points."""
    composed = unicodedata.normalize("NFC", text)
    points = " ".join(f"U+{ord(c):04X}" for c in composed)
    return rf"\otherscript{{{_kind(composed)}}}{{{composed}}}{{{points}}}"


def _kind(text: str) -> str:
    if any(unicodedata.name(c, "").startswith(_HAN) for c in text):
        return "han"
    return "letter" if any(c.isalpha() for c in text) else "picture"


def definitions(body: str) -> str:
    r"""What a preamble needs for the \otherscript of a body; empty where there is none."""
    kinds = sorted(set(_USED.findall(body)))
    if not kinds:
        return ""
    fonts = "\n".join(f"  {_first_font(kind)}%" for kind in kinds)
    return (
        "% pdflatex writes code points for letters that it has no font for; set this file with\n"
        "% lualatex or xelatex to see them.\n"
        "\\ifPDFTeX\n"
        "  \\DeclareRobustCommand{\\otherscript}[3]{[#3]}\n"
        "\\else\n"
        "  \\usepackage{fontspec}\n"
        f"{fonts}\n"
        "  \\DeclareRobustCommand{\\otherscript}[3]{%\n"
        "    \\ifcsname other#1\\endcsname{\\csname other#1\\endcsname #2}\\else[#3]\\fi}\n"
        "\\fi\n"
    )


def _first_font(kind: str) -> str:
    """The family of a kind: the first of its fonts that there is, or none."""
    found = ""
    for font in reversed(_FONTS[kind]):
        family = rf"\newfontfamily\other{kind}{{{font}}}"
        found = rf"\IfFontExistsTF{{{font}}}{{{family}}}{{{found}}}"
    return found
