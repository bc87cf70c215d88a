"""Spellings of lectures for which other words stand: bold letters, expectations, Σ_ij, o_{i}.

\\mathbf{W}\\mathbf{h}_t        W h_t
E[x], Var[x], E_t[r_t]        mean(x), var(x), Mean[t](r_t)
Σ_ij, Σ_{(i,j)}, o_{i}        Σ_{i,j}, o_i
W_3(x ⊙ y), log |det J|       W_3·(x ⊙ y), log det(J)
log p = …, −log p(y|x) = …    log_p = …, neg_log_p = …
softmax[j](…)                 Softmax[j](…)
"""

from __future__ import annotations

import re

from deltarule.typed.lecture_notation.nesting import closed, split_at
from deltarule.typed.lecture_notation.stacked_vectors import with_stacks_apart, with_stacks_put_in

_BOLD = re.compile(
    r"\\(?:mathbf|boldsymbol|bm|mathsf|vec)\s*(?:\{\s*(\\?[A-Za-z]+)\s*\}|([A-Za-z])(?![A-Za-z]))"
)
_PAIR = re.compile(r"(Σ|∑|\\sum)_([a-z])([a-z])(?![\w(])")
_TUPLE = re.compile(r"(?<=_\{)\s*\(\s*([a-z](?:\s*,\s*[a-z])+)\s*\)\s*(?=\})")
_SINGLE = re.compile(r"_\{\s*([a-z])\s*\}(?=(\w?))")
_MATRIX_OF = re.compile(
    r"(?<![\w\\])([A-Z](?:_\d|[₀-₉]|_star)|[WUABM](?:\d|_[A-Za-z]{1,3}(?=\s?\([^()]*(?:[Σ∑⊙∘]|\\odot)|\s\()))\s?\("
)
#: A matrix before the inverse of its own square: Z(ZᵀZ)⁻¹Zᵀ.
_OF_ITSELF = re.compile(r"(?<![\w\\])([A-Z])\s?\((?=\1\s?(?:[ᵀ⊤'′]|\^))")
_DET = re.compile(r"\b(log|ln)\s*\(?\s*\|\s*det\s*\(?\s*([^\W\d]\w*)\s*\)?\s*\|\s*\)?")
_LOG_LEFT = re.compile(
    r"((?:^|[;\n])\s*)([-−]\s*)?\\?(?:log|ln)\s+([A-Za-z]\w*)(?:\s*\([^()=;\n]*\))?(?=\s*=(?!=))"
)
#: Two stars, of what is predicted beside itself: k_** beside k_*.
_STARS = re.compile(r"(?<=[\w\u0300-\u036f])_(?:\{\s*[*∗]\s*[*∗]\s*\}|[*∗]{2})")
#: The star of what is predicted or best: f_*, w^*, μ* = ….
_STAR = re.compile(
    r"(?<=[\w\u0300-\u036f])(?:_\{?\s*[*∗]\s*\}?|\^\{?\s*[*∗]\s*\}?|[*∗](?=\s*=(?!=)))"
)
_EXPECTED = re.compile(
    r"(?<![\w\\])(?:(E|𝔼|\\mathbb\{E\})(?:_(?:([a-z])|\{\s*([a-z])\s*\}))?|(Var|Std))\s*\["
)
_UPRIGHT = re.compile(
    r"\\(?:mathrm|operatorname|text|mathbb)\s*\{\s*(E|Var|Std)\s*\}(?=\s*(?:_|\[))"
)
#: States and actions, at which tables are read: Q[s_t, a_t].
_OF_TABLES = {"s", "a"}
_TOGETHER = re.compile(
    r"(?<![\w\\])([A-Z])(?:_(?:\{(\w{1,3})\}|(\w)))?\s*(?:·|\*|\\cdot)?\s*"
    r"\[([^\[\],;‖]*?_[^\[\],;‖]*?)\s*[,;‖]\s*([^\[\],;‖]*?_[^\[\],;‖]*?)\]"
)
_SOFTMAX = re.compile(r"(?<![\w.\\])(log_?)?softmax(?:\[\s*([a-z](?:\s*,\s*[a-z])*)\s*\])?\s*\(")
_POWER = re.compile(r"\s*(?:[²³⁴]|\^|\*\*)")
_LETTERS = re.compile(r"\s*\[\s*([a-z](?:\s*,\s*[a-z])*)\s*\]")
_PLAIN_INDEX = re.compile(r"\s*[a-tw]['′]*(?:\s*[-+,]\s*\w+)*\s*")


