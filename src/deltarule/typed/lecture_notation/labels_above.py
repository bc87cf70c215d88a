r"""Labels above a name, which are no powers: x_i^{\text{s}}, y^w_n − y^l_n, f_i^*.

x_i^{\text{s}}, x^{\mathrm{s}}_i      x_s[i]
ℓ_n^{old}, π^{ref}_{i,t}, y_n^old      ell_old[n]: words of three letters and more
y^w_n − y^l_n, z_i^{l} − z_i^{r}      y_w[n] − y_l[n]: two letters above one name, which are
                                      nothing else in the text
W^Q, W^h h + W^x x                    W_Q, W_h h + W_x x
f_i^{*}, y^*_i, y_i^\star             f_star[i]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Container

from deltarule.spelling.name_parts import GREEK
from deltarule.typed.lecture_notation.signs_of_sums import SUM_SIGN

_STEM = (
    r"(?<![\w\\^])(?<![_^]\{)(?:\\(?:mathbf|boldsymbol|bm|vec)\{(?P<bold>\\?[A-Za-z]+)\}"
    r"|(?P<name>\\(?!sum|prod|max|min|log|ln|exp|int|lim|frac|right|left)[A-Za-z]+"
    r"|(?!e(?:_|\^))[^\W\d_Σ∑Π∏][\u0300-\u036f]*))"
)
_UNDER = r"_(?:\{(?P<%s>[^{}]*)\}|(?P<%s>[a-z]{1,3}|[A-Z0-9]))"
_TEXT = (
    r"\^\s*\{?\s*\\(?:text|textrm|textit|mathrm|mathsf)\s*"
    r"\{\s*(?P<label>(?!(?:T|H|th)\s*\})[A-Za-z]\w*)\s*\}\s*\}?"
)
_CAPITALS = r"\^\s*\{\s*(?P<label>[A-Z]{2,6})\s*\}"
_STAR = r"\^\s*\{?\s*(?:\*|∗|⋆|\\(?:star|ast)(?![A-Za-z]))(?P<label>)\s*\}?"
_LETTERS = r"\^(?:\{\s*(?P<label>[A-SU-Za-z][a-z]*)\s*\}|(?P<letter>[A-SU-Za-z])(?![A-Za-z0-9]))"
_WORDS = (
    r"\^(?:\{\s*(?P<label>[A-Za-z]{3,})\s*\}"
    r"|(?P<letter>old|new|ref|prev|pred|true|target)(?![A-Za-z0-9]))"
)
#: Letters that exponents are.
_EXPONENTS = frozenset("pqkmn")
#: Capitals of exponents: how often, and the sign of a matrix turned, X^H.
_SIZES = ("H", "N", "K", "M")
_RUNNING = re.compile(
    rf"(?:{SUM_SIGN}\s*|(?:^|[;\n])\s*\\?[^\W\d_][^\W_]*(?:\^\{{?[^=;\n]{{1,9}})?(?=_[^=;\n]*=(?!=)))"
    r"_(?:([a-z])|\{([^{}]*)\})"
)


def _on_names(label: str) -> re.Pattern[str]:
    """A name with what stands above it, and below it before or behind that."""
    return re.compile(
        f"{_STEM}(?:{_UNDER % ('first', 'one')})?\\s?{label}(?:{_UNDER % ('second', 'two')})?"
    )


_OF_TEXT, _OF_CAPITALS, _OF_STARS, _OF_LETTERS, _OF_WORDS = map(
    _on_names, (_TEXT, _CAPITALS, _STAR, _LETTERS, _WORDS)
)


def with_labels_in_names(text: str) -> str:
    """A text with such labels in the names."""
    if "^" not in text:
        return text
    running = {i for m in _RUNNING.finditer(text) for i in re.findall(r"[a-z]", m[1] or m[2])}
    text = _OF_TEXT.sub(lambda m: _named(m, running), text)
    text = _OF_CAPITALS.sub(lambda m: _named(m, running), text)
    text = _OF_STARS.sub(
        lambda m: _named(m, running) if _is_entry(_below(m), running) else m[0], text
    )
    text = _OF_WORDS.sub(lambda m: _named(m, running) if _is_word(m, running) else m[0], text)
    apart = _of_two(text, running)
    return _OF_LETTERS.sub(lambda m: _named(m, running) if apart(m) else m[0], text)


def _is_word(match: re.Match[str], running: Collection[str]) -> bool:
    """Whether what stands above a name is a word: no letter's, no product, and nowhere else."""
    word = match["label"] or match["letter"]
    elsewhere = re.search(rf"(?<![A-Za-z\\^_])(?<!\^\{{){word}(?![A-Za-z])", match.string)
    alone = {*re.findall(r"(?<![^\W\d_])[A-Za-z](?![^\W\d_])", match.string)}
    return not elsewhere and word not in GREEK and not {*word} <= alone | {*running}


def _of_two(text: str, running: Container[str]) -> Callable[[re.Match[str]], bool]:
    """Whether a letter above a name is a label: another one is, too, and neither is anything."""
    elsewhere = _OF_LETTERS.sub(lambda m: f" {m['one'] or m['first'] or ''} {_below(m)} ", text)
    above: dict[tuple[str, str], set[str]] = {}
    every: dict[tuple[str, str], set[str]] = {}
    for match in _OF_LETTERS.finditer(text):
        label = match["label"] or match["letter"]
        known = re.search(rf"(?<![A-Za-z\\]){label}(?![A-Za-z])", elsewhere)
        indices = all(i in running for i in label)
        if not indices:
            every.setdefault((_stem(match), _below(match)), set()).add(label)
        if not known and not indices and label not in _EXPONENTS:
            above.setdefault((_stem(match), _below(match)), set()).add(label)
    weights = _of_weights(text)
    all_weights = set().union(*weights.values())
    for stem, labels in weights.items():
        above[stem, ""] = above.get((stem, ""), set()) | labels
    for name, labels in above.items():
        if "l" in labels:  # which would be a layer's number, and vanish
            labels |= every[name]

    def apart(match: re.Match[str]) -> bool:
        labels = above.get((_stem(match), _below(match)), set())
        plain = _below(match) or "l" in labels  # x^a − x^b may well be powers of a number
        own = (match["label"] or match["letter"]) in labels
        bias = not _below(match) and (match["label"] or match["letter"]) in all_weights
        return bias or (own and bool(plain) and len(labels) > 1)

    return apart


def _of_weights(text: str) -> dict[str, set[str]]:
    """The letters above capitals that say which weights: W^Q, and W^h beside W^x. A^n and A^T are
    a power and a transpose, and X^H turned, too."""
    every: dict[str, set[str]] = {}
    for match in _OF_LETTERS.finditer(text):
        if _stem(match).isupper() and not _below(match):
            every.setdefault(_stem(match), set()).add(match["label"] or match["letter"])
    found = {}
    for stem, labels in every.items():
        small = {i for i in labels if i.islower()}
        several = len(labels) > 1 and (small - _EXPONENTS or small <= {"q", "k", "v"})
        large = {i for i in labels if i.isupper() and (i not in _SIZES or len(labels) > 1)}
        others = set().union(*(every[other] for other in every if other != stem))
        found[stem] = labels if several else large | (small & others - _EXPONENTS)
    return {stem: labels for stem, labels in found.items() if labels}


def _stem(match: re.Match[str]) -> str:
    return (match["bold"] or match["name"]).removeprefix("\\")


def _below(match: re.Match[str]) -> str:
    found = (match["first"], match["one"], match["second"], match["two"])
    return next((f.strip() for f in found if f), "")


def _is_entry(below: str, running: Container[str]) -> bool:
    letters = re.findall(r"[a-z]", below)
    return bool(letters) and all(i in running for i in letters)


def _named(match: re.Match[str], running: Container[str]) -> str:
    """x_s[i]; of what is no index, x_s_1."""
    label = match["label"] or match.groupdict().get("letter") or "star"
    below, name = _below(match), f"{_stem(match)}_{label}"
    if not _is_entry(below, running):
        factor = "·" if re.match(r"\s*\(", match.string[match.end() :]) else ""
        return f"{name}_{below} {factor}" if below else f"{name} {factor}"
    if re.fullmatch(r"[a-z]{2,4}", below):
        below = ",".join(below)
    return f"{name}[{below}] "
