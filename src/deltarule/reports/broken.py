"""Long LaTeX formulas broken over lines, before a sign that stands outside all braces."""

from __future__ import annotations

import re

#: About what fits on a line of a page with narrow margins, in digits' widths.
WIDTH = 78.0
_COMMAND = re.compile(r"\\([A-Za-z]+|.)")
_SPACING = {",", ";", " ", "quad", "left", "right", "mathrm", "text", "substack", "displaystyle"}
_OPENS, _CLOSES = re.compile(r"\\(left|begin)(?![a-z])"), re.compile(r"\\(right|end)(?![a-z])")
_BREAKS = (" + ", " - ", r" \sum", r" \prod", r"\, \sum", r"\, \left(")


def broken(formula: str, width: float = WIDTH) -> list[str]:
    """The formula in pieces that each fit a line, where it can be broken at all."""
    lines = [""]
    for piece in _pieces(formula):
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
            total += 0.3 if word in _SPACING else over * (len(word) if word in _WORDS else 1.0)
            place += len(found[0]) if found else 1
        else:
            # What stands below a sign and what stands above it share their room.
            over = 0.4 if character in "_^" else over
            total += 0.0 if character in "_^ " else over
            over = over if character in "_^" else 1.0
            place += 1
    return total


_WORDS = {"max", "min", "exp", "log", "tanh"}


def closing(formula: str, opening: int) -> int:
    """The place of the brace that closes the one at `opening`."""
    depth = 0
    for place in range(opening, len(formula)):
        depth += {"{": 1, "}": -1}.get(formula[place], 0)
        if depth == 0:
            return place
    return len(formula)


def _pieces(formula: str) -> list[str]:
    """The formula cut at every place where it may be broken."""
    cuts, depth = [0], 0
    for place, character in enumerate(formula):
        if depth == 0 and place - cuts[-1] > 2 and formula.startswith(_BREAKS, place):
            cuts.append(place)
        if _OPENS.match(formula, place):
            depth += 1
        elif _CLOSES.match(formula, place):
            depth -= 1
        depth += {"{": 1, "}": -1, "[": 1, "]": -1, "(": 1, ")": -1}.get(character, 0)
    return [formula[a:b] for a, b in zip(cuts, [*cuts[1:], len(formula)])]
