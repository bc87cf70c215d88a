"""One of two values as text, as a number is positive or not; what is NaN is handed on."""

from __future__ import annotations

from typing import Protocol

from sympy import Add, Expr

from deltarule.expressions import nodes
from deltarule.expressions.conditions import compared
from deltarule.kernels.python_text.integer_text import ATOM


class Text(Protocol):
    """What writes expressions (`real_text.Code`)."""

    plain: bool
    complex: bool
    locals: dict

    def real(self, node: Expr, binding: int = 0) -> str: ...

    def access(self, node: Expr) -> str: ...


def by_sign(code: Text, node: nodes.Choose, then: str, otherwise: str) -> str:
    """`then` or `otherwise`, the texts of what a choice by a sign is made of.

    Of numbers at hand one is picked, which takes no time: to jump over one would take longest, in
    short loops, which are no vectors.
    """
    [measure] = node.args[0].args
    part = ".real" if code.complex else ""
    one, other = (code.real(s, ATOM) + part if s != 0 else "0" for s in compared(node.args[0]))
    odd = code.real(measure, ATOM)
    terms = [t.as_coeff_Mul()[1] for t in Add.make_args(measure)]  # a − b is soon known
    picked = all(_at_hand(code, part) for part in (*terms, *node.args[1:]))
    if code.plain or code.complex or not picked:
        return f"({then} if {one} > {other} else {otherwise} if {one} <= {other} else {odd})"
    rest = f"either({one} <= {other}, {otherwise}, {odd})"
    return rest if then == odd else f"either({one} > {other}, {then}, {rest})"


def _at_hand(code: Text, node: Expr) -> bool:
    """Whether a number is known, or stands in a variable or an array."""
    known = node.is_number or node in code.locals
    return known or isinstance(node, nodes.Read) and code.real(node) == code.access(node)
