"""Entries in their order, the smallest first: y = sort(x), L = Σ_i (sort(x)_i − sort(y)_i)².

    sort(x)       x_rank[i] = how many entries come before x[i], of equal ones those that stand
                  before it; x_sorted[n] = Σ_i [x_rank[i] = n]·x[i]

The ranks are selections, through which no gradient goes; that by the sorted entries goes back to
where each of them stands.
"""

from __future__ import annotations

import re

from deltarule.typed.lecture_notation.nesting import closed

_CALL = re.compile(
    r"(?<![\w.\\])(?:(?:np|numpy|torch|jnp)\.)?sort\(|\\(?:operatorname|mathrm|text)\s*\{\s*sort\s*\}\s*"
    r"(?:\\left\s*)?\("
)
_NAME = re.compile(r"\s*([^\W\d_][\u0300-\u036f]*\d?)\s*")
_AT = re.compile(r"\s*(?:_([a-z])(?!\w)|_\{\s*([a-z])\s*\}|\[\s*([a-z])\s*\])")
#: What is said of such a text.
SORTED = "sort( ) puts the smallest entry first; of equal ones the first comes first."


def with_sorted_values(text: str) -> str:
    """A text with lines for them."""
    lines: dict[str, str] = {}
    at = 0
    while match := _CALL.search(text, at):
        at = match.end()
        end = closed(text, match.end() - 1)
        inside = re.sub(r"\\right\s*$", "", text[match.end() : end - 1]) if end else ""
        plain = _NAME.fullmatch(inside)
        if plain is None:
            continue
        name = plain[1]
        lines[name] = _line(name, text)
        entry = _AT.match(text, end)
        end = entry.end() if entry else end
        index = f"[{next(filter(None, entry.groups()))}]" if entry else ""
        text = f"{text[: match.start()]} {name}_sorted{index} {text[end:]}"
    return "; ".join([*lines.values(), text])


def note_of_sorted_values(text: str) -> str:
    """What is said of a text that has some."""
    return SORTED if with_sorted_values(text) != text else ""


def _line(name: str, text: str) -> str:
    """The lines of the ranks and of the entries at them, as many as there are."""
    i, j, n = [c for c in "ijnmklrst" if not re.search(rf"(?<![A-Za-z]){c}(?![A-Za-z])", text)][:3]
    before = f"Σ_{j} [{name}[{j}] < {name}[{i}]] + Σ_{j} [{j} < {i}]·[{name}[{j}] = {name}[{i}]]"
    chosen = f"Σ_{i} ([{name}_rank[{i}] = {n}]·{name}[{i}]) + 0·{name}[{n}]"
    return f"{name}_rank[{i}] = {before}; {name}_sorted[{n}] = {chosen}"
