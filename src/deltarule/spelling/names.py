"""How quantities are spelled: one ASCII name, shown pretty or in LaTeX, typed in many ways.

    canonical            pretty        LaTeX
    Theta2               Θ₂            \\Theta_{2}
    yhat                 ŷ             \\hat{y}
    W_hf                 W_hf          W_{hf}
    dE/dTheta2           ∂E/∂Θ₂        \\frac{\\partial E}{\\partial \\Theta_{2}}
    Theta2 after         Θ₂ after      \\Theta_{2}^{\\text{after}}
    dE_o[0]/dh1[0]       ∂E_o[0]/∂h₁[0]
    direct dxhat/dx      direct ∂x̂/∂x

A plain name is letters and digits, then subscripts after underscores. A letter or Greek letter
may carry hat, bar, tilde, prime, a dot or two; digits at its end are a subscript. `after` marks the
value after the update, `direct` the part of a derivative that goes through one equation alone.
Entries count from 0.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from deltarule.errors import DeltaruleError
from deltarule.expressions.gradient_names import GradientName, gradient_name
from deltarule.spelling.name_parts import ACCENTS, GREEK, HEAD, accent, is_greek, split

_WORDS = {letter: word for word, letter in GREEK.items()} | {
    "ς": "sigma",
    "ϑ": "theta",
    "ϕ": "phi",
    "ϵ": "epsilon",
    "ϱ": "rho",
    "ϖ": "pi",
    "µ": "mu",
}
# LaTeX has no command of its own for the letters that look Latin.
_LATIN_SHAPED = dict(
    zip(
        "Alpha Beta Epsilon Zeta Eta Iota Kappa Mu Nu Omicron Rho Tau Chi omicron".split(),
        "A B E Z H I K M N O P T X o".split(),
    )
)

_COMBINING = {mark: word for word, mark in ACCENTS.items()} | {
    "\u0305": "bar",
    "'": "prime",
    "’": "prime",
}
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789aehijklmnoprstuvx"))
_SUBSCRIPT_DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*", re.ASCII)
_AFTER = re.compile(r"(.+?)(?: +|_)(?:after|new) *((?:\[[^\[\]]*\] *)*)|(?:new|updated) +(.+)")
_DIRECT = re.compile(r"direct +(.+)")
_INDEXED = re.compile(r"([^\[\]]*)((?:\[[^\[\]]*\] *)*)")
_LONGEST = 200
_REMEDY = "names are letters, digits and _, such as Theta2, yhat, W_hf, dE/dTheta2, Theta2 after"


@dataclass(frozen=True)
class Reference:
    """A quantity, or one entry of it: `name` is canonical and holds no indices.

    For a derivative `dA[i]/dB[j]`: of = "A", of_index = (i,), wrt = "B", entry = (j,). It is the
    total derivative, unless it is `direct`.
    """

    name: str
    entry: tuple[int, ...] = ()
    of: str | None = None
    of_index: tuple[int, ...] = ()
    wrt: str | None = None
    direct: bool = False

    @property
    def after(self) -> bool:
        """Is the value after the update meant?"""
        return self.name.endswith(" after")

    @property
    def whole(self) -> bool:
        """Does it name the whole quantity, without any entry?"""
        return not self.entry and not self.of_index

    def __str__(self) -> str:
        core = self.name.removesuffix(" after")
        if self.of is not None:
            of = self.of + _brackets(self.of_index)
            core = str(GradientName(of, str(self.wrt), self.direct))
        return core + _brackets(self.entry) + (" after" if self.after else "")


def canonical(text: str) -> str:
    """The canonical ASCII name of a quantity, however typed; DeltaruleError for anything else."""
    reference = parse_reference(text)
    if not reference.whole:
        raise DeltaruleError(
            f"{text!r} names an entry; the whole quantity is wanted here",
            remedy=f"write {reference.name!r}",
        )
    return reference.name


def name_or_none(text: str, spelled: Callable[[str], str] = canonical) -> str | None:
    """A name in the spelling that is asked for; None for what is no such name."""
    try:
        return spelled(text)
    except DeltaruleError:
        return None


def ascii_name(text: str) -> str:
    """The canonical ASCII name of a tensor: no derivative, no entry, no `after`."""
    parse_reference(text)
    return _plain(text.strip(), text)


@lru_cache(maxsize=1 << 12)
def parse_reference(text: str) -> Reference:
    """Read `Θ₂`, `Theta1[0][2]`, `∂E/∂Θ₂`, `dE_o[0]/dh1[0]`, `Theta2_new`, `s1[0] after` …"""
    if len(text) > _LONGEST:
        raise DeltaruleError(f"a name of {len(text)} characters, {text[:20]!r}…", remedy=_REMEDY)
    core, after = text.strip(), ""
    found = _DIRECT.fullmatch(core)
    if found and "/" in core:
        reference = parse_reference(found[1])
        return replace(reference, name=f"direct {reference.name}", direct=True)
    found = _AFTER.fullmatch(core)
    if found:
        core, after = (found[1] or "") + (found[2] or "") + (found[3] or ""), " after"
    parts = core.split("/")
    if len(parts) == 1:
        name, entry = _indexed(core, text)
        return Reference(name + after, entry)
    if len(parts) > 2:
        raise DeltaruleError(f"{text!r} has more than one /", remedy="write dE/dTheta2")
    of, of_index = _indexed(_differential(parts[0], text), text)
    wrt, entry = _indexed(_differential(parts[1], text), text)
    return Reference(gradient_name(of, wrt) + after, entry, of, of_index, wrt)


@lru_cache(maxsize=1 << 12)
def pretty(text: str) -> str:
    """How the quantity is shown: `Θ₂`, `ŷ`, `∂E_o[0]/∂h₁[0]`, `Θ₂ after`."""
    reference = parse_reference(text)
    core = _pretty_plain(reference.name.removesuffix(" after"))
    if reference.of is not None:
        over = _pretty_plain(reference.of) + _brackets(reference.of_index)
        direct = "direct " if reference.direct else ""
        core = f"{direct}∂{over}/∂{_pretty_plain(str(reference.wrt))}"
    return core + _brackets(reference.entry) + (" after" if reference.after else "")


def latex(text: str) -> str:
    """The quantity in LaTeX (mathematics mode)."""
    reference = parse_reference(text)
    core = reference.name.removesuffix(" after")
    entry = _brackets(reference.entry)
    if reference.of is None:
        shown = _latex_plain(core)
        if reference.after:
            shown = (f"{{{shown}}}" if "'" in shown else shown) + r"^{\text{after}}"
        return shown + entry
    over = _latex_plain(reference.of) + _brackets(reference.of_index)
    shown = rf"\frac{{\partial {over}}}{{\partial {_latex_plain(str(reference.wrt))}{entry}}}"
    if reference.direct:
        shown = rf"\left({shown}\right)_{{\text{{direct}}}}"
    return rf"\left({shown}\right)^{{\text{{after}}}}" if reference.after else shown


def _brackets(index: tuple[int, ...]) -> str:
    return f"[{','.join(map(str, index))}]" if index else ""


def _differential(half: str, whole: str) -> str:
    """`dE` or `∂E` without its d."""
    half = half.strip()
    if half[:1] not in ("d", "∂") or not half[1:].strip():
        raise DeltaruleError(
            f"{whole!r} is not a derivative: {half!r} does not begin with d or ∂",
            remedy="write dE/dTheta2 or ∂E/∂Θ₂; a name itself holds no /",
        )
    return half[1:].strip()


def _indexed(text: str, whole: str) -> tuple[str, tuple[int, ...]]:
    """`Theta1[0][2]` -> ("Theta1", (0, 2))."""
    found = _INDEXED.fullmatch(text.strip())
    if not found:
        raise DeltaruleError(f"the brackets of {whole!r} do not match", remedy="write Theta1[0,2]")
    inner = re.findall(r"\[([^\[\]]*)\]", found[2])
    numbers = [part.strip() for group in inner for part in group.split(",")]
    for number in numbers:
        if not re.fullmatch(r"[0-9]{1,9}", number):
            raise DeltaruleError(
                f"{number!r} in {whole!r} is not an index",
                remedy="entries are counted from 0, such as Theta1[0,2]",
            )
    return _plain(found[1].strip(), whole), tuple(int(number) for number in numbers)


def _plain(text: str, whole: str) -> str:
    """A plain name in any spelling -> ASCII."""
    name, spelled_out = "", False  # was the last character written as a word?
    for character in unicodedata.normalize("NFD", text):
        name, spelled_out = _append(name, character, spelled_out)
    head, *subs = name.split("_")
    if len(subs) == 1 and subs[0].isdigit() and head.isalpha():
        name = head + subs[0]
    if not _PLAIN.fullmatch(name):
        raise DeltaruleError(f"{whole!r} is not a name", remedy=_REMEDY)
    return name


def _append(name: str, character: str, spelled_out: bool) -> tuple[str, bool]:
    """The ASCII so far, with one more character; and whether that one became a word."""
    apart = "_" if name and not name.endswith("_") else ""
    if character in _SUBSCRIPTS:
        digit = _SUBSCRIPTS[character]
        attached = "_" in name or (digit.isdigit() and HEAD.fullmatch(name))
        return name + ("" if attached else apart) + digit, False
    if character in _WORDS:
        return name + apart + _WORDS[character], True
    if character in _COMBINING:
        return _accented(name, _COMBINING[character]), True
    if spelled_out and character.isalpha():
        return name + apart + character, False
    return name + character, False


def _accented(name: str, word: str) -> str:
    """A prime belongs to the head (h₁′ is h′ with subscript 1), a hat to the letter before it."""
    if word in ("dot", "ddot"):  # of a letter alone: ä of a word is a letter of its own
        return name + word if len(name) == 1 or name in GREEK else name + "?"
    if word != "prime":
        return name + word if name[-1:].isalpha() else name + "?"
    head, bar, subs = name.partition("_")
    stem = head.rstrip("0123456789")
    return stem + word + head[len(stem) :] + bar + subs if stem else name + "?"


def _pretty_plain(name: str) -> str:
    stem, digits, subs = split(name)
    shown = [_pretty_plain(s) if is_greek(s) else s for s in subs]
    return "_".join([_pretty_stem(stem) + digits.translate(_SUBSCRIPT_DIGITS), *shown])


def _pretty_stem(stem: str) -> str:
    if stem in GREEK:
        return GREEK[stem]
    found = accent(stem)
    if not found:
        return stem
    return unicodedata.normalize("NFC", _pretty_stem(found[0]) + ACCENTS[found[1]])


def _latex_plain(name: str) -> str:
    stem, digits, subs = split(name)
    shown = [_latex_plain(s) if is_greek(s) else s for s in subs]
    below = ",".join([digits, *shown] if digits else shown)
    return _latex_stem(stem) + (f"_{{{below}}}" if below else "")


def _latex_stem(stem: str) -> str:
    if stem in _LATIN_SHAPED:
        return rf"\mathrm{{{_LATIN_SHAPED[stem]}}}"
    if stem in GREEK:
        return "\\" + stem
    found = accent(stem)
    if found:
        rest, word = found
        return f"{_latex_stem(rest)}'" if word == "prime" else rf"\{word}{{{_latex_stem(rest)}}}"
    return stem if len(stem) == 1 else rf"\mathrm{{{stem}}}"
