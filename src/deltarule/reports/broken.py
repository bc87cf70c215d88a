"""Long LaTeX formulas broken over lines, before a sign that stands outside all braces."""

from __future__ import annotations

import re

#: About what fits on a line of a page with narrow margins, in digits' widths.
WIDTH = 92.0
_COMMAND = re.compile(r"\\([A-Za-z]+|.)")
# Widths of signs in those of a digit, with the room that TeX leaves around them.
_COMMANDS = {
    ",": 0.3, ";": 0.6, " ": 0.5, "quad": 2.0, "left": 0.0, "right": 0.0, "Bigl": 0.0, "Bigr": 0.0,
    "mathrm": 0.0, "text": 0.0, "substack": 0.0, "hat": 0.0, "bar": 0.0, "sum": 3.2, "prod": 3.2,
    "max": 4.0, "min": 4.0, "exp": 4.0, "log": 3.0, "tanh": 5.0, "partial": 1.2, "ge": 2.6,
    "le": 2.6, "mid": 1.6,
}  # fmt: skip
_OPENS, _CLOSES = re.compile(r"\\(left|begin)(?![a-z])"), re.compile(r"\\(right|end)(?![a-z])")
_BREAKS = (" + ", " - ", r" \sum", r" \prod", r" \max_", r"\, \sum", r"\, \left(", r"\, \Bigl(")
_FACTORS = (*_BREAKS, r"\, ")


def broken(formula: str, width: float = WIDTH) -> list[str]:
    """The formula in pieces that each fit a line, where it can be broken at all.

    It is broken before + − Σ first; where that is not enough between factors; and then inside
    round brackets too, which get one size.
    """
    for text, breaks, inside in (
        (formula, _BREAKS, False),
        (formula, _FACTORS, False),
        (_opened(formula), _FACTORS, True),
    ):
        lines = _packed(_pieces(text, breaks, inside), width)
        if all(visible(line) <= width for line in lines):
            break
    return lines


def _opened(formula: str) -> str:
    """The formula with its outer round brackets in a size that may be broken between."""
    pieces, depth = [], 0
    for piece in re.split(r"(\\left\(|\\right\)|[{}])", formula):
        depth += {"{": 1, "}": -1}.get(piece, 0)
        outer = {r"\left(": r"\Bigl(", r"\right)": r"\Bigr)"} if depth == 0 else {}
        pieces.append(outer.get(piece, piece))
    return "".join(pieces)


def _packed(pieces: list[str], width: float) -> list[str]:
    """As many pieces on each line as fit."""
    lines = [""]
    for piece in pieces:
        if lines[-1] and visible(lines[-1] + piece) > width:
            lines.append(re.sub(r"^\\, ", r"\\cdot ", piece.lstrip()))
        else:
            lines[-1] += piece
    return lines


def visible(formula: str) -> float:
    """A guess at the width of a formula when it is set."""
    total, place, over = 0.0, 0, 1.0
    while place < len(formula):
        character = formula[place]
        if character == "{":
            end = closing(formula, place)
            total += over * visible(formula[place + 1 : end])
            place, over = end + 1, 1.0
        elif formula.startswith(r"\frac", place):
            top = formula.index("{", place)
            middle = closing(formula, top)
            end = closing(formula, middle + 1)
            widths = visible(formula[top + 1 : middle]), visible(formula[middle + 2 : end])
            total, place = total + over * max(widths), end + 1
            over = 1.0
        elif character == "\\":
            found = _COMMAND.match(formula, place)
            word = found[1] if found else ""
            total += over * _COMMANDS.get(word, 1.3)
            place += len(found[0]) if found else 1
        else:
            # What stands below a sign and what stands above it share their room.
            over = 0.5 if character in "_^" else over
            total += over * _width(character)
            over = over if character in "_^" else 1.0
            place += 1
    return total


def _width(character: str) -> float:
    """The width of one character."""
    if character in "_^ &":
        return 0.0
    if character in "+-=":
        return 2.4
    if character in "[](),'|":
        return 0.8
    return 1.6 if character.isupper() else 1.1


def closing(formula: str, opening: int) -> int:
    """The place of the brace that closes the one at `opening`."""
    depth = 0
    for place in range(opening, len(formula)):
        depth += {"{": 1, "}": -1}.get(formula[place], 0)
        if depth == 0:
            return place
    return len(formula)


def _pieces(formula: str, breaks: tuple[str, ...], inside: bool) -> list[str]:
    """The formula cut at every place where it may be broken; `inside` round brackets too."""
    cuts, depth = [0], 0
    steps = {"{": 1, "}": -1, "[": 1, "]": -1} | ({} if inside else {"(": 1, ")": -1})
    for place, character in enumerate(formula):
        if depth == 0 and place - cuts[-1] > 2 and formula.startswith(breaks, place):
            cuts.append(place)
        if _OPENS.match(formula, place):
            depth += 1
        elif _CLOSES.match(formula, place):
            depth -= 1
        depth += steps.get(character, 0)
    return [formula[a:b] for a, b in zip(cuts, [*cuts[1:], len(formula)])]
