r"""Sums over sets, by arrays of 1 and 0 that say what is in them.

Σ_{i∈S} x_i                     Σ_i S[i]·x_i
Σ_{(i,j)∈E}, \sum_{(i,j) \in E}  Σ_{i,j} E[i,j]·
Σ_{j∈R_i}, Σ_{j∈R(t_i)}         Σ_j R[i,j]·
Σ_{⟨i,j⟩} s_i s_j               Σ_{i<j} adj[i,j]·s_i s_j, each pair of neighbours once
|S|                             Σ_i S[i]

A set whose letter a line gives is called set_E. Neighbours, j ∈ N(i), are in
states_and_neighbours.py.
"""

from __future__ import annotations

import re
from collections.abc import Container

from deltarule.typed.lecture_notation.signs_of_sums import SIGMA

_SUM = rf"({SIGMA})\s*_\s*"
_IN = r"\s*(?:∈|\\in(?![A-Za-z]))\s*"
_SET = r"(?:\\(?:mathcal|mathbb)\s*\{\s*([A-Z])\s*\}|([A-Z]))"
_OF = r"(?:_\{?\s*([a-z])\s*\}?|\(\s*(?:[a-z]_)?\{?([a-z])\}?\s*\))?"
_PAIRS = re.compile(rf"{_SUM}\{{\s*\(\s*([a-z])\s*,\s*([a-z])\s*\)\s*{_IN}{_SET}\s*\}}")
_ONE = re.compile(
    rf"{_SUM}\{{\s*([a-z])\s*{_IN}(?!N(?![A-Za-z])|𝒩|\\mathcal\{{N\}}){_SET}{_OF}\s*\}}"
)
_BONDS = re.compile(
    rf"{_SUM}\{{?\s*(?:⟨|\\langle|<)\s*([a-z])\s*,?\s*([a-z])\s*(?:⟩|\\rangle|>)\s*\}}?"
)


def with_sets_as_arrays(text: str) -> str:
    """A text without sums over sets."""
    found: dict[str, str] = {}

    def pairs(match: re.Match[str]) -> str:
        name = _called(match[4] or match[5], text)
        return f"{match[1]}_{{{match[2]},{match[3]}}} {name}[{match[2]},{match[3]}]·"

    def one(match: re.Match[str]) -> str:
        letter, of = match[3] or match[4], match[5] or match[6]
        name = _called(letter, text)
        at = f"{of},{match[2]}" if of and of != match[2] else match[2]
        if at == match[2]:
            found[letter] = f"(Σ_{match[2]} {name}[{match[2]}])"
        return f"{match[1]}_{match[2]} {name}[{at}]·"

    bonds = _BONDS.sub(r"\1_{\2<\3} adj[\2,\3]·", text)
    text = _ONE.sub(one, _PAIRS.sub(pairs, bonds))
    for letter, count in found.items():
        text = re.sub(rf"\|\s*(?:\\mathcal\s*\{{\s*{letter}\s*\}}|{letter})\s*\|", count, text)
    return text


def note_of_sets(text: str, tensors: Container[str]) -> str:
    """What is said of a text that sums over sets."""
    names = [f"{m[4] or m[5]}[{m[2]}, {m[3]}]" for m in _PAIRS.finditer(text)]
    for m in _ONE.finditer(text):
        at = [i for i in dict.fromkeys((m[5] or m[6], m[2])) if i]
        names.append(f"{m[3] or m[4]}[{', '.join(at)}]")
    bonds = [f"adj[{m[2]}, {m[3]}]" for m in _BONDS.finditer(text)]
    called = [_called(n[0], text) + n[1:] for n in names] + bonds
    known = [n for n in dict.fromkeys(called) if n.partition("[")[0] in tensors]
    return " ".join(f"{n} is 1 for what the sum is over, else 0." for n in known)


def _called(letter: str, text: str) -> str:
    """The name of a set's array; another one where a line gives the letter."""
    given = re.search(rf"(?:^|[;\n])\s*{letter}\s*(?:\([^=;\n]*\))?\s*=(?!=)", text)
    return f"set_{letter}" if given else letter
