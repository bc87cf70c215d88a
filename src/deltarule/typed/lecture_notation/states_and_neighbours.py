"""Functions of states that are only names, primed indices and neighbours, by brackets and letters.

V(s) = Σ_a π(a|s)·r(s, a)      V[s] = Σ_a π[a, s]·r[s, a]
Q(s, a) ← Q(s, a) + α (…)      Q' = Q[state, action] + …, the new entry at one state and action
Q_{s′,a′} − Q_{s,a}            Q(s′, a′) − Q(s, a), where a next state stands below a name
\\pi_\\theta(a|s)               π_θ(a|s); of \\pi_{\\theta_{\\text{old}}} it is π_old
Σ_{c′} exp(z[n, c′])           Σ_j exp(z[n, j]), with a letter that the text has not
Σ_{j ∈ N(i)} a_ij x_j          Σ_j adj[i, j]·a_ij x_j; |N(i)| is Σ_j adj[i, j]
"""

from __future__ import annotations

import re

from deltarule.spelling.name_parts import GREEK

_PRIME = "['′’]"
_PRIMED = re.compile(
    rf"(?:[Σ∑]|\\(?:sum|max)|\b(?:Sum|max|Max))\s*(?:_\s*\{{?|\[)\s*([a-z])\s*{_PRIME}\s*[\]}}]?"
)
#: Letters of indices, as they are given to one with a prime.
_FRESH = "jkluvqpgo"
_STATE = rf"[sab](?:_\w|_\{{[^{{}}]*\}}|{_PRIME})?"
_ARGUMENT = rf"(?:{_STATE}|state(?:_next)?|action(?:_next)?)"
_OF_STATES = re.compile(
    rf"(?<![\w\\])([VQrRPπpAbdμ]|pi|mu)(_\w+|\w?)"
    rf"\(\s*({_ARGUMENT}(?:\s*[,|;]\s*{_ARGUMENT})*)\s*\)(\s*(?=\())?"
)
#: Names of tables in LaTeX, with the letter of their weights below.
_WEIGHTS = re.compile(r"(?<=[πVQ])_\{?\s*\\(theta|phi|psi|omega)\s*\}?(?=\s*\()")
_TARGETS = re.compile(
    r"(?<=[πVQ])_\{\s*\\(?:theta|phi|psi|omega)\s*(?:\^\s*\{?\s*[-−]\s*\}?|\'|\^\\prime)\s*\}(?=\s*\()"
)
#: Those of other weights: of the policy before, and of a target network.
_OTHER = re.compile(r"(?<=[πVQ])_\{[^()]*?(old|ref|bar|tilde|target)(?![a-z])[^()]*?\}+(?=\s*\()")
_BELOW = re.compile(rf"(?<![\w\\])([VQ]\w?)_\{{\s*(s{_PRIME}?(?:\s*,\s*a{_PRIME}?)?)\s*\}}")
_TABLES = re.compile(
    r"(?<![\w\\])[VQ](?:\w?|_\\?\w+|_\{[^(){};\n]*\})\(\s*s|\(\s*a(?:_\w+|_\{[^{}]*\})?\s*\|\s*s|\br\(\s*s"
)
#: What sums, means and maxima are over, and functions of states that a line gives.
_BOUND = re.compile(
    rf"(?:[Σ∑E𝔼]|\\sum|\\?max|\\?min|Sum|Max|Mean|argmax)\s*(?:_\s*\{{?|\[)\s*([a-z]{_PRIME}?)"
)
#: The entry at one state that a step of learning changes: Q(s, a) ← Q(s, a) + α (…).
_UPDATED = re.compile(
    rf"((?:^|[;\n])\s*)([VQ]\w?){_PRIME}?\(\s*(s(?:\s*,\s*a)?)\s*\){_PRIME}?\s*"
    r"(?:←|\\leftarrow(?![A-Za-z])|\\gets(?![A-Za-z])|:?=(?!=))([^;\n]*)"
)
_LEFT = re.compile(rf"(?:^|[;\n])\s*[^\W\d]\w*\(\s*{_STATE}[^()=]*\)\s*:?=(?!=)")
#: One state and one action, and those that come next.
_LABELS = {"s": "state", "a": "action", "s'": "state_next", "a'": "action_next"}
_NEIGHBOURS = r"(?:N|𝒩|\\mathcal\{N\})\s*(?:\(\s*([a-z])\s*\)|_([a-z]))"
_OVER = re.compile(rf"([Σ∑]|\\sum)\s*_\s*\{{\s*([a-z])\s*(?:∈|\\in\b)\s*{_NEIGHBOURS}\s*\}}")
_HOW_MANY = re.compile(rf"\|\s*{_NEIGHBOURS}\s*\|")
#: What is said of a text that names neighbours.
NEIGHBOURS = "adj[i, j] is 1 where j is a neighbour of i, j ∈ N(i), else 0."


