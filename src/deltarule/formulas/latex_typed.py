r"""Formulas in LaTeX, as plain ones: \frac{\partial E}{\partial s_2} is ∂E/∂s_2.

Only the commands of these tables are read, by their letters; nothing is run.
"""

from __future__ import annotations

import re

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.spelling.name_parts import GREEK

#: Commands that stand for a sign, a letter or a word.
_SIGNS = {
    "partial": "∂", "cdot": "·", "times": "·", "ast": "·", "odot": "⊙", "circ": "⊙",
    "otimes": "⊗", "sum": "Σ", "prod": "Π", "infty": "∞", "top": "⊤", "intercal": "⊤",
    "prime": "′", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "lt": "<",
    "gt": ">", "ldots": "…", "dots": "…", "cdots": "…", "mid": "|", "vert": "|", "lvert": "|",
    "rvert": "|", "Vert": "‖", "lVert": "‖", "rVert": "‖", "lfloor": "⌊", "rfloor": "⌋",
    "lceil": "⌈", "rceil": "⌉", "lbrack": "[", "rbrack": "]", "varepsilon": "ε", "vartheta": "θ",
    "varphi": "φ", "langle": "⟨", "rangle": "⟩", "bmod": " mod ", "pmod": " mod ",
    "leftarrow": "←", "gets": "←",
}  # fmt: skip
_WORDS = (
    "exp", "log", "ln", "tanh", "cosh", "sinh", "max", "min", "det", "softmax", "sigmoid", "relu",
    "ReLU", "sqrt", "diag", "sin", "cos", "tan", "arcsin", "arccos", "arctan",
)  # fmt: skip
#: Commands of derivatives, which are found here and not read.
_DERIVATIVES = ("nabla", "grad")
#: Commands that say how something looks, with or without braces behind them.
_LOOKS = (
    "left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "bigg", "Bigg", "biggl", "biggr",
    "displaystyle", "textstyle", "limits", "nolimits", "quad", "qquad", "mathrm", "mathbf",
    "mathit", "mathsf", "boldsymbol", "bm", "text", "textrm", "textit", "operatorname",
    "vec", "mathbb", "mathcal", "nonumber", "notag",
)  # fmt: skip
_ACCENTS = {"hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304",
            "tilde": "\u0303", "widetilde": "\u0303"}  # fmt: skip
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?")
_DIFFERENTIAL = re.compile(r"\s*([∂d]|\\partial(?![A-Za-z]))\s*\S")
#: Letters that TOML has made of \b, \f, \n, \r and \t, where a command stands behind them.
_ESCAPED = {"\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t"}
_BEHIND = re.compile(
    r"\x08(?=eta|ar\b|ar\{|oldsymbol|egin|ig|mod|m\{)|\x0c(?=rac|orall)|\n(?=abla|eq\b|e\b|u\b)"
    r"|\r(?=ho|ight|angle|floor|ceil)|\t(?=heta|anh|au\b|imes|ext|op\b|ilde)"
)
_LAYER = re.compile(r"(?<=\w)\^(?:\{\s*[\[(]\s*(\d+)\s*[\])]\s*\}|\[(\d+)\])")
_POWER_FIRST = re.compile(r"\^\w_")
_DEEPEST = 40


def plain_formula(formula: str, place: str) -> str:
    """A formula without LaTeX; itself where there is none. Raises DeltaruleError for what of
    LaTeX is not read."""
    found = _BEHIND.sub(lambda m: "\\" + _ESCAPED[m[0]], formula)
    found = found.strip()
    if found.startswith(("$", "\\(", "\\[")):
        found = re.sub(r"^(?:\$\$?|\\[(\[])|(?:\$\$?|\\[)\]])$", "", found).strip()
    found = _LAYER.sub(lambda m: m[1] or m[2], found)
    if "\\" not in found:
        return found if found != formula.strip() else formula
    return _Reader(found, place).plain()


