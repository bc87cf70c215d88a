"""Probabilities of what a sum is over, by brackets: H = −Σ_x p(x) log q(x).

Σ_x p(x) log q(x)                           Σ_x p[x] log q[x]
Σ_{x,y} p(x,y) log(p(x,y)/(p(x) p(y)))      px[x] = Σ_y p[x,y]; py[y] = Σ_x p[x,y], the marginals
Σ_{x,y} p(x,y) log p(y|x)                   p[x,y]/px[x] for p(y|x), where p(x,y) stands, too
"""

from __future__ import annotations

import re

_OVER = re.compile(r"(?:[Σ∑]|\\sum)\s*_(?:\{\s*((?:[a-z]\s*,?\s*)+)\}|([a-z])(?![a-z]))")
_CALL = re.compile(r"(?<![\w\\])([pqrmPQ])\s*\(\s*([a-z](?:\s*[,|]\s*[a-z])*)\s*\)")
#: The probability of a label that a line gives: p(y = 1 | x) = σ(wᵀ x).
_OF_LABEL = re.compile(
    r"((?:^|[;\n])\s*)[pP](_\w+)?\s*\(\s*\w+\s*=\s*\w+\s*(?:(?:\||\\mid)[^()=]*)?\)\s*:?=(?!=)"
)
_LEFT = re.compile(r"(?:^|[;\n])\s*[pqrmPQ]\s*\([^()=]*\)\s*:?=(?!=)")
_BELOW = re.compile(
    r"(?<![\w\\])([pqPQ])_(?:\{([a-z]{2})\}|([a-z]{2})|\{([a-z])\}|([a-z]))(?![\w(\[])"
)
#: What is said of a text whose marginals are sums.
MARGINALS = "p(x) is the marginal of p(x, y): its sum over y."


def with_probabilities(text: str) -> str:
    """A text with brackets for the arguments of p(x), where a sum is over x."""
    text = _with_arguments(_OF_LABEL.sub(r"\1p\2 =", text))
    found = [one or other for one, other in _OVER.findall(text)]
    summed = {i for inside in found for i in re.findall(r"[a-z]", inside)}
    if not summed or _LEFT.search(text):
        return text
    calls = [(n, re.findall(r"[a-z]", at), "|" in at) for n, at in _CALL.findall(text)]
    calls = [call for call in calls if set(call[1]) <= summed]
    joint = {n: at for n, at, given in reversed(calls) if len(at) == 2 and not given}
    lines: dict[str, str] = {}

    def marginal(name: str, letter: str) -> str:
        other = next(i for i in joint[name] if i != letter)
        at = ",".join(joint[name])
        lines[name + letter] = f"{name}{letter}[{letter}] = Σ_{other} {name}[{at}]"
        return f"{name}{letter}[{letter}]"

    def written(match: re.Match[str]) -> str:
        name, letters = match[1], re.findall(r"[a-z]", match[2])
        if not set(letters) <= summed:
            return match[0]
        both = joint.get(name, [])
        if "|" in match[2] and set(letters) == set(both):
            return f"({name}[{','.join(both)}]/{marginal(name, letters[1])})"
        if len(letters) == 1 and letters[0] in both:
            return marginal(name, letters[0])
        at = both if set(letters) == set(both) else letters
        return f"{name}[{','.join(at)}]"

    text = _CALL.sub(written, text)
    return "; ".join([*lines.values(), text])


def _with_arguments(text: str) -> str:
    """p(x, y) for p_xy, where p_x and p_y stand, too."""
    found = _BELOW.findall(text)
    letters = {n: ["".join(at) for m, *at in found if m == n] for n, *_ in found}
    both = {n for n, at in letters.items() if {len(i) for i in at} == {1, 2}}
    both = {
        n
        for n in both
        if {i for at in letters[n] if len(at) == 1 for i in at}
        <= {i for at in letters[n] if len(at) == 2 for i in at}
    }

    def called(match: re.Match[str]) -> str:
        at = "".join(filter(None, match.groups()[1:]))
        return f"{match[1]}({','.join(at)})" if match[1] in both else match[0]

    return _BELOW.sub(called, text)


def note_of_marginals(text: str) -> str:
    """What is said of a text that has some."""
    return MARGINALS if re.search(r"\w[a-z]\[[a-z]\] = Σ_", with_probabilities(text)) else ""
