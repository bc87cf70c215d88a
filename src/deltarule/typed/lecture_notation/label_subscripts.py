r"""Labels as subscripts: s_{y_i}, p_{n, y_n}, Σ_{j≠y_i}, p_n[y_n], f_{t_n}, and s_y of one example.

s_{y_i}, p_{n,y_n}, p_n[y_n]       s[y[i]], p[n, y[n]]
Σ_{j≠y_i} s_j                      Σ_{j≠y[i]} s_j
Σ_{j≠y} max(0, s_j − s_y + 1)      s[y], where y is the label
"""

from __future__ import annotations

import re

from deltarule.spelling.name_parts import GREEK

#: A name; of LaTeX a Greek letter, \theta_{i,y_i}.
_NAME = (
    rf"(?<![\w\\])(\\(?:var)?(?:{'|'.join(GREEK)})(?![A-Za-z])"
    r"|[^\W\d_ᵀ](?:(?![_ᵀ])\w)*[\u0300-\u036f]*)"
)
#: A letter that has a subscript itself, below another name.
_NESTED = re.compile(rf"{_NAME}_\{{((?:[^{{}};\n]|\{{[^{{}};\n]*\}})*)\}}")
_LABEL = re.compile(r"(?<![\w\\])([a-z])_(?:([a-z])(?![\w(])|\{\s*([a-z](?:\s*[-−+]\s*\d+)?)\s*\})")
_UNEQUAL = re.compile(r"(≠|!=|\\neq?(?![A-Za-z]))\s*([a-z])_(?:([a-z])(?![\w(])|\{\s*([a-z])\s*\})")
_CALLED = re.compile(
    rf"{_NAME}_(?:([a-z])|\{{\s*([a-z])\s*\}})\[\s*([a-z])_\{{?\s*(?:\2|\3)\s*\}}?\s*\]"
)
_SIGNS = ("sum", "prod", "max", "min", "mean", "Σ", "∑", "Π", "∏", "softmax", "log", "E", "argmax")
#: A sum over all but the label, of one example.
_BUT_LABEL = re.compile(
    r"(?:[Σ∑]|\\sum)\s*_\s*\{\s*([a-z])\s*(?:≠|!=|\\neq?(?![A-Za-z]))\s*([yt])\s*\}"
)


def with_labels_in_brackets(text: str) -> str:
    """A text with brackets for labels below a name."""
    text = _CALLED.sub(lambda m: f"{m[1]}[{m[2] or m[3]}, {m[4]}[{m[2] or m[3]}]]", text)
    text = _UNEQUAL.sub(lambda m: f"{m[1]} {m[2]}[{m[3] or m[4]}]", text)
    text = _NESTED.sub(_nested, text)
    for index, label in dict.fromkeys(_BUT_LABEL.findall(text)):
        if is_label_of(index, label):
            text = re.sub(rf"{_NAME}_(?:{label}(?![\w(])|\{{\s*{label}\s*\}})", _at(label), text)
    return text


def is_label_of(index: str, letter: str) -> bool:
    """Whether the letter of Σ_{j≠t} is the label; of Σ_{s≠t} both are summed over."""
    return letter == "y" or (letter == "t" and index != "s")


def _at(label: str):
    def written(match: re.Match[str]) -> str:
        return match[0] if match[1] in _SIGNS else f"{match[1]}[{label}]"

    return written


def _label(match: re.Match[str]) -> str:
    return f"{match[1]}[{(match[2] or match[3]).replace('−', '-').replace(' ', '')}]"


def _nested(match: re.Match[str]) -> str:
    name, inside = match[1], match[2]
    if name in _SIGNS or not _LABEL.search(inside):
        return match[0]
    parts = [part.strip() for part in inside.split(",")]
    plain = [_LABEL.sub(_label, part) for part in parts]
    single = all(re.fullmatch(r"[a-z](?:\[[a-z](?:[-+]\d+)?\])?", part) for part in plain)
    return f"{name}[{', '.join(plain)}]" if single else match[0]
