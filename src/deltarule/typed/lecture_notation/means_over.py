"""Means over an index below the word: mean_i (y_i − t_i)², which binds what Σ_i binds.

mean_i (y_i − t_i)^2, mean_n log p[n]     mean_{i} (…)^2: the mean of the squares
mean_i(y_i)^2                             Mean[i](y_i)^2: the square of the mean
mean_i(y_i − t_i)^2                       either, and refused
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deltarule.formulas.tokens import deeper
from deltarule.typed.lecture_notation.nesting import closed
from deltarule.typed.slips.slip_parts import Slip

_MEAN = re.compile(r"(?<![\w\\])mean_(?:([a-z]{1,2})(?![\w{])|\{([a-z](?:\s*,?\s*[a-z])*)\})(\s*)")
_POWER = re.compile(r"\s*(?:[²³⁴]|\^|\*\*)")
#: What a mean may be of, where no bracket follows: a name, a number, another sum, a length.
_OPERAND = re.compile(r"(?!(?:if|else|and|or|not|mod|where|with)\b)[^\W]|[|‖⟨√\\]")
_LEFT = re.compile(r"[^=]*?[\[_]\{?([a-z,\s]+)")


def with_means_over(part: str) -> str:
    """An equation in which such means are signs, or calls of Mean[i]."""
    for match in reversed(list(_MEAN.finditer(part))):
        letters = ",".join(re.findall("[a-z]", match[1] or match[2]))
        behind = part[match.end() :]
        bracket = behind[:1] in ("(", "[")
        if not bracket and not (_OPERAND.match(behind) and _is_read(letters, behind)):
            continue
        if not match[3] and _either(behind):
            continue  # which is refused
        raised = _POWER.match(behind[closed(behind, 0) :]) if bracket else None
        alone = not match[3] or (_is_left(letters, part) and not raised)
        called = behind[:1] == "(" and alone
        written = f"Mean[{letters}]" if called else f"mean_{{{letters}}}{match[3]}"
        part = f"{part[: match.start()]}{written}{behind}"
    return part


def of_means(part: str) -> Iterator[Slip]:
    """mean_i(y_i − t_i)^2, whose power may be of each square or of the mean."""
    for match in _MEAN.finditer(part):
        if not match[3] and (length := _either(part[match.end() :])):
            yield Slip(
                f"{match[0]}(…)^2 may be the mean of squares, or the square of a mean",
                match.start(),
                match.end() + length,
                f"write {match[0]} (…)^2 with a blank for the former, ({match[0]}(…))^2 for the "
                "latter",
            )


def _either(behind: str) -> int:
    """How long the bracket right behind the word is, where it holds a sum and has a power."""
    end = closed(behind, 0) if behind[:1] in ("(", "[") else 0
    return end if end and _POWER.match(behind[end:]) and _is_sum(behind[1 : end - 1]) else 0


def _is_sum(inside: str) -> bool:
    """Whether terms are added or subtracted that stand in no further brackets."""
    depth = 0
    for k, sign in enumerate(inside):
        depth += deeper(sign)
        if depth == 0 and sign in "+-−–" and inside[:k].strip():
            return True
    return False


def _is_read(letters: str, behind: str) -> bool:
    """Whether all letters stand below some name behind the word."""
    below = re.findall(r"\[([^\[\]]*)\]|_\{([^{}]*)\}|_([a-z]+)", behind)
    return {*letters.split(",")} <= {*re.findall("[a-z]", " ".join(map("".join, below)))}


def _is_left(letters: str, part: str) -> bool:
    """Whether one of the letters is an index left of =, as in x_i − mean_i (x_i)."""
    left = _LEFT.match(part.partition("=")[0]) if "=" in part else None
    return left is not None and bool({*letters.split(",")} & {*re.findall("[a-z]", left[1])})