def with_brackets_for_states(text: str) -> str:
    """A text in which these are written with brackets and plain letters."""
    if _TABLES.search(text):
        text = _UPDATED.sub(_new_entry, text)
        text = _OF_STATES.sub(_subscripted, _with_labels(text))
    for letter in dict.fromkeys(_PRIMED.findall(text)):
        fresh = _free(text)
        text = re.sub(rf"(?<![^\W_]){letter}\s*{_PRIME}(?!{_PRIME}|\w)", fresh, text)
    text = _OVER.sub(lambda m: f"{m[1]}_{m[2]} adj[{m[3] or m[4]},{m[2]}]·", text)
    return _HOW_MANY.sub(lambda m: _count(m[1] or m[2], text), text)


def with_plain_tables(text: str) -> str:
    """A text with tables of states in plain letters and parentheses."""
    if "\\" in text and _TABLES.search(text):
        text = _OTHER.sub(r"_\1", re.sub(r"\\pi(?![A-Za-z])", " π", text))
        text = _TARGETS.sub("_minus", text)
        text = _WEIGHTS.sub(lambda m: f"_{GREEK[m[1]]}", text)
    next_state = any(re.search(_PRIME, m[2]) for m in _BELOW.finditer(text))
    return _BELOW.sub(r"\1(\2)", text) if next_state else text


def _new_entry(match: re.Match[str]) -> str:
    """The left side of one entry's update, which the right side reads: a number of its own."""
    start, name, old, right = match.groups()
    reads = re.search(rf"(?<!\w){name}\(\s*{re.escape(old)}\s*\)", right)
    return f"{start}{name}' = {right}" if reads else match[0]


def _with_labels(text: str) -> str:
    """The text with words for states and actions of which there is one: L = (r − Q(s, a))²."""
    bound = {m.replace("’", "'").replace("′", "'") for m in _BOUND.findall(text)}
    if {"s", "a"} & bound or _LEFT.search(text):
        return text

    def labelled(match: re.Match[str]) -> str:
        parts = re.findall(r"[^,|;\s]+|[,|;]", match[3])
        words = [p if p in bound else _LABELS.get(re.sub(_PRIME, "'", p), p) for p in parts]
        return match[0].replace(match[3], " ".join(words))

    return _OF_STATES.sub(labelled, text)


def _subscripted(match: re.Match[str]) -> str:
    at = re.sub(r"\s*[,|;]\s*", ",", match[3].strip())
    return f"{match[1]}{match[2]}[{at}]" + ("" if match[4] is None else "·")


def _free(text: str) -> str:
    """A letter for an index that a text has not."""
    used = set(re.findall(r"[a-z]", text))
    return next((c for c in _FRESH if c not in used), "j")


def _count(row: str, text: str) -> str:
    letter = _free(text)
    return f"(Σ_{letter} adj[{row},{letter}])"
