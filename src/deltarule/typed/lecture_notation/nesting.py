"""Brackets within brackets in a typed text, of all three kinds."""

from __future__ import annotations

from deltarule.formulas.tokens import deeper


def closed(text: str, start: int) -> int:
    """The place behind the bracket that closes the one at `start`; 0 where there is none."""
    depth = 0
    for k in range(start, len(text)):
        depth += deeper(text[k])
        if depth == 0:
            return k + 1
    return 0


def opened(text: str, end: int) -> int:
    """The place of the bracket that is closed by the one at `end`; −1 where there is none."""
    depth = 0
    for k in range(end, -1, -1):
        depth -= deeper(text[k])
        if depth == 0:
            return k
    return -1


def split_at(text: str, signs: str) -> list[str]:
    """What stands between some signs that are in no brackets."""
    parts, depth = [""], 0
    for sign in text:
        depth += deeper(sign)
        if sign in signs and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts
