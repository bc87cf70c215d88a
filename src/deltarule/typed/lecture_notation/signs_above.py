r"""Signs above a name that are labels: Q^-_{i,a} of a target network beside Q_i, s_i^+ and s_i^-.

    Q^{-}_{i,a'}, Q⁻_{i,a}           Q_minus_{i,a}
    θ^-, \theta^{-}, P⁻, x̂⁻         θ_minus: what is held fixed, what was known before
    d^+ − d^-                        d_plus − d_minus, where both signs stand above one name

Left of = x⁺ is the next state (rates_of_change.py). Another one without anything below may be the
positive part, and A⁺ the pseudoinverse, and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from deltarule.arithmetic.printed import shortened
from deltarule.errors import DeltaruleError
from deltarule.spelling.names import pretty

_NAME = (
    r"(?<![\w\\^])(?P<name>\\(?!sum|prod|max|min|log|ln|exp|int|lim|frac|right|left|sqrt|in)[A-Za-z]+"
    r"|(?!e(?:_|\^))[^\W\d_Σ∑Π∏][\u0300-\u036f]*)"
)
_BELOW = r"_(?:\{[^{}]*\}|[A-Za-z0-9]{1,3}(?![A-Za-z0-9]))"
_SIGN = (
    r"\s?(?:(?P<raised>[⁺⁻])(?![⁰¹²³⁴-⁹])|\^\s*\{\s*(?P<braced>[-−–+])\s*\}"
    r"|\^(?P<plain>[-−–+])(?!(?![(]\s*s)[(\\{½√]|[^\W_]|\s*[\d\\]))"
)
_SIGNED = re.compile(rf"{_NAME}(?P<before>{_BELOW})?{_SIGN}(?P<behind>{_BELOW})?")
#: What a line gives, which is no label: x⁺ = A x + B u.
_NEXT = re.compile(r"(?:^|[;\n])\s*([^\W\d]\w*)\s*(?:⁺|\^\{?\+\}?)\s*:?=(?!=)")
#: What is said of such a text.
SIGNED = "{0} is a quantity of its own here."


def with_signs_in_names(text: str) -> str:
    """A text with words for those signs in the names."""
    if not re.search(r"[⁺⁻]|\^\s*\{?\s*[-−–+]", text):
        return text
    above: dict[str, set[str]] = {}
    following = set(_NEXT.findall(text))
    for match in _SIGNED.finditer(text):
        above.setdefault(match["name"], set()).add(_word(match))

    def named(match: re.Match[str]) -> str:
        name, below = match["name"], match["behind"] or match["before"] or ""
        both = len(above[name]) > 1
        if name in following or (match["before"] and match["behind"]):
            return match[0]
        if not (below or both or _word(match) == "minus"):
            raise _may_be_part(match)
        called = "" if match.string[match.end() :].lstrip()[:1] == "(" else " "
        return f"{name.removeprefix(chr(92))}_{_word(match)}{_apart(below)}{called}"

    return _SIGNED.sub(named, text)


def note_of_signs(text: str, names: Iterable[str]) -> str:
    """What is said of a text whose quantities have such `names`."""
    signs = {"_minus": "⁻", "_plus": "⁺"}
    found = [
        f"{pretty(n[: -len(word)])}{sign}"
        for n in names
        for word, sign in signs.items()
        if n.endswith(word) and word not in text
    ]
    if len(found) < 2:
        return SIGNED.format(*found) if found else ""
    return f"{', '.join(found[:-1])} and {found[-1]} are quantities of their own here."


def _may_be_part(match: re.Match[str]) -> DeltaruleError:
    """What is said of x⁺ alone, and of A⁺."""
    name = match["name"].removeprefix(chr(92))
    line = re.split(r"[;\n]", match.string[: match.start()])[-1]
    line += re.split(r"[;\n]", match.string[match.start() :])[0]
    kind, remedy = "the positive part", f"max({name}, 0)"
    if name.isupper():
        kind, remedy = "the pseudoinverse", f"({name}ᵀ {name})⁻¹ {name}ᵀ"
    return DeltaruleError(
        f"{name}⁺ may be {kind}, or a name of its own",
        f"the formula {shortened(line.strip())}",
        f"write {remedy} for the former, {name}_plus for the latter",
    )


def _word(match: re.Match[str]) -> str:
    sign = match["raised"] or match["braced"] or match["plain"]
    return "plus" if sign in "⁺+" else "minus"


def _apart(below: str) -> str:
    """What stands below, as indices in brackets."""
    inside = below.removeprefix("_").strip("{}").strip()
    if not inside or not re.fullmatch(r"[a-z]['′]*(?:\s*[,+-]\s*\w+['′]*)*|[a-z]{2,3}", inside):
        return below
    return f"[{','.join(inside) if re.fullmatch(r'[a-z]{2,3}', inside) else inside}]"
