"""Commas between digits: of a decimal number, or between two subscripts or arguments.

0,5 · (ŷ − y)     a decimal comma
x[n,c,2,1]        subscripts: there is no half entry
max(0,1)          a function of several arguments
[(i, j) ≠ (0,1)]  several numbers that are compared with as many others
"""

from __future__ import annotations

from deltarule.formulas.tokens import CLOSING, OPENING, Token, subscript_at, tokens

_COMPARED = ("=", "≠")
#: Functions of several arguments.
SEVERAL = (
    "max", "min", "maximum", "minimum", "power", "pow", "where", "multiply", "divide", "add",
    "subtract", "dot", "vdot", "inner", "matmul", "outer", "clip", "clamp", "delta", "δ", "fmax",
    "fmin", "elu", "leaky_relu", "huber", "atan2", "logaddexp", "mod",
)  # fmt: skip


def parted_tokens(formula: str, place: str) -> list[Token]:
    """The tokens of a formula, commas between digits told apart. Raises DeltaruleError."""
    return separated(tokens(formula, place))


def separated(found: list[Token]) -> list[Token]:
    """The tokens, with numbers such as 1,2 taken apart where their comma separates."""
    if not any(t.kind == "number" and "," in t.text for t in found):
        return found
    result: list[Token] = []
    stack = [False]  # for each bracket that is open, whether commas between digits separate
    subscripts = [False]
    for k, token in enumerate(found):
        if token.text in OPENING:
            inner = subscripts[-1] or _of_indices(found, k)
            subscripts.append(inner)
            stack.append(inner or _of_several(found, k))
        elif token.text in CLOSING and len(stack) > 1:
            stack.pop()
            subscripts.pop()
        elif token.kind == "number" and "," in token.text and stack[-1]:
            result += _apart(token)
            continue
        result.append(token)
    return result


def _apart(token: Token) -> list[Token]:
    """2,1 as 2 and 1."""
    one, two = token.text.split(",")
    at = token.start + len(one)
    return [Token("number", one, token.start), Token("sign", ",", at), Token("number", two, at + 1)]


def _of_indices(found: list[Token], k: int) -> bool:
    """Whether a bracket holds subscripts, or what a sum is over."""
    before = found[k - 1] if k else None
    if before is None:
        return False
    return subscript_at(found, k) or before.kind in ("reduction", "below")


def _of_several(found: list[Token], k: int) -> bool:
    """Whether parentheses hold the arguments of a function of several, or a tuple."""
    before = found[k - 1] if k else None
    if found[k].text != "(":
        return False
    if before is not None and (
        before.text in (*SEVERAL, *_COMPARED) or before.kind in ("call", "method")
    ):
        return True
    depth = 0
    for m in range(k, len(found)):
        depth += (found[m].text == "(") - (found[m].text == ")")
        if not depth:
            return m + 1 < len(found) and found[m + 1].text in _COMPARED
    return False
