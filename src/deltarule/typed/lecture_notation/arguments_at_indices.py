r"""Arguments that are indices: y(t) = Σ_τ w(τ) x(t − τ) as y[t] = Σ_τ w[τ] x[t − τ].

    y(n) = Σ_k h(k) x(n − k), (x * w)(t) = Σ_a x(a) w(t − a)

So it is where a sum is over a letter in such parentheses, and all of them hold letters of sums and
of the left side, and numbers, alone.
"""

from __future__ import annotations

import re

from deltarule.typed.lecture_notation.signs_of_sums import SUM_SIGN

_LETTER = r"(?:[a-z]|τ|\\tau(?![A-Za-z]))"
_LEFT = re.compile(
    rf"^\s*(?:\(\s*[^\W\d_]\s*(?:\*|∗|⋆|\\ast|\\star)\s*[^\W\d_]\s*\)|[^\W\d_]\w?)"
    rf"\s*\(\s*({_LETTER}(?:\s*,\s*{_LETTER})*)\s*\)\s*:?=(?!=)"
)
_CONVOLVED = re.compile(r"^\s*\(\s*[^\W\d_]\s*(?:\*|∗|⋆|\\ast|\\star)\s*[^\W\d_]\s*\)")
_OVER = re.compile(
    rf"{SUM_SIGN}\s*_\s*(?:({_LETTER})(?!\w)|\{{\s*({_LETTER}(?:\s*,\s*{_LETTER})*)\s*(?:=[^{{}}]*)?\}})"
)
_CALL = re.compile(r"(?<![\w\\)])([A-Za-z])\(([^()]*)\)")
_TIME = re.compile(
    r"(?<![\w\\])((?:\\(?:dot|ddot|hat|bar|tilde|mathbf)\s*\{[A-Za-z]\}|[^\W\d_][\u0300-\u036f]*)"
    r"(?:_\w|_\{\w+\})?['′]?)\(\s*t\s*\)"
)
_TIME_LEFT = re.compile(rf"(?:^|[;\n])\s*{_TIME.pattern}\s*:?=(?!=)")
_WORD = re.compile(r"\\[A-Za-z]+|[^\W\d_]+")


def with_arguments_at_indices(text: str) -> str:
    """A text with brackets for such arguments, and without those of what is all at one time."""
    return re.sub(r"[^;\n]+", lambda m: _written(m[0]), _at_one_time(text))


def _at_one_time(text: str) -> str:
    """u(t) = K e(t) as u = K e, where t stands in such parentheses alone."""
    other = re.search(r"[\w\])]\(\s*t\s*[-−–+,]", text)
    several = len(_TIME.findall(text)) > 1 and not other
    return _TIME.sub(r"\1", text) if several and _TIME_LEFT.search(text) else text


def _written(line: str) -> str:
    left = _LEFT.match(line)
    if left is None:
        return line
    own = {*re.split(r"\s*,\s*", left[1])}
    summed = {
        i for found in _OVER.findall(line) for part in found for i in re.split(r"\s*,\s*", part)
    }
    calls = list(_CALL.finditer(line, left.end()))
    inside = [set(_WORD.findall(m[2])) for m in calls]
    if any("_" in m[2] for m in calls):  # k(x_i, x) is a function of vectors
        return line
    letters = own | (summed - {""})
    if not own <= set().union(*inside):  # H(p, q) = −Σ_x p(x) log q(x)
        return line
    if not any(found & summed for found in inside) or not all(f and f <= letters for f in inside):
        return line
    bare = _CALL.sub(" ", _OVER.sub(" ", line[left.end() :]))
    if (own - {*"ijkmn"}) & set(_WORD.findall(bare)):
        return line
    line = _CONVOLVED.sub("y", line)
    return _CALL.sub(lambda m: f"{m[1]}[{m[2]}]", line)