def in_own_words_of_lectures(text: str) -> str:
    """A text without these spellings."""
    text = (
        _STAR.sub("_star ", _STARS.sub("_starstar ", text))
        .replace("⊘", "/")
        .replace("\\oslash", "/")
    )
    text = with_stacks_apart(_TOGETHER.sub(_of_each, with_stacks_put_in(text)))
    text = _BOLD.sub(lambda m: f" {m[1] or m[2]}", text)
    text = _TUPLE.sub(r"\1", _PAIR.sub(r"\1_{\2,\3}", text))
    text = _SINGLE.sub(lambda m: f"_{m[1]}{' ' if m[2] else ''}", text)
    text = _MATRIX_OF.sub(r"\1·(", _OF_ITSELF.sub(r"\1·(", _DET.sub(r"log det(\2)", text)))
    return _with_softmaxes(_with_means(_LOG_LEFT.sub(_log_left, text)))


def _log_left(match: re.Match[str]) -> str:
    return f"{match[1]}{'neg_' if match[2] else ''}log_{match[3]}"


def puts_together(text: str) -> bool:
    """Whether a matrix stands before vectors that are put together."""
    text = with_stacks_put_in(text)
    return _TOGETHER.sub(_of_each, text) != text or with_stacks_apart(text) != text


def _of_each(match: re.Match[str]) -> str:
    """The product of a matrix with two vectors one below the other, by the matrix of each."""
    stem = f"{match[1]}_{match[2] or match[3] or ''}"
    letters = [re.findall(r"([^\W\d_])\w*?_", part) for part in match.groups()[3:]]
    if not all(letters) or letters[0][-1] == letters[1][-1]:
        return match[0]
    if {at[-1] for at in letters} <= _OF_TABLES:
        return match[0]
    parts = []
    for own, part in zip(letters, match.groups()[3:], strict=True):
        inside = f"({part.strip()})" if "⊙" in part else part.strip()
        parts.append(f"{stem}{own[-1]} {inside}")
    return f"({' + '.join(parts)})"


def _with_means(text: str) -> str:
    """E[(x − μ)²] as mean((x − μ)²); E[i, j] and E[t[n], d] are entries of a matrix."""
    text = _UPRIGHT.sub(r"\1", text)
    for match in reversed(list(_EXPECTED.finditer(text))):
        end = closed(text, match.end() - 1)
        inside = text[match.end() : end - 1]
        over = match[2] or match[3]
        entry = not over and (_PLAIN_INDEX.fullmatch(inside) or len(split_at(inside, ",")) > 1)
        if not end or entry or text[end : end + 1] == "(":
            continue
        word = "mean" if match[1] else match[4].lower()
        word = f"Mean[{over}]" if over else word
        called = f"{word}({inside})"
        called = f"({called})" if _POWER.match(text[end:]) else called
        text = f"{text[: match.start()]}{called}{text[end:]}"
    return text


def _with_softmaxes(text: str) -> str:
    """softmax[j](S[i, j]), and softmax(S[i, j])[i, j], as Softmax[j](S[i, j])."""
    for match in reversed(list(_SOFTMAX.finditer(text))):
        word = "LogSoftmax" if match[1] else "Softmax"
        begin, end = match.end() - 1, closed(text, match.end() - 1)
        if match[2]:
            text = f"{text[: match.start()]}{word}[{match[2]}]{text[begin:]}"
            continue
        behind = _LETTERS.match(text, end) if end else None
        if behind is None:
            continue
        letters = re.findall(r"[a-z]", behind[1])
        below = ",".join(re.findall(r"\[([^\[\]]*)\]", text[begin:end]))
        if {*letters} <= {*re.findall(r"\w+", below)}:
            whole = f"{word}[{letters[-1]}]{text[begin:end]}"
            text = f"{text[: match.start()]}{whole}{text[behind.end() :]}"
    return text
