"""Long lines of Python, broken inside brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: What a line may begin with that goes on, the loosest first; else an operator ends it.
_WORDS = (("if", "else"), ("and", "or"), ("<", "<=", ">", ">=", "==", "!="), "+-", "*/")
#: Lines are at most so long, where they have a place to be broken at.
WIDTH = 96

_PARTS = re.compile(r"^( *)(return |[^\"#()]*?[^=<>!\"#()] [-+*/]?= )(.*)$")


def folded(text: str) -> str:
    """The text with long lines of code broken; comments and docstrings stay as they are."""
    lines, quoted = [], False
    for line in text.split("\n"):
        marks = line.count('"""')
        if len(line) > WIDTH and not quoted and not marks and not line.lstrip().startswith("#"):
            lines += _folded(line)
        else:
            lines.append(line)
        quoted = quoted != (marks % 2 == 1)
    return "\n".join(lines)


def _folded(line: str) -> list[str]:
    """A line whose right side gets brackets, so that it can be broken, and is broken there."""
    found = _PARTS.match(line)
    if found is not None:
        indent, left, right = found.groups()
        if 0 in (depth for k, depth in _depths(left) if left[k] == ","):
            left = f"({left.removesuffix(' = ')}) = "
        line = f"{indent}{left}({right})"
    margin = " " * (len(line) - len(line.lstrip()) + (8 if line.lstrip().startswith("def ") else 4))
    lines, depth = [], 0
    while len(line) > WIDTH:
        places = _breaks(line, depth)
        fitting = [k for k in places if len(margin) < k <= WIDTH]
        if not fitting:
            break
        late = [k for k in fitting if k > WIDTH // 2] or fitting
        place = min(late, key=lambda k: (*places[k], -k))
        lines.append(line[:place])
        depth = places[place][0]
        line = margin + line[place + 1 :]
    return [*lines, line]


def _breaks(line: str, depth: int) -> dict[int, tuple[int, int]]:
    """Where a line has a space inside brackets: inside how many, and how little binds there."""
    return {
        place: (inside, _binding(line, place))
        for place, inside in _depths(line, depth)
        if line[place] == " " and inside > 0 and line[:place].strip()
    }


def _binding(line: str, place: int) -> int:
    """What stands at a space, from a comma to a product: a line is broken where least is torn."""
    if line[place - 1] == ",":
        return 0
    word = line[place + 1 :].split(" ", 1)[0]
    return next((k for k, words in enumerate(_WORDS, 1) if word in words), len(_WORDS) + 1)


def _depths(line: str, depth: int = 0) -> Iterator[tuple[int, int]]:
    """The places of a line outside of quotes, each with the number of brackets around it."""
    quote = ""
    for place, sign in enumerate(line):
        if sign in "\"'":
            quote = "" if quote == sign else quote or sign
        elif not quote:
            depth += (sign in "([") - (sign in ")]")
            yield place, depth