class _Reader:
    """Reads a text once, from left to right."""

    def __init__(self, text: str, place: str):
        self.text, self.place, self.at, self.depth = text, place, 0, 0

    def plain(self, until: str = "") -> str:
        """What stands before a closing brace, or all."""
        parts: list[str] = []
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self._error("a formula that is nested too deeply", "write it in parts")
        while self.at < len(self.text):
            sign = self.text[self.at]
            if sign == until:
                break
            if sign == "\\":
                before, letters = "".join(parts[-1:])[-1:], self._command()
                # \log\hat{y} is log ŷ and x\hat{y} x times ŷ, no names of their own; dθ is one.
                apart = before.isalpha() and before != "d" and letters[:1].isalpha()
                parts.append(f" {letters}" if apart else letters)
            elif self.text[self.at : self.at + 2] in ("^{", "_{", "^\\") or _POWER_FIRST.match(
                self.text, self.at
            ):
                self.at += 1
                parts.append(self._raised(sign, self._group()))
                if sign == "^" and self._behind("_"):  # σ^2_B is σ_B^2
                    self.at += 1
                    parts.insert(-1, f"_{{{self._group().strip()}}}")
            elif sign == "{":
                inner = self._group()
                parts.append("," if inner == "," else f"{{{inner}}}")
            elif sign in "&~":
                self.at += 1
                parts.append(" ")
            else:
                self.at += 1
                parts.append(sign)
        self.depth -= 1
        return "".join(parts)

    def _behind(self, sign: str) -> bool:
        """Whether a sign stands next, blanks aside."""
        while self.text[self.at : self.at + 1] == " ":
            self.at += 1
        return self.text[self.at : self.at + 1] == sign

    def _raised(self, sign: str, inner: str) -> str:
        """^{T} as ᵀ, ^{2} as ^{2}, _{n} as it is; ′ stands where it is."""
        plain = inner.strip()
        if sign == "^" and plain in ("T", "⊤"):
            return "^T "  # a blank parts it from a letter behind it
        named = re.fullmatch(r"\(\s*(\w+)\s*\)|\[\s*(\w+)\s*\]", plain) if sign == "^" else None
        if named:  # of a layer, or of an example
            inside = named[1] or named[2]
            return inside if inside.isdecimal() else f"_{{{inside}}}"
        if sign == "^" and plain and not plain.strip("′'"):
            return plain
        return f"{sign}{{{plain}}}"

    def _group(self) -> str:
        """What stands in the braces that open here; one sign or command where none do."""
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1
        if self.text[self.at : self.at + 1] == "\\":
            return self._command()
        if self.text[self.at : self.at + 1] != "{":
            self.at += 1
            return self.text[self.at - 1 : self.at]
        self.at += 1
        inner = self.plain("}")
        if self.at >= len(self.text):
            raise self._error("a brace { is not closed", "write } behind what it holds")
        self.at += 1
        return inner

    def _command(self) -> str:
        found = _COMMAND.match(self.text, self.at)
        if found is None:
            sign = self.text[self.at + 1 : self.at + 2]
            self.at += 2
            return {"|": "‖", "{": "(", "}": ")", "_": "_", "'": "′"}.get(sign, " ")
        name, start = found[1], self.at
        self.at = found.end()
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            return self._fraction()
        if name == "sqrt":
            return f"√({self._group()})"
        if name in _ACCENTS:
            return self._accented(self._group(), _ACCENTS[name])
        if name in ("top", "intercal", "prime"):
            return _SIGNS[name]
        if name in _LOOKS:
            return self._look(name)
        if name in _SIGNS:
            # A blank parts it from a word behind it; a differential stands at its quantity.
            return _SIGNS[name] if name == "partial" else self._apart(_SIGNS[name])
        if name in GREEK:
            return GREEK[name]
        if name in _WORDS:
            return f" {name}"
        self.at = start
        if name in _DERIVATIVES:
            raise self._error(
                f"\\{name} is a gradient, and gradients are derived of what is written",
                "write the forward equations alone, as in L = ½‖y − W x‖²",
            )
        near = did_you_mean(name, (*_WORDS, "frac", "sum", "prod", *GREEK))
        remedy = near or "write it as a name, such as W, or in plain signs: (a)/(b)"
        raise self._error(f"\\{name} is not read", remedy.replace("'", "'\\", 1))

    def _apart(self, sign: str) -> str:
        return sign if sign in ("Σ", "Π") else f" {sign} "

    def _look(self, name: str) -> str:
        """What a command is around, as it is: \\mathrm{net}, \\left(; \\mathbb{1}[…] is […]."""
        if name in ("left", "right") and self.text[self.at : self.at + 1] == ".":
            self.at += 1
            return ""
        if self.text[self.at : self.at + 1] != "{":
            return " " if name in ("quad", "qquad") else ""
        inner = self._group()
        if name == "mathbb" and inner.strip() == "1":
            return " 1"
        return f" {inner} " if name == "operatorname" else inner

    def _fraction(self) -> str:
        top_at = self.at
        top = self._group()
        between = self.text[top_at : self.at]
        bottom = self._group()
        raw = between.strip().lstrip("{")
        if _DIFFERENTIAL.match(raw) and re.match(r"\s*[∂d]", bottom):
            return f" {_tight(top)}/{_tight(bottom)} "
        return f"(({top})/({bottom}))"

    def _accented(self, inner: str, mark: str) -> str:
        letter = inner.strip()
        return letter[:1] + mark + letter[1:]

    def _error(self, fact: str, remedy: str) -> DeltaruleError:
        shown = shortened(self.text)
        return DeltaruleError(fact, f"{self.place}, character {self.at + 1} of {shown!r}", remedy)


def _tight(differential: str) -> str:
    """∂ E as ∂E."""
    return re.sub(r"^\s*([∂d])\s+", r"\1", differential.strip())
